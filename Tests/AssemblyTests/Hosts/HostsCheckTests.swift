import AlmanacKernel
import Testing

@testable import AlmanacAssembly

/// What `doctor` thinks of the hosts that serve, and of a replica.
struct HostsCheckTests {
    private static func host(_ version: String = "1.0.0", _ manifest: String = "aa") -> ServingHost.Description {
        ServingHost.Description(machine: "web", process: 1, version: version, manifest: manifest)
    }

    @Test(
        arguments: [
            ([], "nothing serves now"),
            ([Self.host()], "one process serves, as this manifest says"),
            ([Self.host(), Self.host()], "2 processes serve, all alike"),
        ] as [([ServingHost.Description], String)])
    func hostsThatAgreeAreFine(_ hosts: [ServingHost.Description], _ text: String) {
        let finding = HostsCheck.judge(hosts, Self.host())

        #expect(finding.severity == .ok)
        #expect(finding.what == text)
    }

    @Test(
        arguments: [
            ([Self.host(), Self.host("2.0.0")], "2 processes serve, with different versions of the program"),
            ([Self.host(), Self.host("1.0.0", "bb")], "2 processes serve, with different manifests"),
            ([Self.host("1.0.0", "bb")], "one process serves, with another manifest than this one"),
            ([Self.host("2.0.0")], "one process serves, with another version than this one"),
        ] as [([ServingHost.Description], String)])
    func hostsThatDifferAreWarnedOf(_ hosts: [ServingHost.Description], _ text: String) {
        let finding = HostsCheck.judge(hosts, Self.host())

        #expect(finding.severity == .warning)
        #expect(finding.what == text)
        #expect(finding.advice?.contains("almanac hosts") == true)
    }

    @Test(
        arguments: [(-1, "follows nobody"), ((64 << 20) + 1, "64 MiB of the log behind")] as [(Int64, String)])
    func aReplicaOfNoUseIsWarnedOf(_ behind: Int64, _ words: String) {
        let finding = ReplicaCheck.judge(behind: behind)

        #expect(finding.severity == .warning)
        #expect(finding.what.contains(words))
    }

    @Test func aReplicaThatKeepsUpIsFine() {
        #expect(ReplicaCheck.judge(behind: 0).severity == .ok)
        #expect(ReplicaCheck.judge(behind: 64 << 20).severity == .ok)
    }
}
