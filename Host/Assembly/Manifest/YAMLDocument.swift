internal import AlmanacKernel
internal import Yams

/// A YAML file as a tree of settings.
///
/// Strict where YAML is lenient: one document, keys are text and stand once, no merge keys, no tags but `!!str`. What
/// an alias stands for keeps the position of its anchor, since that is where it would be mended.
struct YAMLDocument {
    /// The tree, without the later of two equal keys; nothing where the text is no YAML or empty.
    let root: SettingsNode?
    /// What is wrong.
    let problems: [Problem]

    /// Parses a text.
    ///
    /// - Parameters:
    ///   - text: The content of the file, without a byte order mark.
    ///   - file: What positions call the file.
    init(parsing text: String, file: String) {
        var masking = DuplicateKeyMasking(text)
        do {
            guard let root = try masking.compose() else {
                let problem = Problem(at: SourcePosition(file: file, line: 1, column: 1), message: "the file is empty")
                (self.root, self.problems) = (nil, [problem])
                return
            }
            var conversion = YAMLConversion(file: file, maskedKeys: masking.maskedKeys)
            let node = conversion.convert(root)
            (self.root, self.problems) = (node, conversion.problems)
        } catch {
            (self.root, self.problems) = (nil, [Self.problem(error, file: file, text: text)])
        }
    }

    private static func problem(_ error: YamlError, file: String, text: String) -> Problem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            let position = SourcePosition(file: file, line: mark.line, column: mark.column)
            // What begins where it fails explains nothing.
            let opening = context.flatMap { context in
                context.mark.line == mark.line && context.mark.column == mark.column
                    ? nil : ", \(context.text) that begins at \(context.mark)"
            }
            return Problem(
                at: position, message: "not YAML from here on: \(problem)\(opening ?? "")",
                advice: self.advice(line: mark.line, in: text))
        case .composer(_, let problem, let mark, _):
            let position = SourcePosition(file: file, line: mark.line, column: mark.column)
            guard problem.hasSuffix("another document") else { return Problem(at: position, message: problem) }
            return Problem(
                at: position, message: "a second document begins here", advice: "a manifest is one document; remove ---"
            )
        case .duplicatedKeysInMapping(let keys, let context):
            let position = SourcePosition(file: file, line: context.mark.line, column: context.mark.column)
            return Problem(at: position, message: "\(keys.first ?? "a key") stands twice", advice: "remove one")
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let column = (before.last?.unicodeScalars.count ?? 0) + 1
            return Problem(at: SourcePosition(file: file, line: max(1, before.count), column: column), message: problem)
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            return Problem(at: SourcePosition(file: file), message: "cannot be read as YAML")
        }
    }

    /// Inside braces and brackets a plain scalar cannot contain braces, which `${env:NAME}` does.
    private static func advice(line: Int, in text: String) -> String? {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(line - 1), lines[line - 1].contains("${") else { return nil }
        return "inside { } and [ ] put ${…} in quotes"
    }
}
