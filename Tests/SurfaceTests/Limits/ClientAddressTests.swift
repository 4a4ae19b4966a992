import AlmanacKernel
import Testing

@testable import AlmanacSurface

struct ClientAddressTests {
    private static func resolve(_ peer: String?, _ forwarded: [String], trusting blocks: [String]) throws -> String? {
        let headers = forwarded.map { (name: "X-Forwarded-For", value: $0) }
        let request = APIRequest(method: "GET", path: "/", headers: headers, address: peer)
        return ClientAddress.resolve(request, trusting: try blocks.map { try NetworkBlock($0) })
    }

    @Test(arguments: ["198.51.100.7", "::1", nil])
    func believesNobodyUnlessTold(peer: String?) throws {
        #expect(try Self.resolve(peer, ["203.0.113.9"], trusting: []) == peer)
    }

    @Test(arguments: ["198.51.100.7", "11.0.0.1", "::1", "not an address"])
    func believesNobodyElse(peer: String) throws {
        #expect(try Self.resolve(peer, ["203.0.113.9"], trusting: ["10.0.0.0/8"]) == peer)
    }

    @Test(arguments: [
        ("203.0.113.9", "203.0.113.9"),
        // What stands further left was written by whoever sent the request.
        ("1.1.1.1, 203.0.113.9", "203.0.113.9"), ("garbage, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.9, 203.0.113.9", "203.0.113.9"),
        // Proxies in a row.
        ("203.0.113.9, 10.0.0.2", "203.0.113.9"), ("1.1.1.1, 203.0.113.9, 10.0.0.3,10.0.0.2", "203.0.113.9"),
        // A caller inside the trusted network.
        ("10.0.0.3", "10.0.0.3"), ("10.0.0.3, 10.0.0.2", "10.0.0.3"),
        // The forms that proxies write.
        ("\t203.0.113.9 ", "203.0.113.9"), ("203.0.113.9:4711", "203.0.113.9"), ("2001:DB8::9", "2001:db8::9"),
        ("[2001:db8::9]", "2001:db8::9"), ("[2001:db8::9]:4711", "2001:db8::9"), ("::ffff:203.0.113.9", "203.0.113.9"),
    ])
    func readsFromTheRightAsFarAsItTrusts(header: String, address: String) throws {
        #expect(try Self.resolve("10.0.0.1", [header], trusting: ["10.0.0.0/8"]) == address)
        #expect(try Self.resolve("::ffff:10.0.0.1", [header], trusting: ["10.0.0.0/8"]) == address)
    }

    @Test func takesSeveralLinesForOneList() throws {
        let lines = ["1.1.1.1", "203.0.113.9", "10.0.0.2"]

        #expect(try Self.resolve("10.0.0.1", lines, trusting: ["10.0.0.0/8"]) == "203.0.113.9")
    }

    @Test(arguments: [
        "", " ", ",", "unknown", "203.0.113.9,", "203.0.113.9, garbage", "203.0.113.9:", "203.0.113.9:port",
        "203.0.113.9:4711:1", "203.0.113.9:123456", "[203.0.113.9]", "[2001:db8::9", "2001:db8::9]", "[2001:db8::9]x",
        "203.0.113.999", "localhost", "<script>", "203.0.113.9\u{0}", String(repeating: "9", count: 10_000),
    ])
    func takesThePeerWhereThereIsGarbage(header: String) throws {
        #expect(try Self.resolve("10.0.0.1", [header], trusting: ["10.0.0.0/8"]) == "10.0.0.1")
    }

    @Test func takesThePeerWhereNothingWasForwarded() throws {
        #expect(try Self.resolve("10.0.0.1", [], trusting: ["10.0.0.0/8"]) == "10.0.0.1")
    }
}
