import AlmanacKernel
import AlmanacMail
import Testing

struct SMTPURLTests {
    @Test
    func tellsThePartsApart() throws {
        let url = try #require(SMTPURL("smtps://of%20fice:p%40ss:word@mail.example:2525/client.example"))

        #expect(url.scheme == .smtps)
        #expect(url.host == "mail.example")
        #expect(url.port == 2525)
        #expect(url.user == "of fice")
        #expect(url.password == Secret("p@ss:word"))
        #expect(url.greeting == "client.example")
    }

    @Test(arguments: [
        ("smtp://mail.example", "smtp://mail.example:587"), ("smtps://mail.example/", "smtps://mail.example:465"),
        ("SMTP://[::1]:25", "smtp://[::1]:25"), ("smtp://u:p@mail.example", "smtp://mail.example:587"),
        ("smtp://u:p@x@mail.example", "smtp://mail.example:587"),
    ])
    func showsNeitherUserNorPassword(text: String, shown: String) throws {
        let url = try #require(SMTPURL(text))
        var dumped = ""
        dump(url, to: &dumped)

        #expect("\(url)" == shown)
        #expect(!dumped.contains("p@") && !String(reflecting: url).contains("u:p"))
    }

    @Test(arguments: [
        "", "mail.example", "http://mail.example", "smtp://", "smtp://:25", "smtp://mail.example:0",
        "smtp://mail.example:65536", "smtp://mail.example:x", "smtp://mail.example:25?x=y", "smtp://mail example",
        "smtp://mail.example/a b", "smtp://mail.example/a\r\nMAIL", "smtp://u%0D%0A:p@mail.example",
        "smtp://u:p%0A@mail.example", "smtp://u%zz@mail.example", "smtp://::1", "smtp://u:p/w@mail.example",
    ])
    func refusesWhatIsNone(text: String) {
        #expect(SMTPURL(text) == nil)
    }

    @Test(arguments: [
        ("localhost", true), ("127.0.0.1", true), ("127.9.9.9", true), ("[::1]", true), ("mail.example", false),
        ("127.0.0.1.example", false), ("127.evil.example.x", false), ("10.0.0.1", false),
    ])
    func knowsThisMachine(host: String, isLoopback: Bool) throws {
        #expect(try #require(SMTPURL("smtp://\(host)")).isLoopback == isLoopback)
    }
}
