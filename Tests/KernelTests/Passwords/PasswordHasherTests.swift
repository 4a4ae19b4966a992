import AlmanacStorage
import Testing

@testable import AlmanacKernel

/// Passwords as Argon2id strings.
struct PasswordHasherTests {
    /// From the test suite of the reference implementation (github.com/P-H-C/phc-winner-argon2, src/test.c, version
    /// 0x13, Argon2id): password `password`, salt `somesalt`.
    static let known: [(password: String, hash: String)] = [
        ("password", "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4"),
        ("password", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"),
        ("differentpassword", "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$C4TWUs9rDEvq7w3+J4umqA32aWKB1+DSiRuBfYxFj94"),
        ("password", "$argon2id$v=19$m=65536,t=2,p=1$ZGlmZnNhbHQ$vfMrBczELrFdWP0ZsfhWsRPaHppYdP3MVEMIVlqoFBw"),
    ]

    private let hasher = PasswordHasher(cost: .forTests, random: SeededRandom(seed: 1))

    @Test(arguments: Self.known)
    func agreesWithTheReferenceImplementation(_ password: String, _ hash: String) async throws {
        #expect(try await self.hasher.verify(password, against: hash))
        #expect(try await !self.hasher.verify(password + " ", against: hash))
        #expect(try await !self.hasher.verify("", against: hash))
    }

    @Test func hashesAreSaltedAndSayHowTheyWereMade() async throws {
        let first = try await self.hasher.hash("correct horse battery staple")
        let second = try await self.hasher.hash("correct horse battery staple")

        #expect(first.hasPrefix("$argon2id$v=19$m=8,t=1,p=1$"))
        #expect(first != second)
        #expect(try await self.hasher.verify("correct horse battery staple", against: first))
        #expect(try await self.hasher.verify("correct horse battery staple", against: second))
    }

    @Test("v5.0.0-11.4.2 a password costs as much to try as OWASP asks for")
    func theCostIsWhatOWASPAsksFor() {
        #expect(PasswordHasher.Cost.recommended == PasswordHasher.Cost(memory: 19_456, passes: 2))
    }

    @Test func aUserWhoDoesNotExistHasNoPassword() async throws {
        #expect(try await !self.hasher.verify("no such user", against: nil))
        #expect(try await !self.hasher.verify("", against: nil))
    }

    @Test(arguments: [PasswordHasher.Cost.forTests, .recommended])
    func whoDoesNotExistCostsAsMuchAsWhoDoes(_ cost: PasswordHasher.Cost) async throws {
        let hasher = PasswordHasher(cost: cost, random: SeededRandom(seed: 1))
        let hash = try await hasher.hash("password").split(separator: "$")
        let decoy = hasher.decoy.split(separator: "$")

        // Algorithm, version and cost; then salt and digest of the same lengths.
        #expect(decoy.prefix(3) == hash.prefix(3))
        #expect(decoy.map(\.count) == hash.map(\.count))
    }

    @Test(arguments: ["", "password", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$$", "$2b$10$abcdefghijklmnopqrstuv"])
    func whatIsNoHashMatchesNothing(_ hash: String) async throws {
        #expect(try await !self.hasher.verify("password", against: hash))
    }

    @Test("v5.0.0-6.2.8 passwords are verified whole, in their case, with all their spaces")
    func passwordsAreVerifiedAsTheyAre() async throws {
        let password = " Über alle Berge und durch das tiefe Tal " + String(repeating: "0123456789", count: 10)
        let hash = try await self.hasher.hash(password)

        #expect(try await self.hasher.verify(password, against: hash))
        for other in [
            String(password.dropLast()), password + "\0", password + " ", password.lowercased(),
            String(password.dropFirst()), password.replacing("  ", with: " ").replacing("Ü", with: "U"),
        ] {
            #expect(try await !self.hasher.verify(other, against: hash), "\(other)")
        }
    }

    @Test func keyboardsThatComposeLettersOtherwiseTypeTheSamePassword() async throws {
        let hash = try await self.hasher.hash("caf\u{E9}")
        let decomposed = try await self.hasher.hash("cafe\u{301}")
        for text in ["caf\u{E9}", "cafe\u{301}"] {
            #expect(try await self.hasher.verify(text, against: hash))
            #expect(try await self.hasher.verify(text, against: decomposed))
        }
        // Compatible is not the same: NIST SP 800-63B-4 asks for NFC.
        let plain = try await self.hasher.hash("fish")
        #expect(try await !self.hasher.verify("\u{FB01}sh", against: plain))
    }

    @Test func hashesOfBeforeNormalizationStillWork() async throws {
        // Argon2id of the bytes of "cafe" with a combining accent, as they came; salt `somesalt`, m=256, t=2, p=1.
        let old = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$YrtFUU8SNZRv2QsnqhbwACsPkabsguUVoburzN84Pwc"
        #expect(try await self.hasher.verify("cafe\u{301}", against: old))
        #expect(try await !self.hasher.verify("caf\u{E9}x", against: old))
    }

    @Test("v5.0.0-6.3.8 a refused password costs as many hashes whoever's it is")
    func refusalsCostTheSame() async throws {
        let hash = try await self.hasher.hash("correct horse battery staple")
        for (password, expected) in [("a wrong password", 1), ("cafe\u{301} and more", 2)] {
            var costs: [Int] = []
            for known in [hash, nil, "", "!", "$argon2id$", "$2b$10$abcdefghijklmnopqrstuv"] {
                let before = self.hasher.computations
                #expect(try await !self.hasher.verify(password, against: known))
                costs.append(self.hasher.computations - before)
            }
            #expect(costs == Array(repeating: expected, count: 6), "\(password)")
        }
    }

    @Test func tooManyAtOnceAreTurnedAway() async throws {
        let hasher = self.hasher
        // Some ten milliseconds each, so that they pile up.
        let cost = PasswordHasher.Cost(memory: 16_384, passes: 1)
        let slow = try await PasswordHasher(cost: cost, random: SeededRandom(seed: 2)).hash("password")
        let refusals = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        _ = try await hasher.verify("no", against: slow)
                        return nil
                    } catch { return (error as? Refusal)?.code }
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        // 64 may wait; the others learn at once that they should come back.
        #expect(refusals.contains("too_many_sign_ins"))
        #expect(refusals.filter { $0 == nil }.count >= 64)
        #expect(try await hasher.verify("password", against: slow))
    }
}
