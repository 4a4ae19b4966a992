import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

struct RecoveryCodeTests {
    private let user = ID<User>(high: 1, low: 1)

    @Test("v5.0.0-6.5.2 v5.0.0-6.5.3 v5.0.0-6.5.4 recovery codes have 120 random bits")
    func haveEnoughBits() {
        let random = SeededRandom(seed: 3)
        let codes = (0..<1_000).map { _ in RecoveryCode(random: random).reveal() }
        let letters = codes.map { $0.split(separator: "-").joined() }

        #expect(codes.allSatisfy { $0.split(separator: "-").map(\.count) == [6, 6, 6, 6] })
        #expect(Set(codes).count == codes.count)
        // 24 characters of 5 bits each; every one of the 32 appears at every place.
        for place in 0..<24 { #expect(Set(letters.map { Array($0)[place] }).count == 32) }
    }

    @Test func areReadAsPeopleTypeThem() throws {
        let code = RecoveryCode(random: SeededRandom(seed: 3))
        let text = code.reveal()
        let typed = [
            text, text.lowercased(), text.split(separator: "-").joined(),
            text.split(separator: "-").joined(separator: " "),
            String(text.map { $0 == "0" ? "o" : $0 == "1" ? "l" : $0 }),
        ]
        for form in typed {
            #expect(try #require(RecoveryCode(form), "\(form)").digest(of: self.user) == code.digest(of: self.user))
        }
        for wrong in [
            "", "123456", String(text.dropLast()), text + "A", text.replacing("-", with: "_"), "é" + text.dropFirst(),
        ] {
            #expect(RecoveryCode(wrong) == nil, "\(wrong)")
        }
    }

    @Test func belongToOneUser() {
        let code = RecoveryCode(random: SeededRandom(seed: 3))
        #expect(code.digest(of: self.user) != code.digest(of: ID<User>(high: 1, low: 2)))
        #expect(code.digest(of: self.user).count == 32)
    }
}
