internal import AlmanacKernel
internal import AlmanacStorage
internal import Foundation
internal import Testing

struct ZoneTests {
    @Test(arguments: [
        "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "Asia/Kathmandu", "UTC", "EST5EDT",
    ])
    func namesOfTheDatabaseAreZones(name: String) throws {
        let zone = try Zone(name)
        #expect(zone.name == name)
        #expect(zone.description == name)
        #expect(zone.sqlValue == .text(name))
    }

    @Test(arguments: [
        "", "Europe/Berln", "europe/berlin", "EUROPE/BERLIN", "Europe", "Europe/", "/Europe/Berlin", "Europe//Berlin",
        "/usr/share/zoneinfo/Europe/Berlin", "../zoneinfo/Europe/Berlin", "Europe/../Europe/Berlin", "./UTC", "..", ".",
        "Europe/Berlin\u{0}", "Europe/Berlin ", " UTC", "Europe\\Berlin", "Europe/Bérlin", "zone.tab", "tzdata.zi",
        "leapseconds", "iso3166.tab", "localtime", "posixrules", "posix/Europe/Berlin", "right/Europe/Berlin", "+01:00",
        "~", "$HOME", "Europe/Berlin\n", "-", String(repeating: "A/", count: 5_000),
    ])
    func everythingElseIsRefused(name: String) {
        let error = #expect(throws: ZoneError.self) { try Zone(name) }
        #expect(error?.code == .unknownZone)
    }

    @Test func theErrorNamesTheTextAndSaysWhatToDo() {
        let error = #expect(throws: ZoneError.self) { try Zone("Europe/Berln") }
        #expect(
            error?.description
                == "there is no time zone \"Europe/Berln\"; use an IANA name in its exact spelling, as Europe/Berlin")
    }

    @Test func zonesAreEqualByName() throws {
        #expect(try Zone("Europe/Berlin") == Zone("Europe/Berlin"))
        #expect(try Zone("Europe/Berlin") != Zone("Europe/Vienna"))
        #expect(try Zone("UTC") == .utc)
        #expect(try Set([Zone("UTC"), .utc, Zone("Asia/Tokyo")]).count == 2)
    }

    @Test func tasksThatLoadAZoneAtOnceGetOneTable() async throws {
        let zones = try await withThrowingTaskGroup(of: Zone.self) { group in
            for _ in 0..<32 { group.addTask { try Zone("Indian/Mauritius") } }
            return try await group.reduce(into: Set<Zone>()) { $0.insert($1) }
        }
        #expect(zones.count == 1)
    }

    @Test func utcHasNoOffset() {
        for instant in [Instant.distantPast, .distantFuture, Instant(microseconds: .min), Instant(microseconds: .max)] {
            #expect(Zone.utc.offset(at: instant) == 0)
        }
    }

    @Test func jsonIsTheName() throws {
        let data = try JSONEncoder().encode([Zone("Asia/Tokyo")])
        #expect(try JSONDecoder().decode([Zone].self, from: data) == [Zone("Asia/Tokyo")])
        #expect(try JSONDecoder().decode([String].self, from: data) == ["Asia/Tokyo"])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Zone].self, from: Data(#"["Tokyo"]"#.utf8))
        }
    }

    @Test func theReleaseOfTheDataLooksLikeOne() throws {
        let version = try #require(Zone.dataVersion)
        #expect((Int(version.prefix(4)) ?? 0) >= 2_020)
    }
}
