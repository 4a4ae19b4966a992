import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// The bytes of an audit entry never change their form: they are hashed and kept for ever.
struct AuditEntryTests {
    private static func entry(object: AuditEntry.Object?, origin: Origin, detail: JSON) -> AuditEntry {
        AuditEntry(
            id: ID(high: 0x0195_1234_5678_7ABC, low: 0x8DEF_0123_4567_89AB), at: TestClock.start,
            organization: ID(high: 1, low: 2), actor: "user:x", action: "notes.written", object: object,
            isSuccess: true, origin: origin, detail: detail)
    }

    @Test func theCanonicalFormIsThis() {
        let full = Self.entry(
            object: .init("note", ID<Note>(high: 3, low: 4)),
            origin: Origin(.http, address: "192.0.2.1", userAgent: "curl/8 \"x\"", requestID: "00ff"),
            detail: ["z": 1, "a": ["ü", true, .null]])
        let personal = SealedFields(
            ["personal": ["key": "00000000-0000-0005-0000-000000000006", "sealed": "AQID"]])
        let expected = [
            #"{"action":"notes.written","actor":"user:x","at":1772438400000000,"#,
            #""changes":null,"channel":"http","detail":{"a":["ü",true,null],"z":1},"id":"01951234-5678-7abc-8def-0123456789ab","#,
            #""object":{"id":"00000000-0000-0003-0000-000000000004","type":"note"},"#,
            #""onBehalfOf":null,"organization":"00000000-0000-0001-0000-000000000002","#,
            #""personal":{"key":"00000000-0000-0005-0000-000000000006","sealed":"AQID"},"request":"00ff","#,
            #""success":true,"v":4}"#,
        ].joined()
        #expect(String(decoding: full.canonicalBytes(personal), as: UTF8.self) == expected)
    }

    @Test func whatIsAbsentIsNull() throws {
        let bare = Self.entry(object: nil, origin: Origin(.job), detail: .object([:]))
        let json = try JSON(parsing: bare.canonicalBytes(nil))

        for name in ["object", "onBehalfOf", "personal", "changes"] { #expect(json[name] == .null) }
        #expect(json["detail"] == .object([:]))
        #expect(json["request"] == "")
        #expect(json.canonical == bare.canonicalBytes(nil))
    }

    @Test func whoeverActsAsAnotherIsNamedBesideThem() throws {
        var entry = Self.entry(object: nil, origin: Origin(.job), detail: .object([:]))
        entry.onBehalfOf = "user:y"
        let json = try JSON(parsing: entry.canonicalBytes(nil))

        #expect(json["actor"] == "user:x")
        #expect(json["onBehalfOf"] == "user:y")
        #expect(json.canonical == entry.canonicalBytes(nil))
    }

    @Test(arguments: TestEngine.allCases)
    func theBytesAreStoredAsTheyAreAndAgreeWithTheColumns(_ engine: TestEngine) async throws {
        let note = ID<Note>(high: 3, low: 4)
        let command = Command<Void, Void>("notes.audited", .signedIn) { _, _, tx in
            try tx.audit("notes.read-aloud", object: .init("note", note), detail: ["b": "🎺", "a": 1])
        }
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            try await platform.run(command, of: Notes.id, (), as: .customer, in: .south)

            let stored = try await platform.runtime.database.read(in: .system(SystemScope("read the log"))) { tx in
                try tx.values(
                    "SELECT canonical FROM \(AuditTrail.table) WHERE action = \("notes.read-aloud")", as: [UInt8].self)
            }
            let bytes = try #require(stored.first)
            let json = try JSON(parsing: bytes)
            let organization = try platform.organization(.south).id
            let user = try platform.user(.customer, in: .south).id

            #expect(stored.count == 1)
            #expect(json.canonical == bytes)
            #expect(json["organization"] == .string(organization.description))
            #expect(json["actor"] == .string("user:\(user)"))
            #expect(json["object"] == ["id": .string(note.description), "type": "note"])
            #expect(json["channel"] == "test")
            #expect(SealedFields(json) != nil)
            #expect(try await platform.entries(in: .south).first?.address == "192.0.2.1")
            #expect(json["detail"] == ["a": 1, "b": "🎺"])
        }
    }
}
