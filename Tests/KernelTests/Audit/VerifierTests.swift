import AlmanacStorage
import AlmanacTestKit
import Testing

@testable import AlmanacKernel

/// What somebody does to the log past the product is found, and where.
struct VerifierTests {
    /// A log of ten entries in the north and six in the south, sealed and signed at position 8, with two behind it.
    private struct Evidence {
        let platform: TestPlatform
        let checkpoints: [AuditCheckpoint]

        func verify(
            _ place: TestPlace = .north, withCheckpoints: Bool = true
        ) async throws -> AuditVerdict {
            try await self.platform.runtime.audit.verifier.verify(
                try self.platform.organization(place).id, against: withCheckpoints ? self.checkpoints : [])
        }

        /// Kinds and positions of what is found.
        func findings(_ place: TestPlace = .north, withCheckpoints: Bool = true) async throws -> [String] {
            try await self.verify(place, withCheckpoints: withCheckpoints).findings.map {
                "\($0.kind) \($0.position.map { "\($0)" } ?? "-")"
            }
        }

        /// The condition that a row is of the north.
        var isNorth: String {
            get throws {
                let id = try self.platform.organization(.north).id.description
                return self.platform.engine == .postgres
                    ? "organization_id = '\(id)'"
                    : "organization_id = X'\(id.filter { $0 != "-" })'"
            }
        }

        /// Rows of entries by their positions.
        func entry(_ position: Int) throws -> String {
            let north = try self.isNorth
            return
                "\(north) AND id = (SELECT entry_id FROM {kernel.audit_seal} WHERE \(north) AND position = \(position))"
        }

        /// Rows of seals by their positions.
        func seal(_ position: Int) throws -> String { "\(try self.isNorth) AND position = \(position)" }

        func tamper(_ statement: String) async throws { try await self.platform.tamper(statement) }

        /// Seals everything from a position on anew, as somebody would who knows how.
        func forge(from first: Int64) async throws {
            let organization = try self.platform.organization(.north).id
            let chain = try await self.platform.chain()
            try await self.platform.runtime.database.write(in: .organization(organization)) { tx in
                var previous = AuditChain.origin
                for link in chain {
                    previous =
                        link.position < first
                        ? link.hash
                        : AuditChain.hash(
                            at: link.position, of: organization, after: previous, canonical: link.canonical)
                    try tx.execute(
                        """
                        UPDATE \(AuditSeal.table) SET hash = \(previous)
                        WHERE organization_id = \(organization) AND position = \(link.position)
                        """)
                }
            }
        }
    }

    private static func withEvidence(_ engine: TestEngine, _ body: (Evidence) async throws -> Void) async throws {
        try await withPlatform(engine, plugins: [Notes.self]) { platform in
            for number in 1...4 {
                try await platform.audit("notes.read", .init("note", ID<Note>(high: 1, low: UInt64(number))))
            }
            for _ in 1...2 { try await platform.audit("notes.read", in: .south) }
            try await platform.sealEverything()
            let checkpoints = try await TestPlace.allCases.asyncMap { place in
                let head = try #require(try await platform.chain(place).last)
                return AuditCheckpoint(
                    organization: try platform.organization(place).id, position: head.position, hash: head.hash,
                    at: platform.clock.now, previous: AuditCheckpoint.origin)
            }
            for _ in 1...2 { try await platform.audit("notes.read") }
            try await platform.sealEverything()
            try await body(Evidence(platform: platform, checkpoints: checkpoints))
        }
    }

