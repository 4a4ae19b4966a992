import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import Testing

/// What `almanac config explain` says of a key.
struct ConfigExplanationTests {
    private static let manifest = """
        name: Praxis
        organization: {slug: praxis, timeZone: Europe/Berlin, locale: de, currency: EUR}
        storage: {backend: postgres, url: "${env:DATABASE}"}
        server: {port: 9000}
        plugins:
          bookings:
            defaults: {minimumNoticeMinutes: 120}
            locked: [minimumNoticeMinutes]
        oidc:
          publicURL: https://book.example
          providers:
            work: {issuer: "https://id.example", clientID: praxis, clientSecret: "${env:SECRET}"}

        """

    private func explain(_ key: String) throws -> ConfigExplanation {
        let folder = try ManifestFolder(["plugins.yaml": Self.manifest])
        let path = "\(folder.path)/plugins.yaml"
        let blueprint = try Blueprint(
            manifest: path, environment: ["DATABASE": "postgres://u:hush@localhost/a", "SECRET": "hush"], version: "1",
            logger: DeploymentFolder.logger)
        return try blueprint.explain(key, at: path, nil)
    }

    @Test func aKeyThatStandsInTheManifestIsFoundThere() throws {
        let port = try self.explain("server.port")

        #expect(port.value == "9000")
        #expect(port.sourceText.hasSuffix(":4:16"))
        #expect(port.field.about == "Port to listen on; 0 takes a free one")
        #expect(port.limits == "0 to 65535")
        #expect(port.fallback == "8080")
        #expect(!port.isChoosable)
    }

    @Test func aKeyThatNobodyMentionsHasItsDefault() throws {
        let host = try self.explain("server.host")
        let perAddress = try self.explain("server.connections.perAddress")

        #expect(host.value == "\"127.0.0.1\"" && host.source == .builtIn)
        #expect(perAddress.value == "512" && perAddress.sourceText == "default")
    }

    @Test func whatOrganizationsMayChooseIsSaid() throws {
        let notice = try self.explain("plugins.bookings.defaults.minimumNoticeMinutes")
        let window = try self.explain("plugins.bookings.defaults.bookingWindowDays")

        #expect(notice.value == "120" && notice.isChoosable)
        #expect(notice.lock?.line == 8)
        #expect(window.value == "60" && window.isChoosable && window.lock == nil)
    }

    @Test func secretsStayWhatTheyAreCalled() throws {
        let url = try self.explain("storage.url")

        #expect(url.value == "${env:DATABASE}")
        #expect(!url.json.text.contains("hush"))
    }

    @Test func providersOfSignInAreExplainedByTheirNames() throws {
        let issuer = try self.explain("oidc.providers.work.issuer")
        let makesAccounts = try self.explain("oidc.providers.work.makeAccounts")
        let secret = try self.explain("oidc.providers.work.clientSecret")

        #expect(issuer.value == "\"https://id.example\"" && issuer.sourceText.hasSuffix(":12:20"))
        #expect(makesAccounts.value == "false" && makesAccounts.source == .builtIn)
        #expect(secret.field.isSecret && !secret.json.text.contains("hush"))
    }

    @Test func groupsNameTheirKeys() throws {
        #expect(
            try self.explain("plugins.bookings.defaults").children == [
                "minimumNoticeMinutes", "bookingWindowDays", "pendingMinutes", "holdMinutes", "holdsPerCustomer",
                "guestHeldSlots",
                "waitlistPerCustomer", "offerMinutes", "seriesOccurrences", "freeCancellationMinutes",
                "lateCancellationPercent", "noShowPercent", "firstWeekday", "travelKilometersPerHour",
                "customerTravelMinutes", "guestBookings", "guestAccessDays", "reviewEditDays",
            ])
        #expect(try self.explain("plugins").children == ["bookings", "messaging"])
    }

    @Test func aWrongKeyIsMetWithTheRightOne() {
        let problems = #expect(throws: Problems.self) { try self.explain("server.prot") }
        #expect(problems?.description == "config: there is no key server.prot; did you mean server.port?")
    }
}
