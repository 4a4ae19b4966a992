internal import AlmanacStorage
internal import Crypto

/// How fast passwords can be tried, by account and by source; kept in the database, so that all hosts share it.
///
/// Each try is counted before its password is looked at, by one statement that counts it only if its time has come:
/// however many tries arrive at once, no more are looked at than allowed. After some free tries the time between two
/// grows. Nothing is ever locked: a stranger who tries passwords of an account slows other strangers down, but not its
/// owner on a device that has signed in before, which is counted apart (ASVS 6.1.1, 6.3.1).
///
/// | counted | free | then | forgotten |
/// |---|---|---|---|
/// | an account, for strangers | 10 | 1 s, doubling to 15 min; a day from the hundredth (NIST SP 800-63B-4 §3.2.2) | after 30 days, or by signing in |
/// | an account, for each known device | 10 | the same | the same |
/// | a source (an address, of IPv6 the first 64 bits), for strangers | 300 | 1 s, doubling to a minute | after an hour; a sign-in that succeeds is not counted |
enum SignInPace {
    static let table = Table(.kernel, "sign_in_pace", ownership: .deployment)

    static let migrationSteps: [any MigrationStep] = [
        CreateTable(Self.table) {
            Column("subject", .bytes)
            Column("attempts", .integer)
            Column("open_at", .instant)
            Column("forget_at", .instant)
            PrimaryKey("subject")
        },
        CreateIndex(on: Self.table, "forget_at"),
    ]

    /// What is counted.
    struct Subject: Sendable, Equatable {
        let digest: [UInt8]
        let rule: Rule

        private init(_ kind: String, _ name: String, _ rule: Rule) {
            // A digest, because what strangers type into the field for the address is not always an address.
            self.digest = Array(SHA256.hash(data: Array("\(kind):\(name)".utf8)))
            self.rule = rule
        }

        /// An account as strangers try it, whether or not there is one with this address.
        static func stranger(_ email: FoldKey) -> Subject { Subject("stranger", email.text, .account) }

        /// An account as one of its known devices tries it.
        static func device(_ device: ID<KnownDevice>) -> Subject { Subject("device", device.description, .account) }

        /// A signed-in user who is asked for the password once more.
        static func user(_ user: ID<User>) -> Subject { Subject("user", user.description, .account) }

        /// Where tries come from.
        static func source(_ address: NetworkAddress) -> Subject { Subject("source", address.limitName, .source) }
    }

    /// How the time between tries grows.
    struct Rule: Sendable, Equatable {
        /// How many tries are free, at least one.
        let free: Int
        /// Seconds to wait after each try beyond those; the last one holds from then on.
        let pauses: [Int64]
        /// From how many tries on the time is a day; `nil` for never.
        let exhausted: Int?
        /// Seconds after the last try when all of them are forgotten.
        let memory: Int64

        static let account = Rule(
            free: 10, pauses: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900], exhausted: 100, memory: 30 * 86_400)
        static let source = Rule(free: 300, pauses: [1, 2, 4, 8, 16, 32, 60], exhausted: nil, memory: 3_600)

        /// Microseconds after which the next try may come, once the row holds one more try than `attempts` says.
        ///
        /// Written as literals, because a parameter here would have no type of its own.
        fileprivate var pause: SQL {
            var cases: [String] = []
            if let exhausted = self.exhausted {
                cases.append("WHEN p.attempts + 1 >= \(exhausted) THEN \(86_400 * 1_000_000)")
            }
            for (index, seconds) in self.pauses.enumerated().reversed() {
                cases.append("WHEN p.attempts + 1 >= \(self.free + index) THEN \(seconds * 1_000_000)")
            }
            return SQL(unsafeSQL: "CASE WHEN p.attempts + 1 < \(self.free) THEN 0 \(cases.joined(separator: " ")) END")
        }
    }

    /// Counts one try of each subject, or none where one has to wait.
    ///
    /// - Parameters:
    ///   - subjects: What is tried and from where.
    ///   - tx: A transaction of its own, which is committed before the password is looked at.
    /// - Throws: ``Refusal`` `too_many_attempts` that says how long to wait.
    static func take(_ subjects: [Subject], _ tx: Transaction) throws {
        for subject in Self.ordered(subjects) {
            if try tx.execute(Self.count(subject, at: tx.now)) == 1 { continue }
            let openAt = try tx.value(
                "SELECT open_at FROM \(Self.table) WHERE subject = \(subject.digest)", as: Instant.self)
            let wait = openAt.map { $0.microseconds(since: tx.now) } ?? 0
            throw Self.refusal(afterSeconds: max(1, (wait + 999_999) / 1_000_000))
        }
    }

    /// The statement that counts a try if its time has come: it changes one row then, and none otherwise.
    ///
    /// Tries that are free never wait, so that a clock that was set back keeps nobody out who has not tried often.
    static func count(_ subject: Subject, at now: Instant) -> SQL {
        let forgetAt = now.adding(seconds: subject.rule.memory)
        return """
            INSERT INTO \(Self.table) AS p (subject, attempts, open_at, forget_at)
            VALUES (\(subject.digest), \(1), \(now), \(forgetAt))
            ON CONFLICT (subject) DO UPDATE
            SET attempts = CASE WHEN p.forget_at <= \(now) THEN 1 ELSE p.attempts + 1 END,
                open_at = CASE WHEN p.forget_at <= \(now) THEN \(now) ELSE \(now) + CAST(\(subject.rule.pause) AS bigint) END,
                forget_at = \(forgetAt)
            WHERE p.open_at <= \(now) OR p.attempts < \(subject.rule.free)
            """
    }

    /// Forgets all tries of a subject: whoever tried has proved to be its owner.
    static func clear(_ subject: Subject, _ tx: Transaction) throws {
        try tx.post("DELETE FROM \(Self.table) WHERE subject = \(subject.digest)")
    }

    /// Settles tries of which one succeeded: those of the account are forgotten, that of the source is not counted.
    static func settle(_ subjects: [Subject], _ tx: Transaction) throws {
        for subject in Self.ordered(subjects) {
            if subject.rule == .account {
                try Self.clear(subject, tx)
            } else {
                try tx.post(
                    """
                    UPDATE \(Self.table) SET attempts = attempts - 1
                    WHERE subject = \(subject.digest) AND attempts > 0
                    """)
            }
        }
    }

    /// The account before the source: two transactions that count the same rows lock them in the same order, and what
    /// many share is locked for the shortest time.
    private static func ordered(_ subjects: [Subject]) -> [Subject] {
        subjects.filter { $0.rule == .account } + subjects.filter { $0.rule != .account }
    }

    private static func refusal(afterSeconds seconds: Int64) -> Refusal {
        let time = seconds == 1 ? "1 second" : "\(seconds) seconds"
        return Refusal(
            .tooMany, "too_many_attempts",
            "too many passwords have been tried: wait \(time), use a device on which you have signed in before, or ask "
                + "for a new password",
            details: ["retryAfterSeconds": .number(JSONNumber(Int(clamping: seconds)))])
    }
}
