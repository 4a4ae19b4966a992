import AlmanacConsole
import AlmanacKernel
import AlmanacPages
import AlmanacSurface
import AlmanacTestKit
import Logging

extension TestPlatform {
    /// The platform's API with a console.
    func apiWithConsole(isHTTPS: Bool = false, readings: [MetricReading] = []) throws -> API {
        var settings = APISettings(title: "Test", version: "0", isHTTPS: isHTTPS)
        settings.readings = { readings }
        let vocabulary = ConsoleVocabulary(["customer": ["de": .init(one: "Schüler", other: "Schüler")]])
        settings.sites = [
            try ConsoleSite(
                PageSettings(brand: "Test <School>", vocabulary: vocabulary, isHTTPS: isHTTPS),
                random: self.runtime.random), OIDCReturnSite(isHTTPS: isHTTPS),
        ]
        return try API(
            self.runtime, settings: settings,
            logger: Logger(label: "almanac.test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// A browser in which a member has signed in.
    func browser(as member: TestMember? = nil) async throws -> Browser {
        let browser = Browser(try self.apiWithConsole())
        if let member {
            let page = await browser.signIn(member)
            guard page.status == 303 else { throw TestKitError("signing in was answered \(page.status): \(page.text)") }
        }
        return browser
    }
}
