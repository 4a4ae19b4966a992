import AlmanacStorage
import AlmanacTestKit
import Crypto
import Testing

@testable import AlmanacKernel

/// Personal fields open with their key, in their entry, and nowhere else.
struct SealedFieldsTests {
    private static let fields = PersonalFields(address: "203.0.113.77", userAgent: "Browser/7 \"ü\"")
    private static let entry = ID<AuditEntry>(high: 1, low: 2)
    private static let organization = OrganizationID(high: 3, low: 4)
    private static let key = ID<SubjectKey>(high: 5, low: 6)
    private static let material = SymmetricKey(data: [UInt8](repeating: 7, count: 32))

    private static func sealed(_ fields: PersonalFields = Self.fields) throws -> SealedFields {
        try SealedFields(
            fields, of: Self.entry, in: Self.organization, key: Self.key, Self.material,
            nonce: [UInt8](repeating: 9, count: SealedFields.nonceLength))
    }

    private static func written(_ sealed: SealedFields) throws -> JSON {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("personal")
            sealed.write(to: &writer)
        }
        return try JSON(parsing: writer.bytes)
    }

    @Test func whatIsWrittenOpensAgain() throws {
        let document = try Self.written(Self.sealed())
        let read = try #require(SealedFields(document))

        #expect(read == (try Self.sealed()))
        #expect(document["personal"]?["key"] == "00000000-0000-0005-0000-000000000006")
        #expect(read.open(of: Self.entry, in: Self.organization, with: Self.material) == Self.fields)
        #expect(SealedFields(["personal": .null]) == nil)
        #expect(SealedFields(["address": "203.0.113.77"]) == nil)
    }

    @Test("v5.0.0-11.3.3 what is sealed for one entry of the audit log opens in no other")
    func nowhereElse() throws {
        let sealed = try Self.sealed()
        let other = ID<AuditEntry>(high: 1, low: 3)
        let elsewhere = OrganizationID(high: 3, low: 5)
        let foreign = SymmetricKey(data: [UInt8](repeating: 8, count: 32))
        var document = try #require(try Self.written(sealed)["personal"]?.object)
        document["key"] = "00000000-0000-0005-0000-000000000007"
        let renamed = try #require(SealedFields(["personal": .object(document)]))

        #expect(sealed.open(of: other, in: Self.organization, with: Self.material) == nil)
        #expect(sealed.open(of: Self.entry, in: elsewhere, with: Self.material) == nil)
        #expect(sealed.open(of: Self.entry, in: Self.organization, with: foreign) == nil)
        #expect(renamed.open(of: Self.entry, in: Self.organization, with: Self.material) == nil)
    }

    @Test func theLengthTellsNoProgramFromAnother() throws {
        let lengths = try ["", "a", "Browser/7", "Browser/7 (X11)"].map { agent in
            try Self.written(Self.sealed(PersonalFields(address: "203.0.113.7", userAgent: agent)))["personal"]?[
                "sealed"]?.string?.utf8.count
        }
        #expect(Set(lengths).count == 1)
    }

    @Test func noEntryHasThemInTheClear() throws {
        let entry = AuditEntry(
            id: Self.entry, at: TestClock.start, organization: Self.organization, actor: "user:x",
            action: "notes.written", object: nil, isSuccess: true,
            origin: Origin(.http, address: "203.0.113.77", userAgent: "Canary"), detail: .object([:]))
        let bytes = entry.canonicalBytes(try Self.sealed())
        let document = try JSON(parsing: bytes)

        #expect(document.canonical == bytes)
        #expect(SealedFields(document) == (try Self.sealed()))
        #expect(document["address"] == nil)
        #expect(document["userAgent"] == nil)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("Canary"))
    }
}
