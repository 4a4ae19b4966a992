import Testing

@testable import AlmanacStorage

struct PostgresURLTests {
    private static let text = "postgres://clerk:s3cr%65t@db.example.org:6543/records?sslmode=require&application_name=x"

    @Test func itsPartsAreRead() throws {
        let url = try PostgresURL(Self.text)

        #expect(url.user == "clerk")
        #expect(url.host == "db.example.org")
        #expect(url.port == "6543")
        #expect(url.database == "records")
        #expect(url.place == "the database records at db.example.org:6543")
    }

    @Test(
        arguments: [
            (
                "postgres://u:s3cret@a:1,b:2/db?target_session_attrs=read-write", "postgres://u@a:1,b:2/db",
                "the database db at a:1 or b:2", true
            ),
            ("postgres://a,b:6/db", "postgres://a,b:6/db", "the database db at a:5432 or b:6", false),
            ("postgres://a,b/db?port=7", "postgres://a:7,b:7/db", "the database db at a:7 or b:7", false),
            (
                "postgres:///db?host=/run/a,/run/b", "postgres:///run/a,/run/b/db",
                "the database db at /run/a:5432 or /run/b:5432", false
            ),
        ])
    func ofSeveralServersEachIsShown(
        _ text: String, _ shown: String, _ place: String, _ asksForWriter: Bool
    ) throws {
        let url = try PostgresURL(text)

        #expect("\(url)" == shown)
        #expect(url.place == place)
        #expect(url.asksForWriter == asksForWriter)
        #expect("\(url.naming(database: "other"))".hasSuffix("/other"))
    }

    @Test func itNeverShowsThePassword() throws {
        let url = try PostgresURL(Self.text)
        var dumped = ""
        dump(PostgresConfiguration(url: url), to: &dumped)

        for shown in ["\(url)", String(reflecting: url), dumped, "\(PostgresConfiguration(url: url))"] {
            #expect(!shown.contains("s3cr"))
            #expect(shown.contains("postgres://clerk@db.example.org:6543/records"))
        }
        #expect(url.redacting("libpq says s3cret aloud") == "libpq says … aloud")
    }

    @Test(
        arguments: [
            "", "records", "mysql://clerk:s3cret@host/records", "host=x password=s3cret",
            "postgres://host:s3cret:1/%zz",
            "postgres://clerk:s3cret@host/records?unknown=1", "postgres://clerk:s3cret@host/a\0b",
        ])
    func whatIsNoURLIsRefusedWithoutRepeatingIt(_ text: String) {
        let error = #expect(throws: StorageError.self) { try PostgresURL(text) }

        #expect(error?.code == .unavailable)
        #expect(error?.message.contains("postgres://user:password@host:port/database") == true)
        #expect(error?.message.contains("s3cret") == false)
    }

    @Test func anotherDatabaseKeepsTheRest() throws {
        let url = try PostgresURL(Self.text).naming(database: "other")

        #expect("\(url)" == "postgres://clerk@db.example.org:6543/other")
    }

    @Test(
        arguments: [
            (.zero, 0), (.seconds(-1), 0), (.seconds(5), 5_000), (.milliseconds(20), 20), (.nanoseconds(1), 1),
            (.seconds(Int64.max), Int32.max),
        ] as [(Duration, Int32)])
    func timeLimitsAreWholeMillisecondsRoundedUp(_ duration: Duration, _ milliseconds: Int32) {
        #expect(duration.postgresMilliseconds == milliseconds)
    }
}
