import AlmanacKernel
import AlmanacOIDC
import AlmanacStorage
import Foundation
import Testing

@testable import AlmanacAssembly

/// How findings are judged where a test cannot break the real thing.
struct JudgmentTests {
    @Test(arguments: [
        ("3.40.1", Finding.Severity.warning), ("3.51.2", .warning), ("3.51.3", .ok), ("3.51.10", .ok), ("3.53.0", .ok),
        ("4.0", .ok), ("3.7", .warning),
    ])
    func knowsWhichSQLiteHasTheLogBug(_ version: String, _ severity: Finding.Severity) {
        #expect(SQLiteCheck.judge(version: version).severity == severity)
    }

    @Test
    func wantsAWriteAheadLogAndFullDurability() {
        #expect(SQLiteCheck.judge(journalMode: "wal").severity == .ok)
        #expect(SQLiteCheck.judge(journalMode: "delete").severity == .warning)
        #expect(SQLiteCheck.judge(durability: .full).severity == .ok)
        #expect(SQLiteCheck.judge(durability: .normal).severity == .warning)
    }

    @Test(
        arguments: [
            (nil, true, true, nil), (0, nil, true, nil), (29_999_999, true, true, nil),
            (30_000_000, true, true, .problem),
            (-30_000_000, true, true, .problem), (0, false, true, .warning), (0, true, false, .problem),
        ] as [(Int64?, Bool?, Bool, Finding.Severity?)])
    func wantsProvidersThatSignAndKnowTheTime(
        _ offset: Int64?, _ challenges: Bool?, _ signs: Bool, _ severity: Finding.Severity?
    ) {
        let provider = OIDCProvider(
            id: "work", name: "Work", issuer: "https://id.example", clientID: "school", clientSecret: nil,
            redirectURI: "https://book.example/auth/oidc/work/callback")
        let found = OIDCExamination(
            clockOffset: offset, takesChallenges: challenges, signsAcceptably: signs, publishesKeys: true)
        let findings = OIDCCheck.judge(found, of: provider)

        #expect(findings.map(\.severity) == (severity.map { [$0] } ?? []))
        #expect(findings.allSatisfy { $0.check == "oidc.work" && $0.advice != nil })
    }

    private static func link(
        _ host: String, _ mode: String, _ version: String? = nil
    ) -> PostgresInspection.Link {
        PostgresInspection.Link(host: host, mode: mode, protocolVersion: version, serverVersion: 150_018)
    }

    @Test(arguments: [
        (Self.link("db.example", "prefer"), Finding.Severity.problem),
        (Self.link("db.example", "disable"), .problem),
        (Self.link("127.0.0.1.evil.example", "prefer"), .problem),
        (Self.link("/run/postgresql", "prefer"), .ok),
        (Self.link("127.0.0.1", "prefer"), .ok),
        (Self.link("::1", "prefer"), .ok),
        (Self.link("db.example", "prefer", "TLSv1.3"), .warning),
        (Self.link("db.example", "require", "TLSv1.3"), .warning),
        (Self.link("db.example", "verify-ca", "TLSv1.3"), .warning),
        (Self.link("db.example", "verify-full", "TLSv1.3"), .ok),
        (Self.link("db.example", "verify-full", "TLSv1.1"), .problem),
    ])
    func judgesTLS(_ link: PostgresInspection.Link, _ severity: Finding.Severity) {
        #expect(TLSCheck.judge(link).severity == severity, "\(link)")
    }

    @Test
    func judgesClocks() {
        #expect(ClockCheck.judge(offset: 20_000, uncertainty: 100).severity == .ok)
        #expect(ClockCheck.judge(offset: -1_500_000, uncertainty: 100).severity == .warning)
        // What lies within the time that asking took proves nothing.
        #expect(ClockCheck.judge(offset: 1_500_000, uncertainty: 600_000).severity == .ok)
        #expect(ClockCheck.judge(offset: -40_000_000, uncertainty: 100).severity == .problem)
        #expect(ClockCheck.judge(offset: .min, uncertainty: 0).severity == .problem)
        let start = Instant(seconds: 1_700_000_000)
        #expect(ClockCheck.judge(readings: [start, start, start.adding(microseconds: 1)]).severity == .ok)
        #expect(ClockCheck.judge(readings: [start.adding(microseconds: 5), start]).severity == .problem)
        #expect(ClockCheck.judge(isSynchronized: false).severity == .warning)
        #expect(ClockCheck.judge(isSynchronized: true).severity == .ok)
    }

    @Test
    func judgesDisks() {
        func severity(_ free: UInt64, files: UInt64 = 1 << 20) -> Finding.Severity {
            DiskCheck.judge("/data", free: free, total: 1 << 40, files: files).severity
        }
        #expect(severity(10 << 30) == .ok)
        #expect(severity(500 << 20) == .warning)
        #expect(severity(100 << 20) == .problem)
        #expect(severity(10 << 30, files: 10) == .problem)
        #expect(DiskCheck.examine("/proc").severity == .problem)
    }

    @Test
    func judgesZoneData() {
        let now = Instant(seconds: 1_795_000_000)  // 2026-11-18
        #expect(ZoneDataCheck.judge(version: "2026b", zone: "Europe/Berlin", now: now).severity == .ok)
        #expect(ZoneDataCheck.judge(version: "2024a", zone: "Europe/Berlin", now: now).severity == .warning)
        #expect(ZoneDataCheck.judge(version: nil, zone: "Europe/Berlin", now: now).severity == .warning)
    }

    @Test(arguments: [
        (FileModeCheck.Role.secret, mode_t(0o600), Finding.Severity?.none), (.secret, 0o640, nil),
        (.secret, 0o660, .warning), (.secret, 0o644, .problem), (.data, 0o600, nil), (.data, 0o640, .warning),
        (.data, 0o604, .problem), (.manifest, 0o644, nil), (.manifest, 0o666, .problem), (.folder, 0o755, nil),
        (.folder, 0o777, .problem), (.folder, 0o1777, nil),
    ])
    func judgesModes(_ role: FileModeCheck.Role, _ mode: mode_t, _ severity: Finding.Severity?) {
        #expect(FileModeCheck.judge("x", role, mode: mode)?.severity == severity)
    }

    @Test
    func judgesServerVersions() {
        #expect(PostgresCheck.judge(version: 150_018).severity == .ok)
        #expect(PostgresCheck.judge(version: 140_012).severity == .warning)
        #expect(PostgresCheck.judge(version: 150_018).what.contains("15.18"))
    }

    @Test
    func seesWhoHasThePort() throws {
        let other = try TestListener()
        #expect(PortCheck.examine(host: "127.0.0.1", port: 0).severity == .ok)
        #expect(PortCheck.examine(host: "127.0.0.1", port: other.port).severity == .problem)
        #expect(PortCheck.examine(host: "192.0.2.1", port: 8_080).severity == .problem)
        #expect(PortCheck.examine(host: "no-such-host.invalid", port: 8_080).severity == .problem)
        let port = other.port
        other.close()
        #expect(PortCheck.examine(host: "127.0.0.1", port: port).severity == .ok)
    }
}

/// A program that listens and says nothing of use.
private final class TestListener {
    private let descriptor: Int32
    let port: Int

    init() throws {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 ? getsockname(descriptor, address, &length) : -1
            }
        }
        try #require(code == 0)
        // A full backlog: whoever connects gets no answer.
        try #require(listen(descriptor, 1) == 0)
        self.descriptor = descriptor
        self.port = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { Foundation.close(self.descriptor) }
}
