/// JSON Pointer (RFC 6901).
public enum JSONPointer {
    /// One step of a pointer: the name with `~` as `~0` and `/` as `~1`.
    public static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The pointer to a place inside `parent`.
    public static func appending(_ name: String, to parent: String) -> String { "\(parent)/\(self.escaped(name))" }
}
