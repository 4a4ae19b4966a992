import AlmanacAssembly
import AlmanacKernel
import Testing

struct DatabaseURLTests {
    @Test(arguments: [
        "postgres://db/almanac", "postgresql://almanac@db:5432/almanac", "postgres:///almanac?host=/run/postgresql",
        "postgres://almanac:@db/almanac", "postgres://[::1]:5432/x", "postgres://a:1,b:2/x?sslmode=require",
    ])
    func mayBeWrittenOutWithoutAPassword(text: String) throws {
        #expect(try DatabaseURL(setting: SettingsNode(.scalar(.init(text)))).reveal() == text)
    }

    @Test(arguments: [
        "postgres://almanac:hunter2@db/almanac", "postgresql://almanac:hunter2@db", "POSTGRES://a:hunter2@db/x",
        "postgres://a:hunter2?x#y@db/x", "postgres:///x?password=hunter2", "postgres:///x?a=b&p%61ssword=hunter2",
        "postgres:///x?sslpassword=hunter2",
    ])
    func mustNotSpellOutAPassword(text: String) {
        let error = #expect(throws: SettingMismatch.self) {
            try DatabaseURL(setting: SettingsNode(.scalar(.init(text))))
        }

        #expect(error?.message == "a password must not stand in the manifest")
        #expect(error?.advice?.contains("hunter2") == false)
    }

    @Test(arguments: ["hunter2", "", "mysql://db/x", "host=db password=hunter2", "postgres://a:hunter2/3@db/x"])
    func mustBeAConnectionURI(text: String) {
        let error = #expect(throws: SettingMismatch.self) {
            try DatabaseURL(setting: SettingsNode(.scalar(.init(text))))
        }

        #expect(error?.message == "expected an address such as postgres://user@host:5432/database")
    }

    @Test(arguments: [
        ("postgres://a:${env:PW}@db/x", true), ("postgres://a:${file:/run/secrets/pw}@db/x", true),
        ("postgres://${env:USER}:hunter2@db/x", false), ("postgres://a:hunter${env:TWO}@db/x", false),
    ])
    func mayHaveAReferenceForThePassword(written: String, isFine: Bool) {
        let scalar = SettingsNode.Scalar("postgres://a:hunter2@db/x", written: written, origin: .mixture)

        let url = try? DatabaseURL(setting: SettingsNode(.scalar(scalar)))

        #expect((url != nil) == isFine)
    }

    @Test func showsOnlyWhereTheDatabaseIs() throws {
        let url = try #require(DatabaseURL("postgres://almanac:hunter2@db:5432/almanac?password=hunter2"))
        var dumped = ""
        dump(url, to: &dumped)

        #expect(url.description == "postgres://db:5432/almanac")
        #expect(!dumped.contains("hunter2") && !String(reflecting: url).contains("hunter2"))
    }
}
