internal import AlmanacKernel
internal import AlmanacStorage

/// Finds the calendars of somebody who gives a server, a name and a password (RFC 6764 §6); outside of any transaction.
///
/// A server is asked no more than a handful of times. The password goes to the server that was given, and to another one
/// only where that server, which has been told the password, names one of the same domain, encrypted.
struct CalendarSearch: Sendable {
    /// A calendar that was found.
    struct Found: Sendable, Equatable {
        let address: String
        let name: String
    }

    /// What became of a search.
    enum Outcome: Sendable, Equatable {
        case found([Found])
        /// A stable name for what went wrong, and what happened and what to do, for people.
        case failed(code: String, detail: String)
    }

    let web: any WebTransport

    /// The largest answer that is taken.
    private static let largestAnswer = 1 << 20
    /// How many homes of calendars are looked at.
    private static let mostHomes = 3
    /// How many calendars are shown.
    static let mostCalendars = 200
    /// How many code points of a name are kept.
    private static let longestName = 200

    private struct Stop: Error {
        let outcome: Outcome

        init(_ code: String, _ detail: String) { self.outcome = .failed(code: code, detail: detail) }
    }

    /// The address at which a search begins, of what somebody has typed: an address, a host, or a mail address, whose
    /// domain is taken.
    static func address(_ text: String) -> WebAddress? {
        if text.utf8.contains(UInt8(ascii: "/")) { return WebAddress(text.contains("://") ? text : "https://\(text)") }
        let domain = text.split(separator: "@", omittingEmptySubsequences: false).last.map(String.init) ?? text
        return WebAddress("https://\(domain)/")
    }

    /// Searches.
    ///
    /// - Throws: `CancellationError`.
    func run(_ start: WebAddress, _ credentials: WebRequest.Credentials) async throws -> Outcome {
        do {
            return .found(try await self.search(start, credentials))
        } catch let stop as Stop {
            return stop.outcome
        } catch let failure as WebFailure {
            return .failed(code: failure.code.rawValue, detail: failure.description)
        } catch let fault as CalendarFault {
            return .failed(code: fault.code, detail: fault.description)
        }
    }

    private func search(_ start: WebAddress, _ credentials: WebRequest.Credentials) async throws -> [Found] {
        let (address, entry) = try await self.entry(start, credentials)
        // Somebody may have given the address of a calendar itself.
        let own = entry.filter(\.holdsEvents)
        if !own.isEmpty { return try self.list(own, at: address) }
        var homes = try self.addresses(entry.flatMap(\.homes), from: address)
        if homes.isEmpty {
            guard let principal = try self.addresses(entry.flatMap(\.principals), from: address).first else {
                throw Stop(
                    "not_a_calendar", "the server names no calendars of this user: give the address of the calendar")
            }
            let known = try await self.ask(principal, credentials)
            homes = try self.addresses(known.flatMap(\.homes), from: principal)
        }
        guard !homes.isEmpty else {
            throw Stop("no_calendars", "the server has no place for calendars of this user")
        }
        var found: [Found] = []
        for home in homes.prefix(Self.mostHomes) {
            let below = try await self.ask(home, credentials, isDeep: true)
            found += try self.list(below.filter(\.holdsEvents), at: home)
        }
        return Array(found.prefix(Self.mostCalendars))
    }

    /// What the server says of whoever asks: at the address that was given, at the well-known one, or at its root.
    private func entry(
        _ start: WebAddress, _ credentials: WebRequest.Credentials
    ) async throws -> (WebAddress, [CalDAVProperties.Resource]) {
        let places = ["/.well-known/caldav", "/"].compactMap { start.following($0) }
        let isRoot = places.last == start
        var refusal: Stop?
        for address in (isRoot ? [] : [start]) + places {
            do {
                let resources = try await self.ask(address, credentials)
                if resources.contains(where: { $0.holdsEvents || !$0.homes.isEmpty || !$0.principals.isEmpty }) {
                    return (address, resources)
                }
            } catch let stop as Stop {
                // A password that is wrong here is wrong everywhere: asking again would only lock the account.
                if case .failed("unauthorized", _) = stop.outcome { throw stop }
                refusal = refusal ?? stop
            }
        }
        throw refusal
            ?? Stop(
                "not_a_calendar", "there is no CalDAV server there: give the address that the calendar program uses")
    }

    private func ask(
        _ address: WebAddress, _ credentials: WebRequest.Credentials, isDeep: Bool = false
    ) async throws -> [CalDAVProperties.Resource] {
        let answer = try await self.web.send(
            CalDAVProperties.request(
                address, credentials: credentials, isDeep: isDeep, largestAnswer: Self.largestAnswer))
        switch answer.status {
        case 207: return try CalDAVProperties.resources(of: answer.body)
        case 401:
            throw Stop("unauthorized", "the server does not let us look for calendars: check name and password")
        case 403: throw Stop("forbidden", "the server does not let this user look there: give another address")
        case 404, 405, 410: throw Stop("not_found", "there is no CalDAV server at this address")
        default: throw Stop("http_status", "the server answers with the status \(answer.status)")
        }
    }

    private func addresses(_ hrefs: [String], from base: WebAddress) throws -> [WebAddress] {
        try hrefs.compactMap { href in
            guard let address = base.following(href) else { return nil }
            guard Self.trusts(address, named: base) else {
                throw Stop("elsewhere", "the calendars are at \(address.host): give that server instead")
            }
            return address
        }
    }

    private func list(_ resources: [CalDAVProperties.Resource], at base: WebAddress) throws -> [Found] {
        try resources.compactMap { resource in
            guard let address = try self.addresses([resource.href], from: base).first else { return nil }
            let name = resource.name.isEmpty ? Self.lastPart(of: resource.href) : resource.name
            let line = name.unicodeScalars.filter { $0.properties.generalCategory != .control }
            return Found(
                address: address.text, name: String(String.UnicodeScalarView(line.prefix(Self.longestName))))
        }
    }

    private static func lastPart(of href: String) -> String {
        href.split(separator: "/").last.map(String.init) ?? href
    }

    /// Whether a server may be told the password of the one that has named it.
    static func trusts(_ address: WebAddress, named base: WebAddress) -> Bool {
        if address.origin == base.origin { return true }
        guard address.isEncrypted, base.isEncrypted else { return false }
        let labels = base.host.split(separator: ".")
        guard labels.count >= 2, NetworkAddress(base.host) == nil else { return false }
        let domain = (labels.count > 2 ? labels.dropFirst() : labels[...]).joined(separator: ".")
        return address.host == domain || address.host.hasSuffix(".\(domain)")
    }
}
