import AlmanacStorage
import AlmanacTestKit

/// Makes inputs that an operation's schema allows, as plain as possible: required fields only.
struct SampleInput: Sendable {
    let document: JSON
    /// The identifier that stands where none is chosen: of nothing.
    static let nobody = "018f0000-0000-7000-8000-000000000000"

    /// A value for a schema.
    ///
    /// - Parameters:
    ///   - schema: The schema.
    ///   - name: The name of the field: some texts have a form that no schema tells.
    /// - Returns: A value that the schema allows.
    func value(_ schema: JSON, named name: String = "") -> JSON {
        let schema = APIDescription.resolve(schema, self.document)
        if let choice = schema["enum"]?[0] ?? schema["const"] { return choice }
        if let first = schema["anyOf"]?[0] ?? schema["oneOf"]?[0] { return self.value(first, named: name) }
        switch Self.type(of: schema) {
        case "object": return self.object(schema)
        case "array":
            let item = self.value(schema["items"] ?? .object([:]), named: name)
            return .array(Array(repeating: item, count: schema["minItems"]?.int ?? 0))
        case "integer", "number": return schema["default"] ?? schema["minimum"] ?? 1
        case "boolean": return schema["default"] ?? false
        default: return .string(Self.text(schema, name))
        }
    }

    private func object(_ schema: JSON) -> JSON {
        let required = (schema["required"]?.array ?? []).compactMap(\.string)
        return .object(
            JSONObject(
                required.map { field in
                    (field, self.value(schema["properties"]?[field] ?? .object([:]), named: field))
                }))
    }

    private static func type(of schema: JSON) -> String {
        if let type = schema["type"]?.string { return type }
        let types = schema["type"]?.array?.compactMap(\.string).filter { $0 != "null" }
        return types?.first ?? (schema["properties"] == nil ? "string" : "object")
    }

    private static func text(_ schema: JSON, _ name: String) -> String {
        switch schema["format"]?.string {
        case "uuid": return Self.nobody
        case "date-time": return "2026-03-03T10:00:00Z"
        case "date": return "2026-03-03"
        case "email": return "sample@example.org"
        default: break
        }
        if let known = Self.known[name] { return known }
        let least = max(schema["minLength"]?.int ?? 1, 1)
        let most = schema["maxLength"]?.int ?? 100
        let text = String(repeating: "sample ", count: least / 7 + 1)
        return String(text.prefix(max(least, min(most, 6))))
    }

    /// Texts whose form stands in a pattern or in words only.
    private static let known = [
        "timeZone": "UTC", "phone": "+4930123456", "locale": "de", "currency": "EUR", "slug": "sample",
        "start": "09:00", "end": "17:00", "email": "sample@example.org",
        "channel": "inApp", "permission": "bookings:read", "role": "customer", "scopes": "bookings:read",
        "purpose": "newsletter",
        "currentPassword": TestMember.password, "password": "a long enough sample passphrase",
        "newPassword": "a long enough sample passphrase",
    ]
}
