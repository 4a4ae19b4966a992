import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What entries of updates tell: which fields, and their values where those are nobody's own.
struct AuditChangesTests {
    @Test func aFieldIsToldWhenItsBytesDiffer() throws {
        var changes = AuditChanges()
        try changes.compare("minutes", 60, 90)
        try changes.compare("same", ["a"], ["a"])
        try changes.compare("gone", Optional("x"), Optional<String>.none)
        try changes.compare("never", Optional<Int>.none, Optional<Int>.none)
        // Canonically the same text, but other bytes.
        try changes.compare("unit", "K", "\u{212A}")

        #expect(
            changes.json == [
                ["field": "minutes", "from": 60, "to": 90], ["field": "gone", "from": "x", "to": .null],
                ["field": "unit", "from": "K", "to": "\u{212A}"],
            ])
        #expect(AuditChanges(changes.json) == changes)
    }

    @Test("v5.0.0-16.2.5 of what is personal or secret the log tells that it was changed, not what it was")
    func whatIsNobodysBusinessIsNotTold() throws {
        var changes = AuditChanges()
        try changes.compare("phone", "canary-one", "canary-two", as: .personal)
        try changes.compare("key", "canary-one", "canary-two", as: .secret)
        try changes.compare("name", "canary-one", "canary-one", as: .personal)
        let text = String(decoding: changes.json.canonical, as: UTF8.self)

        #expect(
            text == #"[{"field":"phone","withheld":"personal"},{"field":"key","withheld":"secret"}]"#)
        #expect(!"\(changes)".contains("canary"))
    }

    @Test(arguments: [(2_046, false), (2_047, true)])
    func aLongValueIsNotTold(_ length: Int, _ isWithheld: Bool) throws {
        var changes = AuditChanges()
        try changes.compare("text", "", String(repeating: "x", count: length))
        let change = try #require(changes.changes.first)

        #expect(change.withheld == (isWithheld ? .size : nil))
        #expect((change.after == .null) == isWithheld)
    }

    @Test func theyStandInTheCanonicalBytes() throws {
        var entry = AuditEntry(
            id: ID(high: 1, low: 2), at: TestClock.start, organization: ID(high: 1, low: 2), actor: "user:x",
            action: "notes.changed", object: nil, isSuccess: true, origin: Origin(.job), detail: .object([:]))
        var changes = AuditChanges()
        try changes.compare("b", 1, 2)
        entry.changes = changes
        let bytes = entry.canonicalBytes(nil)
        let json = try JSON(parsing: bytes)

        #expect(json.canonical == bytes)
        #expect(json["changes"] == [["field": "b", "from": 1, "to": 2]])
    }

    @Test func entriesOfEveryVersionAreRead() throws {
        let entry = AuditEntry(
            id: ID(high: 1, low: 2), at: TestClock.start, organization: ID(high: 1, low: 2), actor: "user:x",
            action: "notes.changed", object: nil, isSuccess: true, origin: Origin(.job), detail: .object([:]))
        let document = try #require(try JSON(parsing: entry.canonicalBytes(nil)).object)
        for version in 0...AuditEntry.version + 1 {
            var old = document
            old["v"] = .number(JSONNumber(version))
            if version < 4 {
                old["personal"] = nil
                old["address"] = "192.0.2.1"
                old["userAgent"] = .null
            }
            if version < 3 { old["changes"] = nil }
            if version < 2 { old["onBehalfOf"] = nil }
            #expect((AuditColumns(.object(old)) != nil) == (1...AuditEntry.version).contains(version))
        }
    }
}
