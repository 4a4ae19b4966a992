import AlmanacFetching
import AlmanacKernel
import Testing

/// Which addresses count as public.
struct AddressRuleTests {
    /// The first and the last address of each block, and of some blocks one in the middle.
    @Test(arguments: [
        "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
        "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
        "192.0.0.0", "192.0.0.255", "192.0.2.1", "192.88.99.1", "192.168.0.0", "192.168.255.255", "198.18.0.0",
        "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::1", "3fff::1", "fc00::1",
        "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "5f00::1",
    ])
    func whatIsNotPublicIsRefused(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(!AddressRule().allows(address))
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1", "2001:200::1",
        "::ffff:8.8.8.8",
    ])
    func whatIsPublicIsAllowed(_ text: String) throws {
        let address = try #require(NetworkAddress(text))
        #expect(AddressRule().allows(address))
    }

    @Test func anOperatorMayAllowANetwork() throws {
        let rule = AddressRule(allowing: [try NetworkBlock("10.1.0.0/16")])
        let (inside, outside) = (try #require(NetworkAddress("10.1.2.3")), try #require(NetworkAddress("10.2.2.3")))
        #expect(rule.allows(inside) && rule.isOwn(inside))
        #expect(!rule.allows(outside) && !rule.isOwn(outside))
        let everybody = try #require(NetworkAddress("8.8.8.8"))
        #expect(rule.allows(everybody) && !rule.isOwn(everybody))
    }
}
