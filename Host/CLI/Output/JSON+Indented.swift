internal import AlmanacStorage

extension JSON {
    /// The document for people and for comparing line by line: two spaces a level, a member or item a line.
    var indented: String {
        var text = ""
        self.indent("", into: &text)
        return text
    }

    private func indent(_ margin: String, into text: inout String) {
        let inner = margin + "  "
        switch self {
        case .array(let items) where !items.isEmpty:
            text += "["
            for (index, item) in items.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner
                item.indent(inner, into: &text)
            }
            text += "\n\(margin)]"
        case .object(let object) where !object.isEmpty:
            text += "{"
            for (index, member) in object.members.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + inner + JSON.string(member.name).text + ": "
                member.value.indent(inner, into: &text)
            }
            text += "\n\(margin)}"
        default: text += self.text
        }
    }
}
