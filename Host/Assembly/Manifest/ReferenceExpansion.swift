internal import AlmanacKernel

/// Replaces the references in a tree by what they stand for, and collects those that lead nowhere.
struct ReferenceExpansion {
    /// The variables there are.
    let environment: [String: String]
    /// What is wrong so far.
    private(set) var problems: [Problem] = []

    private static let limit = 64 * 1024

    /// Prepares an expansion.
    ///
    /// - Parameter environment: The variables there are.
    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The tree with all references replaced; keys stay as they are.
    ///
    /// - Parameters:
    ///   - node: The tree.
    ///   - isSkipped: Whether what stands under a key of the uppermost mapping is left alone.
    /// - Returns: The new tree.
    mutating func expand(
        _ node: SettingsNode, skipping isSkipped: (SettingsNode.Entry) -> Bool = { _ in false }
    ) -> SettingsNode {
        switch node.kind {
        case .null: return node
        case .scalar(let scalar): return self.expand(scalar, at: node.position)
        case .sequence(let nodes): return SettingsNode(.sequence(nodes.map { self.expand($0) }), at: node.position)
        case .mapping(let entries):
            let expanded = entries.map { entry in
                isSkipped(entry)
                    ? entry : SettingsNode.Entry(entry.key, at: entry.keyPosition, self.expand(entry.value))
            }
            return SettingsNode(.mapping(expanded), at: node.position)
        }
    }

    private mutating func expand(_ scalar: SettingsNode.Scalar, at position: SourcePosition) -> SettingsNode {
        guard scalar.text.utf8.contains(UInt8(ascii: "$")) else { return SettingsNode(.scalar(scalar), at: position) }
        let pieces: [ReferenceText.Piece]
        do {
            pieces = try ReferenceText.pieces(of: scalar.text)
        } catch {
            return self.refuse(scalar, error.message, advice: error.advice, at: position)
        }
        var text = ""
        var references = 0
        for piece in pieces {
            switch piece {
            case .text(let plain): text += plain
            case .reference(let reference):
                references += 1
                do {
                    text += try self.value(of: reference, beside: position.file)
                } catch {
                    return self.refuse(scalar, error.message, advice: error.advice, at: position)
                }
            }
        }
        guard references > 0 else {
            return SettingsNode(.scalar(.init(text, isQuoted: scalar.isQuoted)), at: position)
        }
        let origin: SettingsNode.Scalar.Origin = pieces.count == 1 ? .reference : .mixture
        return SettingsNode(.scalar(.init(text, written: scalar.written, origin: origin)), at: position)
    }

    private mutating func refuse(
        _ scalar: SettingsNode.Scalar, _ message: String, advice: String?, at position: SourcePosition
    ) -> SettingsNode {
        self.problems.append(Problem(at: position, message: message, advice: advice))
        return SettingsNode(.scalar(.init("", written: scalar.written, origin: .unresolved)), at: position)
    }

    private struct Dead: Error {
        let message: String
        let advice: String?
    }

    private func value(of reference: ReferenceText.Reference, beside file: String) throws(Dead) -> String {
        switch reference {
        case .environment(let name):
            guard let value = self.environment[name] else {
                throw Dead(message: "the environment has no \(name)", advice: "set it before starting almanac")
            }
            return try self.checked(value, of: name)
        case .file(let path):
            let place = FilePlace.path(path, beside: file)
            do {
                return try self.checked(self.withoutLineBreak(try FileText.read(place, limit: Self.limit)), of: place)
            } catch let fault as FileText.Fault {
                throw Dead(message: "\(place): \(fault.message)", advice: nil)
            } catch let dead as Dead {
                throw dead
            } catch {
                throw Dead(message: "\(place): \(error)", advice: nil)
            }
        }
    }

    private func checked(_ value: String, of name: String) throws(Dead) -> String {
        guard !value.utf8.contains(0) else { throw Dead(message: "\(name) contains U+0000", advice: nil) }
        return value
    }

    /// Editors and `echo` end a file with a line break that is no part of the secret.
    private func withoutLineBreak(_ text: String) -> String {
        // A line break of two characters is one `Character`.
        text.last == "\n" || text.last == "\r\n" ? String(text.dropLast()) : text
    }
}
