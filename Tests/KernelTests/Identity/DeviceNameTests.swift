import Testing

@testable import AlmanacKernel

/// What devices are called, and how programs are told apart.
struct DeviceNameTests {
    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 "
                + "Safari/537.36 Edg/142.0.0.0", "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 "
                + "Safari/605.1.15", "Safari on macOS"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                + "Version/18.5 Mobile/15E148 Safari/604.1", "Safari on iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile "
                + "Safari/537.36", "Chrome on Android"
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("curl/8.14.1", "curl"),
    ])
    func areBrowserAndSystem(userAgent: String, name: String) {
        #expect(DeviceName.of(userAgent) == name)
    }

    @Test(arguments: ["", "/", " "])
    func whatSaysNothingHasNoName(userAgent: String) {
        #expect(DeviceName.of(userAgent) == nil)
    }

    @Test func aFingerprintTellsWhetherAllIsTheSame() {
        let one = ClientFingerprint(userAgent: "a", languages: "b")

        #expect(one.text == ClientFingerprint(userAgent: "a", languages: "b").text)
        #expect(one.text?.utf8.count == 16)
        let others = [
            ClientFingerprint(userAgent: "ab", languages: nil), ClientFingerprint(userAgent: "ab", languages: ""),
            ClientFingerprint(userAgent: "a", languages: nil, platform: "b"),
            ClientFingerprint(userAgent: "a", languages: "b", isMobile: "?1"),
        ]
        #expect(Set((others + [one]).map(\.text)).count == 5)
        #expect(ClientFingerprint(userAgent: nil, languages: nil).text == nil)
    }
}
