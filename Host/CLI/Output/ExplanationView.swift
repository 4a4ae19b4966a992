internal import AlmanacAssembly
internal import AlmanacKernel

/// An explanation of a key, for people.
struct ExplanationView {
    private let explanation: ConfigExplanation
    private let organization: String?

    init(_ explanation: ConfigExplanation, organization: String?) {
        self.explanation = explanation
        self.organization = organization
    }

    var text: String {
        let shown = self.explanation
        var lines = [("means", shown.field.about)]
        if shown.children.isEmpty {
            lines = [("value", shown.value ?? "none"), ("from", shown.sourceText)] + lines
            lines.append(("type", shown.field.type.summary + (shown.limits.map { ", \($0)" } ?? "")))
            if let fallback = shown.fallback { lines.append(("default", fallback)) }
        } else {
            lines.append(("keys", shown.children.joined(separator: ", ")))
        }
        if shown.field.isSecret { lines.append(("secret", "yes: only a reference to it may stand in the manifest")) }
        if shown.isChoosable { lines.append(("chosen by", self.chooser)) }
        return ([shown.key] + lines.map { "  \($0.padding(10)) \($1)" }).joined(separator: "\n")
    }

    private var chooser: String {
        if let lock = self.explanation.lock { return "the operator alone, by \(lock)" }
        return self.organization == nil
            ? "each organization for itself; ask for one with --organization SLUG" : "each organization for itself"
    }
}

extension String {
    /// The text with blanks behind it, at least so long.
    fileprivate func padding(_ width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - self.count))
    }
}
