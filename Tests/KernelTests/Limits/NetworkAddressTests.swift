import Testing

@testable import AlmanacKernel

struct NetworkAddressTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::1", "::1"),
        ("::", "::"), ("2001:DB8::1", "2001:db8::1"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"), ("::FFFF:c000:0201", "192.0.2.1"), ("::fffe:192.0.2.1", "::fffe:c000:201"),
        ("fe80::1", "fe80::1"),
    ])
    func readsWhatIsAnAddress(text: String, form: String) throws {
        #expect(try #require(NetworkAddress(text)).description == form)
    }

    @Test(arguments: [
        "", " ", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.01", "0x7f.0.0.1", "3221225985",
        "192.0.2.1:80", "[::1]", "::1%eth0", ":::", "2001:db8::1::2", "12345::", "192.0.2.1\0", "192.0.2.1 ",
        "١٩٢.0.2.1", "unknown", "_hidden", String(repeating: "1", count: 1_000),
    ])
    func refusesEverythingElse(text: String) {
        #expect(NetworkAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.255.255", "11.0.0.0"), ("192.0.2.1", "192.0.2.1", "192.0.2.2"),
        ("192.0.2.0/31", "192.0.2.1", "192.0.2.2"), ("192.0.2.1/32", "192.0.2.1", "192.0.2.0"),
        ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::"), ("2001:db8::/64", "2001:db8::ffff:1", "2001:db8:0:1::"),
        ("2001:db8::8000:0:0:0/65", "2001:db8::8000:0:0:1", "2001:db8::1"), ("::1", "::1", "::2"),
        ("128.0.0.0/1", "255.0.0.1", "127.0.0.1"), ("127.0.0.0/8", "::ffff:127.0.0.1", "::1"),
        // A block of IPv6 holds no address of IPv4, whatever its bits.
        ("::/8", "::1", "192.0.2.1"),
    ])
    func aBlockHoldsWhatBeginsLikeIt(block: String, inside: String, outside: String) throws {
        let block = try NetworkBlock(block)

        #expect(block.contains(try #require(NetworkAddress(inside))))
        #expect(!block.contains(try #require(NetworkAddress(outside))))
    }

    @Test(arguments: [
        "", "/", "10.0.0.0/", "/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0.0/ 8",
        "::/129", "10/8", "example.org", "::ffff:10.0.0.0/104",
    ])
    func refusesWhatIsNoBlock(text: String) {
        #expect(throws: NetworkBlock.Mistake.notABlock) { try NetworkBlock(text) }
    }

    @Test func refusesBlocksThatCannotBeMeant() throws {
        #expect(throws: NetworkBlock.Mistake.bitsBehindPrefix(try NetworkBlock("10.0.0.0/8"))) {
            try NetworkBlock("10.1.2.3/8")
        }
        #expect(throws: NetworkBlock.Mistake.everything) { try NetworkBlock("0.0.0.0/0") }
        #expect(throws: NetworkBlock.Mistake.everything) { try NetworkBlock("::/0") }
    }

    @Test(arguments: ["10.0.0.0/8", "192.0.2.1", "2001:db8::/32", "::1"])
    func isWrittenAsItIsRead(text: String) throws {
        #expect(try NetworkBlock(text).description == text)
    }
}
