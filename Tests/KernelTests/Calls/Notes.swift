import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit

/// A plugin with one table and one operation of each kind.
struct Notes: Plugin {
    static let id: PluginID = "notes"
    static let table = Table(Self.id.namespace, "note")
    static let canRead = Permission("notes:read")
    static let canWrite = Permission("notes:write")

    static let declaration = Declaration(
        id: Self.id, version: "1.0.0", summary: "Notes that people leave for each other",
        migrations: [
            Migration(1, "notes") {
                CreateTable(Self.table) {
                    Column("id", .uuid)
                    Column("text", .text)
                    Column("owner_id", .uuid, optional: true)
                    Column("assignee_id", .uuid, optional: true)
                    PrimaryKey("id")
                    Unique("text")
                }
            }
        ],
        events: [NoteWritten.self],
        permissions: [
            PermissionDeclaration(
                Self.canRead, "Reads notes", roles: [.admin: .organization, .provider: .assigned, .customer: .own]),
            PermissionDeclaration(
                Self.canWrite, "Writes notes", roles: [.admin: .organization, .provider: .assigned, .customer: .own]),
        ])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        On<NoteWritten>("count") { _, _ in }
        On<NoteWritten>("archive") { _, _ in }
    }

    struct Draft: Sendable {
        var text: String
        var owner: ID<Person>?
        var assignee: ID<Person>?
    }

    /// Writes a note that the caller may write.
    static let write = Command<Draft, ID<Note>>("notes.write", .permission(Self.canWrite)) { draft, call, tx in
        try tx.require(
            Self.canWrite,
            on: Ownership(owners: [draft.owner].compactMap { $0 }, assignees: [draft.assignee].compactMap { $0 }))
        return try Self.insert(draft, call, tx)
    }

    /// The notes that the caller may read.
    static let list = Query<Void, [String]>("notes.list", .permission(Self.canRead)) { _, call, tx in
        let condition: SQL =
            switch try tx.filter(Self.canRead) {
            case .organization: ""
            case .own(let person): " AND owner_id = \(person)"
            case .assigned(let person): " AND (owner_id = \(person) OR assignee_id = \(person))"
            }
        return try tx.values(
            "SELECT text FROM \(Self.table) WHERE organization_id = \(call.organization)\(condition) ORDER BY text")
    }

    static func insert(_ draft: Draft, _ call: Call, _ tx: Transaction) throws -> ID<Note> {
        let id: ID<Note> = tx.id()
        try tx.execute(
            """
            INSERT INTO \(Self.table) (organization_id, id, text, owner_id, assignee_id)
            VALUES (\(call.organization), \(id), \(draft.text), \(draft.owner), \(draft.assignee))
            """)
        try tx.emit(NoteWritten(note: id))
        return id
    }
}

/// Stands for a note in the type of its identifier.
enum Note {}

struct NoteWritten: DomainEvent {
    static let wire = WireName("notes.note-written", version: 1)
    let note: ID<Note>

    var orderingKey: String? { self.note.description }
}

extension TestPlatform {
    /// How many notes, audit entries, events and deliveries there are in all organizations.
    func traces() async throws -> [String] {
        var counts: [String] = []
        for table in ["notes.note", "kernel.audit_entry", "kernel.event", "kernel.delivery", "kernel.kept_answer"] {
            let rows = try await self.database.rows("SELECT count(*) FROM {\(table)}")
            counts.append("\(rows.first?.first?.flatMap { $0 } ?? "?") \(table)")
        }
        return counts
    }
}

/// The refusal that `body` throws; `nil` for any other outcome.
func refusal(of body: () async throws -> Void) async -> Refusal? {
    do {
        try await body()
        return nil
    } catch {
        return error as? Refusal
    }
}
