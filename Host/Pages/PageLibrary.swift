internal import Mustache

/// The templates of all pages.
///
/// What is filled in is escaped. The only place where it is not is `{{{content}}}`, which holds what another template
/// has made. A name that a context does not hold is looked for in those around it: contexts therefore hold every name
/// of their template, with `false` for what is not there.
package struct PageLibrary: Sendable {
    /// A template that is none.
    package struct TemplateError: Error, CustomStringConvertible {
        package let description: String
    }

    private static let suffix = ".mustache"

    /// The files that they were made from.
    package let files: PageFiles
    private let templates: MustacheLibrary

    /// Reads all templates.
    ///
    /// - Throws: ``TemplateError`` that names the first one that is none.
    package init(_ files: PageFiles) throws(TemplateError) {
        self.files = files
        self.templates = try Self.read(files)
    }

    private static func read(_ files: PageFiles) throws(TemplateError) -> MustacheLibrary {
        var library = MustacheLibrary()
        for name in files.names where name.hasSuffix(Self.suffix) {
            do {
                try library.register(files.text(of: name) ?? "", named: String(name.dropLast(Self.suffix.count)))
            } catch {
                throw TemplateError(description: "the template \(name) cannot be read: \(error)")
            }
        }
        return library
    }

    /// The text of a template with its gaps filled in.
    package func render(_ name: String, _ context: [String: Any]) -> String {
        let templates = self.files.isChanging ? (try? Self.read(self.files)) ?? self.templates : self.templates
        return templates.render(context, withTemplate: name) ?? ""
    }
}
