import AlmanacFetching
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Testing

/// Where the programs of this folder are that stand for servers of others.
enum Servers {
    private static func script(_ name: String) -> String {
        #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Counterparts/\(name)"
    }

    /// Runs `body` with a web server.
    static func withWeb<T>(_ body: (Counterpart) async throws -> T) async throws -> T {
        try await withTemporaryFolder { folder in
            try await withCounterpart(Self.script("web_server.py"), in: folder, body)
        }
    }

    /// Runs `body` with a CalDAV server.
    static func withCalDAV<T>(_ body: (Counterpart) async throws -> T) async throws -> T {
        try await withTemporaryFolder { folder in
            try await withCounterpart(Self.script("caldav_server.py"), [folder.path], in: folder, body)
        }
    }

    /// A rule that takes this machine for a network of the operator's own.
    static func loopback() throws -> AddressRule {
        AddressRule(allowing: [try NetworkBlock("127.0.0.0/8"), try NetworkBlock("::1")])
    }
}

extension Counterpart {
    /// An address of this server.
    func address(_ path: String, host: String = "127.0.0.1") throws -> WebAddress {
        try #require(WebAddress("http://\(host):\(self.port)\(path)"))
    }

    /// The paths that it was asked for.
    var paths: [String] { self.events.compactMap { $0["request"]?.string } }
}
