/// The name of a device for its owner, as `Firefox on Windows`, read from what its browser calls itself.
///
/// A program may call itself anything: this is for recognizing one's own sessions, and decides nothing.
package enum DeviceName {
    /// What browsers are known by, those first that also carry the mark of a later one.
    private static let browsers: [(mark: String, name: String)] = [
        ("Edg/", "Edge"), ("EdgA/", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ]

    private static let systems: [(mark: String, name: String)] = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("CrOS", "ChromeOS"), ("Windows", "Windows"),
        ("Mac OS X", "macOS"), ("Linux", "Linux"),
    ]

    /// Names a device.
    ///
    /// - Parameter userAgent: What its program calls itself.
    /// - Returns: The browser and the system; the program alone when no system is known (`curl`); `nil` when the program
    ///   does not say what it is.
    package static func of(_ userAgent: String?) -> String? {
        guard let userAgent, !userAgent.isEmpty else { return nil }
        let browser = self.browsers.first { userAgent.contains($0.mark) }?.name
        let system = self.systems.first { userAgent.contains($0.mark) }?.name
        switch (browser, system) {
        case (let browser?, let system?): return "\(browser) on \(system)"
        case (let name?, nil), (nil, let name?): return name
        case (nil, nil):
            let program = userAgent.unicodeScalars.prefix { $0 != "/" && $0 != " " }
            return program.isEmpty ? nil : String(String.UnicodeScalarView(program.prefix(40)))
        }
    }
}
