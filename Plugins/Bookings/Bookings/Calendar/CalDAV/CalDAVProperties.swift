internal import AlmanacKernel
internal import AlmanacStorage

/// Asks a WebDAV server for properties of what is at an address (`PROPFIND`, RFC 4918 §9.1).
enum CalDAVProperties {
    /// What is known of one thing that an answer names.
    struct Resource: Equatable {
        /// Where it is, as the server writes it: absolute, or a path.
        var href = ""
        /// What people call it.
        var name = ""
        /// Whether it is a calendar (RFC 4791 §4.2).
        var isCalendar = false
        /// Which components it holds; empty when the server does not say (RFC 4791 §5.2.3).
        var components: [String] = []
        /// Who asks (RFC 5397).
        var principals: [String] = []
        /// Where the calendars of a principal are (RFC 4791 §6.2.1).
        var homes: [String] = []

        /// Whether events can be in it.
        var holdsEvents: Bool { self.isCalendar && (self.components.isEmpty || self.components.contains("VEVENT")) }
    }

    private static let body = """
        <?xml version="1.0" encoding="utf-8"?>
        <D:propfind xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:prop>
        <D:resourcetype/><D:displayname/><D:current-user-principal/><C:calendar-home-set/>
        <C:supported-calendar-component-set/>
        </D:prop></D:propfind>
        """

    /// The request for what is at an address, and one level below it if `isDeep`.
    static func request(
        _ address: WebAddress, credentials: WebRequest.Credentials?, isDeep: Bool, largestAnswer: Int
    ) -> WebRequest {
        WebRequest(
            .propfind, address, credentials: credentials,
            headers: [("content-type", "application/xml; charset=utf-8"), ("depth", isDeep ? "1" : "0")],
            body: Array(Self.body.utf8), largestAnswer: largestAnswer)
    }

    /// What an answer tells (RFC 4918 §13), of properties that the server has only.
    ///
    /// - Throws: ``CalendarFault`` `notCalendar` when the answer is none of this kind.
    static func resources(of answer: [UInt8]) throws(CalendarFault) -> [Resource] {
        do {
            return try Self.read(answer)
        } catch {
            throw .notCalendar
        }
    }

    private static func read(_ answer: [UInt8]) throws -> [Resource] {
        var events = XMLEvents(answer)
        guard case .begin("multistatus")? = try events.next() else { throw CalendarFault.notCalendar }
        var (found, path): ([Resource], [String]) = ([], [])
        var (resource, stat) = (Resource(), Resource())
        var (text, status): ([UInt8], [UInt8]) = ([], [])
        while let event = try events.next() {
            switch event {
            case .begin(let name):
                path.append(name)
                text = []
                switch name {
                case "response": resource = Resource()
                case "propstat": (stat, status) = (Resource(), [])
                case "calendar" where path.contains("resourcetype"): stat.isCalendar = true
                case "comp" where path.contains("supported-calendar-component-set"):
                    if let component = events.attribute("name") { stat.components.append(component.uppercased()) }
                default: break
                }
            case .text(let more): text += more
            case .end(let name):
                let value = Self.trimmed(text)
                switch name {
                case "href" where path.contains("current-user-principal"): stat.principals.append(value)
                case "href" where path.contains("calendar-home-set"): stat.homes.append(value)
                case "href" where path.dropLast().last == "response": resource.href = value
                case "displayname": stat.name = value
                case "status": status = text
                case "propstat" where Self.isSuccess(status): resource.add(stat)
                case "response": if !resource.href.isEmpty { found.append(resource) }
                default: break
                }
                _ = path.popLast()
            }
        }
        return found
    }

    private static func trimmed(_ text: [UInt8]) -> String {
        let inner = text.drop { $0 <= 0x20 }.reversed().drop { $0 <= 0x20 }.reversed()
        return String(decoding: Array(inner), as: UTF8.self)
    }

    /// Whether a status line says 200; a server that says nothing means that.
    private static func isSuccess(_ status: [UInt8]) -> Bool {
        let parts = status.split(separator: 0x20)
        return parts.isEmpty || parts.dropFirst().first.map(Array.init) == Array("200".utf8)
    }
}

extension CalDAVProperties.Resource {
    fileprivate mutating func add(_ other: Self) {
        if self.name.isEmpty { self.name = other.name }
        self.isCalendar = self.isCalendar || other.isCalendar
        self.components += other.components
        self.principals += other.principals
        self.homes += other.homes
    }
}
