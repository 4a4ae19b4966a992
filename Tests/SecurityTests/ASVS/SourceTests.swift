import Testing

/// What must not stand in the product's sources at all.
struct SourceTests {
    private static let product = Result {
        try Sources.all(under: ["Core", "Plugins", "Host"]).filter { !$0.path.hasPrefix("Core/TestKit/") }
    }

    /// Where a word stands outside of comments.
    private static func places(of words: [String], besides allowed: [String] = []) throws -> [String] {
        let files = try Self.product.get().filter { file in !allowed.contains { file.path.contains($0) } }
        #expect(files.count > 200)
        // Few files hold one of the words at all: only those are taken apart.
        return files.filter { file in words.contains { file.holds($0) } }.flatMap { file in
            file.text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
                let code = line.drop { $0 == " " }
                guard !code.hasPrefix("//"), words.contains(where: { code.contains($0) }) else { return nil }
                return "\(file.path):\(index + 1): \(code)"
            }
        }
    }

    @Test("v5.0.0-1.2.5 no program is started but PostgreSQL's own, by an operator, and never a shell")
    func startsNoOtherProgram() throws {
        #expect(
            try Self.places(
                of: ["Process()", "posix_spawn", "almanac_spawn", "popen(", "Glibc.system(", "execve(", "fork()"],
                besides: ["Core/Storage/Backup/PostgresPrograms.swift"]) == [])
        #expect(
            try Self.places(of: ["PostgresPrograms("], besides: ["Core/Storage/Backup/PostgresArchive.swift"]) == [])
        #expect(try Self.places(of: ["PostgresArchive("], besides: ["Host/Assembly/Backup/"]) == [])
        #expect(try Self.places(of: ["/bin/sh", "/bin/bash", "/usr/bin/env", "\"sh\"", "\"bash\""]) == [])
    }

    @Test("v5.0.0-1.2.9 no regular expression sees input")
    func noRegularExpressionSeesInput() throws {
        #expect(
            try Self.places(of: ["NSRegularExpression", "Regex<", "try Regex(", ".firstMatch(of:", "regcomp("]) == [])
    }

    @Test("v5.0.0-11.4.1 no broken hash function is used; SHA-1 only where RFC 6238 wants it")
    func noBrokenHashFunctionIsUsed() throws {
        #expect(try Self.places(of: ["Insecure.MD5", "MD5_", "CC_MD5", "md5("]) == [])
        #expect(
            try Self.places(of: ["Insecure.SHA1", "SHA1_", "CC_SHA1"], besides: ["TOTP", "OneTime", "Factors"]) == [])
    }

    @Test("v5.0.0-11.3.1 v5.0.0-11.3.2 no cipher is used but AES-GCM and ChaCha20-Poly1305")
    func noOtherCipherIsUsed() throws {
        #expect(
            try Self.places(of: ["AES._CBC", "AES._CTR", "_CBC", "EVP_", "CommonCrypto", "import CryptoExtras"]) == [])
    }

    @Test("v5.0.0-11.2.1 no cipher and no hash function is written anew")
    func noPrimitiveIsWrittenAnew() throws {
        // Constants without which MD5, SHA-1, SHA-2, Keccak, BLAKE2, AES, ChaCha and scrypt cannot be written down.
        let constants = [
            "67452301", "efcdab89", "5a827999", "6a09e667", "bb67ae85", "428a2f98", "c1059ed8", "0000000080008082",
            "63, 0x7c, 0x77", "expand 32-byte k", "61707865",
        ]
        let found = try Self.places(of: constants + constants.map { $0.uppercased() })
        #expect(found == [])
    }

    @Test("v5.0.0-11.5.1 no secret comes from a weak source of randomness")
    func noSecretComesFromAWeakSource() throws {
        #expect(try Self.places(of: ["arc4random_stir", "drand48", "srand(", " rand()", "GKRandom", "mt19937"]) == [])
    }
}