    @Test(arguments: TestEngine.allCases)
    func nothingIsFoundInALogThatNobodyTouched(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            try await evidence.platform.audit("notes.unsealed")
            let verdict = try await evidence.verify()
            let unproved = try await evidence.verify(withCheckpoints: false)

            #expect(verdict.findings == [])
            #expect(verdict.entries == 10)
            #expect(verdict.head == 10)
            #expect(verdict.unsealed == 1)
            #expect(verdict.proven == 8)
            #expect(verdict.provenAt == TestClock.start)
            #expect(unproved.findings == [])
            #expect(unproved.proven == nil)
        }
    }

    @Test("v5.0.0-16.4.2 an edit of the audit log is found", arguments: TestEngine.allCases)
    func anEditIsFound(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            let isPostgres = engine == .postgres
            let other = isPostgres ? "convert_to('{}', 'UTF8')" : "CAST('{}' AS BLOB)"
            try await evidence.tamper(
                "UPDATE {kernel.audit_entry} SET canonical = \(other) WHERE \(try evidence.entry(6))")
            #expect(try await evidence.findings(withCheckpoints: false) == ["changed 6"])
            #expect(try await evidence.findings(.south) == [])
        }
    }

    @Test(arguments: TestEngine.allCases, ["actor", "action", "object_id", "address", "at", "is_success"])
    func anEditOfAColumnIsFound(_ engine: TestEngine, _ column: String) async throws {
        try await Self.withEvidence(engine) { evidence in
            let value =
                switch column {
                case "at": "at + 1"
                case "is_success": "NOT is_success"
                default: "'somebody else'"
                }
            try await evidence.tamper(
                "UPDATE {kernel.audit_entry} SET \(column) = \(value) WHERE \(try evidence.entry(6))")
            try await evidence.tamper(
                "UPDATE {kernel.audit_seal} SET \(column) = \(value) WHERE \(try evidence.seal(7))")
            let verdict = try await evidence.verify(withCheckpoints: false)

            #expect(verdict.findings.map(\.kind) == [.columns, .columns])
            #expect(verdict.findings.map(\.position) == [6, 7])
            #expect(verdict.findings.first?.message.hasSuffix(": \(column)") == true)
            #expect(verdict.findings.last?.message.hasSuffix(": seal's \(column)") == true)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aDeletionIsFound(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            let entry = try evidence.entry(6)
            try await evidence.tamper("DELETE FROM {kernel.audit_entry} WHERE \(entry)")
            #expect(try await evidence.findings(withCheckpoints: false) == ["missing 6"])
            try await evidence.tamper("DELETE FROM {kernel.audit_seal} WHERE \(try evidence.seal(6))")
            #expect(try await evidence.findings(withCheckpoints: false) == ["missing 6"])
            // Closing the gap moves the others.
            for position in 7...10 {
                try await evidence.tamper(
                    "UPDATE {kernel.audit_seal} SET position = \(position - 1) WHERE \(try evidence.seal(position))")
            }
            #expect(try await evidence.findings(withCheckpoints: false).first == "changed 6")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func anInsertionIsFound(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            let copied = "organization_id, at, actor, action, object_type, object_id, is_success, address, canonical"
            let id =
                engine == .postgres
                ? "'00000000-0000-0000-0000-0000000000ff'" : "X'000000000000000000000000000000ff'"
            let mark = engine == .postgres ? "1" : "-1"
            try await evidence.tamper(
                """
                INSERT INTO {kernel.audit_entry} (id, commit_mark, \(copied))
                SELECT \(id), \(mark), \(copied) FROM {kernel.audit_entry} WHERE \(try evidence.entry(6))
                """)
            #expect(try await evidence.findings(withCheckpoints: false) == ["inserted -"])
            // With a place in the chain, between others.
            for position in (7...10).reversed() {
                try await evidence.tamper(
                    "UPDATE {kernel.audit_seal} SET position = \(position + 1) WHERE \(try evidence.seal(position))")
            }
            try await evidence.tamper(
                """
                INSERT INTO {kernel.audit_seal} (organization_id, position, entry_id, hash, at, actor, action,
                    object_type, object_id, is_success, address)
                SELECT organization_id, 7, \(id), hash, at, actor, action, object_type, object_id, is_success, address
                FROM {kernel.audit_seal} WHERE \(try evidence.seal(6))
                """)
            #expect(try await evidence.findings(withCheckpoints: false).first == "changed 7")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aReorderIsFound(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            for (from, to) in [(5, -5), (6, 5), (-5, 6)] {
                try await evidence.tamper(
                    "UPDATE {kernel.audit_seal} SET position = \(to) WHERE \(try evidence.seal(from))")
            }
            #expect(try await evidence.findings(withCheckpoints: false) == ["changed 5", "changed 6", "changed 7"])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aTruncationIsFoundByACheckpointOnly(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            for position in 7...10 {
                let entry = try evidence.entry(position)
                try await evidence.tamper("DELETE FROM {kernel.audit_entry} WHERE \(entry)")
                try await evidence.tamper("DELETE FROM {kernel.audit_seal} WHERE \(try evidence.seal(position))")
            }
            let verdict = try await evidence.verify()

            #expect(try await evidence.findings(withCheckpoints: false) == [])
            #expect(try await evidence.verify(withCheckpoints: false).proven == nil)
            #expect(try await evidence.findings() == ["truncated 7"])
            #expect(verdict.proven == nil)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func aLogThatWasRewrittenIsFoundByACheckpointOnly(_ engine: TestEngine) async throws {
        try await Self.withEvidence(engine) { evidence in
            // The columns go with the bytes.
            let text = engine == .postgres ? "convert_from(canonical, 'UTF8')" : "CAST(canonical AS TEXT)"
            let changed = "replace(\(text), 'notes.read', 'notes.burn')"
            let bytes = engine == .postgres ? "convert_to(\(changed), 'UTF8')" : "CAST(\(changed) AS BLOB)"
            try await evidence.tamper(
                """
                UPDATE {kernel.audit_entry} SET canonical = \(bytes), action = 'notes.burn'
                WHERE \(try evidence.entry(6))
                """)
            try await evidence.tamper(
                "UPDATE {kernel.audit_seal} SET action = 'notes.burn' WHERE \(try evidence.seal(6))")
            try await evidence.forge(from: 6)

            #expect(try await evidence.findings(withCheckpoints: false) == [])
            #expect(try await evidence.findings() == ["rewritten 1"])
        }
    }
}

extension Sequence {
    fileprivate func asyncMap<T>(_ transform: (Element) async throws -> T) async rethrows -> [T] {
        var made: [T] = []
        for element in self { made.append(try await transform(element)) }
        return made
    }
}
