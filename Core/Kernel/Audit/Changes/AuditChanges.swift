public import AlmanacStorage

/// Which fields an update has changed, for its audit entry: what was there before and what is there now.
///
/// ```swift
/// var changes = AuditChanges()
/// try changes.compare("durationMinutes", before.durationMinutes, after.durationMinutes)
/// try changes.compare("bio", before.bio, after.bio, as: .personal)
/// try tx.audit("lessons.course.changed", object: .init("course", id), changes: changes)
/// ```
/// An audit entry is kept for years and cannot be changed: of what is personal or secret it tells that it was changed,
/// never what it was. A field whose values are the same is left out.
public struct AuditChanges: Sendable, Equatable {
    /// How much of a field may be told.
    public enum Sensitivity: String, Sendable, CaseIterable {
        /// Both values.
        case open
        /// That it was changed, because it says something about a person: names, addresses, notes.
        case personal
        /// That it was changed, because whoever knows it can do something with it: keys, passwords.
        case secret
    }

    /// One field that was changed.
    public struct Change: Sendable, Equatable {
        /// Why the values of a field are not told.
        public enum Withheld: String, Sendable, CaseIterable {
            /// They say something about a person.
            case personal
            /// Whoever knows them can do something with them.
            case secret
            /// They are longer than ``AuditChanges/longestValue``.
            case size
        }

        /// The name of the field, as the API spells it.
        public let field: String
        /// What was there before; `null` for nothing and for what is withheld.
        public let before: JSON
        /// What is there now; `null` for nothing and for what is withheld.
        public let after: JSON
        /// Why the values are not told; `nil` when they are.
        public let withheld: Withheld?
    }

    /// The longest value that is told, in bytes of canonical JSON.
    public static let longestValue = 2_048

    /// The fields that were changed, in the order in which they were compared.
    public private(set) var changes: [Change] = []

    /// No field yet.
    public init() {}

    /// Notes a field when its values differ.
    ///
    /// - Parameters:
    ///   - field: Its name, as the API spells it.
    ///   - before: What was there.
    ///   - after: What is there now.
    ///   - sensitivity: How much may be told.
    /// - Throws: `EncodingError` when a value has no form in JSON, as a number that is infinite.
    public mutating func compare(
        _ field: String, _ before: (some Encodable)?, _ after: (some Encodable)?, as sensitivity: Sensitivity = .open
    ) throws {
        let (old, new) = (try Self.json(before), try Self.json(after))
        let (oldBytes, newBytes) = (old.canonical, new.canonical)
        // Bytes: equality of strings is canonical equivalence, under which two spellings of a name are the same.
        guard oldBytes != newBytes else { return }
        let withheld: Change.Withheld? =
            switch sensitivity {
            case .personal: .personal
            case .secret: .secret
            case .open: max(oldBytes.count, newBytes.count) > Self.longestValue ? .size : nil
            }
        self.changes.append(
            withheld == nil
                ? Change(field: field, before: old, after: new, withheld: nil)
                : Change(field: field, before: .null, after: .null, withheld: withheld))
    }

    private static func json(_ value: (some Encodable)?) throws -> JSON {
        guard let value else { return .null }
        return try JSONEncoding.json(value)
    }
}

extension AuditChanges {
    /// As entries have it: `{"field":…,"from":…,"to":…}`, or `{"field":…,"withheld":…}`.
    var json: JSON {
        .array(
            self.changes.map { change in
                guard let reason = change.withheld else {
                    return ["field": .string(change.field), "from": change.before, "to": change.after]
                }
                return ["field": .string(change.field), "withheld": .string(reason.rawValue)]
            })
    }

    /// Reads what an entry has; `nil` where it has nothing of the kind.
    init?(_ json: JSON?) {
        guard let items = json?.array else { return nil }
        self.changes = items.compactMap { item in
            guard let field = item["field"]?.string else { return nil }
            return Change(
                field: field, before: item["from"] ?? .null, after: item["to"] ?? .null,
                withheld: item["withheld"]?.string.flatMap { Change.Withheld(rawValue: $0) })
        }
    }
}
