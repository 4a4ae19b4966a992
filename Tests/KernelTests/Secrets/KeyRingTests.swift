import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What seals and opens, without a database.
struct KeyRingTests {
    private let keys = TestKeys()
    private let clock = ManualClock(TestClock.start)
    private let organization = OrganizationID(high: 1, low: 1)
    private let other = OrganizationID(high: 1, low: 2)
    private let id = ID<VaultItem>(high: 2, low: 1)

    private func ring(seed: UInt64 = 7) -> KeyRing {
        KeyRing(self.keys, clock: self.clock, random: SeededRandom(seed: seed))
    }

    private func error(_ body: () throws -> Void) -> SecretsError.Code? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SecretsError)?.code
        }
    }

    @Test func opensWhatItSealedAndNeverSealsTwiceTheSame() throws {
        let ring = self.ring()
        let cell = Vault.secret.cell(in: self.organization, self.id)
        for value in [[], [0], Array("secret".utf8), [UInt8](repeating: 0xA5, count: 100_000)] as [[UInt8]] {
            let (first, second) = (try ring.seal(value, in: cell), try ring.seal(value, in: cell))
            #expect(try ring.open(first, in: cell) == value)
            #expect(try ring.open(second, in: cell) == value)
            #expect(first != second)
            #expect(first.count == value.count + 33)
            #expect(Array(first.prefix(5)) == [1] + (try ring.reload().primary.id.bytes))
        }
    }

    @Test("v5.0.0-11.3.3 a sealed value opens in its own row and column only")
    func opensInItsOwnPlaceOnly() throws {
        let ring = self.ring()
        let cell = Vault.secret.cell(in: self.organization, self.id)
        let sealed = try ring.seal(Array("secret".utf8), in: cell)
        let elsewhere =
            [
                Vault.secret.cell(in: self.other, self.id),
                Vault.secret.cell(in: self.organization, ID<VaultItem>(high: 2, low: 2)),
                Vault.note.cell(in: self.organization, self.id),
            ]
            + [Table(Vault.id.namespace, "other"), Table(Namespace("other"), "item")].map { table in
                EncryptedColumn(table, "secret", keys: .uuid("id")).cell(in: self.organization, self.id)
            }
        for place in elsewhere { #expect(self.error { _ = try ring.open(sealed, in: place) } == .unreadable) }
        #expect(try ring.open(sealed, in: cell) == Array("secret".utf8))
    }

    @Test func placesThatLookAlikeDiffer() throws {
        let ring = self.ring()
        let pairs = EncryptedColumn(Vault.shared, "secret", keys: .text("a"), .text("b"))
        let sealed = try ring.seal([1], in: pairs.cell("ab", "c"))

        #expect(self.error { _ = try ring.open(sealed, in: pairs.cell("a", "bc")) } == .unreadable)
        #expect(try ring.open(sealed, in: pairs.cell("ab", "c")) == [1])
    }

    @Test("v5.0.0-11.3.3 a changed value does not open, whatever was changed")
    func changedValuesDoNotOpen() throws {
        let ring = self.ring()
        let cell = Vault.secret.cell(in: self.organization, self.id)
        let sealed = try ring.seal(Array("secret".utf8), in: cell)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(self.error { _ = try ring.open(changed, in: cell) } != nil, "byte \(index)")
        }
        for length in 0..<sealed.count {
            #expect(self.error { _ = try ring.open(Array(sealed.prefix(length)), in: cell) } == .unreadable)
        }
    }

    @Test func aPlaceThatIsNamedWronglyIsAMistake() {
        let ring = self.ring()
        let cells = [
            Vault.secret.cell(self.id), Vault.secret.cell(in: self.organization), Vault.sharedSecret.cell("a"),
            Vault.sharedSecret.cell(in: self.organization, "a", 1), Vault.sharedSecret.cell(1, "a"),
        ]
        for cell in cells { #expect(self.error { _ = try ring.seal([], in: cell) } == .wrongPlace) }
    }

    @Test func aRotationIsNoticedWithinAMinuteAndAnUnknownKeyWithinASecond() throws {
        let (first, second) = (self.ring(), self.ring(seed: 8))
        let cell = Vault.secret.cell(in: self.organization, self.id)
        let old = try first.seal([1], in: cell)
        _ = try second.open(old, in: cell)
        let before = try first.reload().primary.id

        self.clock.advance(seconds: 2)
        let after = try self.keys.rotate(seed: 99).primary.id
        _ = try second.reload()
        let new = try second.seal([2], in: cell)
        #expect(SealedValue(new)?.key == after)
        // It still seals with the former key, and opens what it cannot know yet.
        #expect(SealedValue(try first.seal([3], in: cell))?.key == before)
        #expect(try first.open(new, in: cell) == [2])
        #expect(SealedValue(try first.seal([3], in: cell))?.key == after)

        let third = self.ring(seed: 9)
        let latest = try self.keys.rotate(seed: 100).primary.id
        self.clock.advance(seconds: 59)
        #expect(SealedValue(try second.seal([4], in: cell))?.key == after)
        self.clock.advance(seconds: 1)
        #expect(SealedValue(try second.seal([4], in: cell))?.key == latest)
        #expect(try third.open(old, in: cell) == [1])
    }

    @Test func keysThatCannotBeReadForAMomentStayInUse() throws {
        let ring = self.ring()
        let cell = Vault.secret.cell(in: self.organization, self.id)
        let sealed = try ring.seal([1], in: cell)
        self.keys.set(nil)
        self.clock.advance(seconds: 600)

        #expect(try ring.open(sealed, in: cell) == [1])
        #expect(try ring.open(try ring.seal([2], in: cell), in: cell) == [2])
        #expect(self.error { _ = try ring.reload() } == .noKeys)
        #expect(self.error { _ = try self.ring().seal([2], in: cell) } == .noKeys)
    }

    @Test func aMissingKeyIsNamed() throws {
        let cell = Vault.secret.cell(in: self.organization, self.id)
        let sealed = try self.ring().seal([1], in: cell)
        let lost = try #require(try self.keys.read()).primary.id
        self.keys.set(KeyList(firstAt: TestClock.start, random: SeededRandom(seed: 5)))
        let ring = self.ring()
        do {
            _ = try ring.open(sealed, in: cell)
            Issue.record("a value was opened without its key")
        } catch let error as SecretsError {
            #expect(error.code == .unknownKey(lost))
            #expect(error.description.contains(lost.description))
        }
    }

    @Test func derivedKeysDependOnPurposeAndKeyAlone() throws {
        let first = try self.ring().derived(for: "cursor signing 1")
        #expect(try self.ring(seed: 8).derived(for: "cursor signing 1") == first)
        #expect(try self.ring().derived(for: "form tokens 1") != first)
        let list = try self.keys.rotate(seed: 99)
        let rotated = try self.ring().derived(for: "cursor signing 1")

        #expect(rotated.count == 2)
        #expect(rotated[1] == first[0])
        #expect(rotated[0] != list.primary.material)
    }
}
