internal import AlmanacKernel
internal import AlmanacStorage

/// Whether the rules of time zones are there and not too old: governments change them several times a year.
struct ZoneDataCheck: DoctorCheck {
    static let name = "zones"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        let zone = subject.blueprint.manifest.organization.timeZone
        return [Self.judge(version: Zone.dataVersion, zone: zone.name, now: subject.clock.now)]
    }

    /// - Parameters:
    ///   - version: The release, as `2026a`.
    ///   - zone: A zone that was found in it.
    ///   - now: What time it is.
    /// - Returns: The finding.
    static func judge(version: String?, zone: String, now: Instant) -> Finding {
        let advice = "install the system's newest tzdata and start the server again"
        guard let version else {
            return .warning(
                self.name, "there is time zone data (with \(zone)), but it does not say of which release",
                advice: advice)
        }
        guard let year = Int(version.prefix(4)) else { return .ok(self.name, "time zone data \(version)") }
        let today = LocalDate(daysSinceEpoch: Int(now.seconds / 86_400))
        // There are several releases each year; one from before last year misses at least some changes.
        guard today.year - year > 1 else { return .ok(self.name, "time zone data \(version), with \(zone)") }
        return .warning(
            self.name, "the time zone data is of \(version): what changed since is computed wrongly", advice: advice)
    }
}
