internal import AlmanacStorage

/// All tables that keep data about people: the kernel's own and those that plugins declare, switched off or not.
struct PersonalInventory: Sendable {
    /// One declared table.
    struct Entry: Sendable {
        /// The room of the plugin that owns it.
        let room: Namespace
        let data: PersonalData
        let layout: TableLayout
    }

    /// Those of plugins first, the person itself last: others lead to it.
    let entries: [Entry]

    /// - Parameter declarations: Every plugin in the program. One that is switched off keeps its data, and a person's
    ///   right to it does not depend on what is switched on.
    init(_ declarations: [Declaration]) {
        let plugins = declarations.flatMap { declaration in
            Self.entries(declaration.personalData, declaration.history)
        }
        self.entries = plugins + Self.entries(KernelPersonalData.tables, KernelSchema.history)
    }

    private static func entries(_ declared: [PersonalData], _ history: MigrationHistory) -> [Entry] {
        declared.compactMap { data in
            history.layout(of: data.table).map { Entry(room: history.namespace, data: data, layout: $0) }
        }
    }
}

/// What the kernel itself keeps about people.
enum KernelPersonalData {
    static let tables: [PersonalData] = [
        PersonalData(
            Session.table, by: "user_id", of: Person.table, "user_id", person: "id",
            columns: ["address", "user_agent", "fingerprint"], context: ["created_at", "last_seen_at"],
            erasure: .removesRows),
        PersonalData(
            UserRole.table, by: "user_id", of: Person.table, "user_id", person: "id", columns: ["role"],
            context: ["created_at"], erasure: .removesRows),
        PersonalData(
            AccessSchema.grant, by: "user_id", of: Person.table, "user_id", person: "id", columns: ["reason"],
            context: ["pattern", "scope", "expires_at", "created_at"], erasure: .removesRows),
        PersonalData(
            Invitation.table, by: "email_key", of: Person.table, "email_key", person: "id",
            columns: ["email", "given_name", "family_name"], context: ["created_at", "expires_at"],
            erasure: .removesRows),
        PersonalData(
            APIKey.table, by: "user_id", of: Person.table, "user_id", person: "id", columns: ["name"],
            context: ["created_at"], erasure: .removesRows),
        PersonalData(
            AccountToken.table, by: "email_key", of: Person.table, "email_key", person: "id",
            columns: ["email", "given_name", "family_name"], context: ["purpose", "created_at"],
            erasure: .removesRows),
        PersonalData(
            OIDCAttempt.table, by: "user_id", of: Person.table, "user_id", person: "id",
            columns: ["provider", "return_path"],
            context: ["created_at", "expires_at"], erasure: .removesRows),
        // Without it nobody can read from where the person called; see the README of Audit.
        PersonalData(
            SubjectKey.table, person: "person_id", columns: [], context: ["created_at"], erasure: .removesRows),
        PersonalData(
            Consent.table, person: "person_id", columns: [],
            context: ["purpose", "text_version", "is_given", "recorded_at", "recorded_by"]),
        PersonalData(
            Person.table, person: "id",
            columns: [
                "given_name", "family_name", "sort_key", "email", "email_key", "phone", "locale", "time_zone", "source",
                "external_id", "display_name", "username", "username_key", "slug", "preferences",
            ], context: ["created_at"]),
    ]
}
