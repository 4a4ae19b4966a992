internal import AlmanacKernel
internal import AlmanacStorage

/// Fetches a calendar and reads it; outside of any transaction.
struct CalendarFetch: Sendable {
    let web: any WebTransport

    /// The largest calendar that is taken.
    private static let largestAnswer = 8 << 20

    private static var limits: CalendarLimits {
        var limits = CalendarLimits()
        limits.occurrences = CalendarImport.mostClaims
        return limits
    }

    /// What became of the calendar of a source.
    ///
    /// - Parameters:
    ///   - source: The source.
    ///   - secrets: Where its calendar is.
    ///   - window: The time that is asked for.
    ///   - zone: The zone of its provider.
    /// - Returns: The outcome, whatever happens on the way.
    /// - Throws: `CancellationError`, and what the program itself does wrong.
    func run(
        _ source: CalendarSource, _ secrets: CalendarSource.Secrets, _ window: CalendarImport.Window, in zone: Zone
    ) async throws -> CalendarImport.Outcome {
        guard let address = WebAddress(secrets.address) else {
            return .failed(code: "address", detail: "the address cannot be read: change it")
        }
        do {
            switch source.kind {
            case .ics: return try await self.file(source, address, secrets.credentials, window, in: zone)
            case .caldav: return try await self.collection(address, secrets.credentials, window, in: zone)
            }
        } catch let failure as WebFailure {
            return .failed(code: failure.code.rawValue, detail: failure.description)
        } catch let fault as CalendarFault {
            return .failed(code: fault.code, detail: fault.description)
        }
    }

    // MARK: A file

    private func file(
        _ source: CalendarSource, _ address: WebAddress, _ credentials: WebRequest.Credentials?,
        _ window: CalendarImport.Window, in zone: Zone
    ) async throws -> CalendarImport.Outcome {
        var headers = [(name: "accept", value: "text/calendar, */*;q=0.1")]
        // What was read last reaches far enough only for some days.
        if let covered = source.coveredUntil, covered >= window.needed {
            if let tag = source.entityTag { headers.append(("if-none-match", tag)) }
            if let modified = source.modified { headers.append(("if-modified-since", modified)) }
        }
        let answer = try await self.web.send(
            WebRequest(
                .get, address, credentials: credentials, headers: headers, largestAnswer: Self.largestAnswer))
        if answer.status == 304, headers.count > 1 { return .unchanged }
        if let failure = Self.failure(answer.status) { return failure }
        let reading = try CalendarFile(answer.body, limits: Self.limits)
            .reading(from: window.lower, to: window.upper, in: zone)
        return .read(
            reading, entityTag: Self.header("etag", of: answer), modified: Self.header("last-modified", of: answer))
    }

    /// A header that can be sent back as it is.
    private static func header(_ name: String, of answer: WebAnswer) -> String? {
        answer.header(name).flatMap { value in
            value.utf8.count <= 200 && value.utf8.allSatisfy { (0x20...0x7E).contains($0) } ? value : nil
        }
    }

    // MARK: A collection

    private func collection(
        _ address: WebAddress, _ credentials: WebRequest.Credentials?, _ window: CalendarImport.Window, in zone: Zone
    ) async throws -> CalendarImport.Outcome {
        let answer = try await self.web.send(
            CalDAVReport.request(
                address, credentials: credentials, from: window.lower, to: window.upper,
                largestAnswer: Self.largestAnswer))
        guard answer.status == 207 else {
            return Self.failure(answer.status)
                ?? .failed(code: "not_a_calendar", detail: "what is there is no CalDAV calendar: give its own address")
        }
        var whole = CalendarFile.Reading()
        for text in try CalDAVReport.calendars(of: answer.body) {
            let reading = try CalendarFile(text, limits: Self.limits)
                .reading(from: window.lower, to: window.upper, in: zone)
            whole.busy += reading.busy
            whole.unreadable += reading.unreadable
            guard whole.busy.count <= Self.limits.occurrences else { throw CalendarFault.tooManyOccurrences }
        }
        return .read(whole, entityTag: nil, modified: nil)
    }

    // MARK: Statuses

    /// What a status means that is no success.
    private static func failure(_ status: Int) -> CalendarImport.Outcome? {
        switch status {
        case 200: nil
        case 401, 403:
            .failed(
                code: "unauthorized", detail: "the server does not let us read the calendar: check name and password")
        case 404, 410:
            .failed(code: "not_found", detail: "there is no calendar at this address any more: give the new one")
        default: .failed(code: "http_status", detail: "the server answers with the status \(status)")
        }
    }
}
