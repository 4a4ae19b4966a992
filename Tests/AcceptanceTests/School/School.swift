import AlmanacStorage
import AlmanacTestKit

/// A small school on an engine: the real program, with its manifest and data in a folder of its own.
///
/// Anna gives lessons every day from 08:00 to 18:00 and Ben from 09:00 to 12:00; a lesson takes an hour and begins on
/// the hour.
struct School: Sendable {
    /// The program in its folder.
    let program: Program
    /// Where its data is.
    let storage: ProgramStorage
    /// The passphrases by role: of the office, of Anna and of the student Clara.
    let passphrases: [String: String]

    static let admin = "office@school.example.org"
    static let provider = "anna@school.example.org"
    static let customer = "clara@example.org"
    static let otherCustomer = "david@example.org"

    static let addresses = ["admin": Self.admin, "provider": Self.provider, "customer": Self.customer]

    /// The manifest of a school with this section `storage` and further ones.
    static func manifest(_ storage: String, plugins: String = "", rest: String = "") -> String {
        """
        name: Fahrschule am Test
        organization: {slug: school, timeZone: Europe/Berlin, locale: de, currency: EUR}
        \(storage)
        logging: {level: warning}
        plugins:
          bookings: {}
          \(plugins)
        demo: demo
        \(rest)
        """
    }

    /// The files of the school.
    static let files: [String: String] = [
        "providers.csv": """
        external_id,given_name,family_name,email,phone,time_zone
        anna,Anna,Arndt,anna@school.example.org,+493023125101,Europe/Berlin
        ben,Ben,Bauer,ben@school.example.org,+493023125102,Europe/Berlin

        """,
        "weekly_rules.csv": "provider,weekday,start,end\n"
            + (1...7).map { "anna,\($0),08:00,18:00\nben,\($0),09:00,12:00\n" }.joined(),
        "event_types.csv": """
        external_id,slug,name,duration_minutes,price_amount,price_currency,buffer_before_minutes,buffer_after_minutes,\
        minimum_notice_minutes,booking_window_days,slot_interval_minutes,providers
        lesson,lesson,Fahrstunde,60,6500,EUR,0,0,0,365,60,anna ben

        """,
        "customers.csv": """
        external_id,given_name,family_name,email,phone,locale
        C1,Clara,Conrad,clara@example.org,,de
        C2,David,Drechsler,david@example.org,,de

        """,
        "accounts.csv": """
        email,role,person,given_name,family_name
        office@school.example.org,admin,,Olga,Otto
        anna@school.example.org,provider,anna,,
        clara@example.org,customer,C1,,
        david@example.org,customer,C2,,

        """,
    ]

    /// Loads the files into an empty database and returns what the program says to that.
    fileprivate static func seed(_ program: Program, _ files: [String: String]) async throws -> String {
        for (name, text) in files { try program.write(text, to: "demo/\(name)") }
        let seeded = try await program.run(["seed", "--demo", "--format", "json"])
        guard seeded.exitCode == 0 else { throw TestKitError("the school cannot be seeded: \(seeded)") }
        return seeded.output
    }

    /// The passphrases, from what the program has said when it loaded the files.
    fileprivate static func passphrases(_ seeded: String) throws -> [String: String] {
        let accounts = try JSON(parsing: Array(seeded.utf8))["accounts"]?.array ?? []
        let passphrases = accounts.compactMap { account -> (String, String)? in
            guard let email = account["email"]?.string, let password = account["password"]?.string else { return nil }
            return (email, password)
        }
        return Dictionary(passphrases, uniquingKeysWith: { $1 })
    }

    /// Starts the server, runs `body` with it, and ends it.
    func serve<T>(_ arguments: [String] = [], _ body: (SchoolServer) async throws -> T) async throws -> T {
        try await self.program.serve(arguments) { process in
            try await body(SchoolServer(process: process, school: self))
        }
    }
}

/// Runs `body` with a school whose data is loaded; `plugins` are further ones, `rest` further sections of its manifest.
///
/// What a school begins with is loaded once and copied; who wants it loaded for themselves names the database.
func withSchool<T>(
    _ engine: TestEngine, files: [String: String] = School.files, plugins: String = "", rest: String = "",
    _ body: (School) async throws -> T
) async throws -> T {
    // Schools differ by what they serve with, and begin alike.
    let template = ProgramTemplate(key: "\(plugins)\n\(rest)\n\(files.sorted { $0.key < $1.key })") { storage in
        School.manifest(storage.section, plugins: plugins, rest: rest)
    } prepare: { program in
        try await School.seed(program, files)
    }
    return try await withProgram(engine, from: template) { program, storage, seeded in
        try await body(
            School(program: program, storage: storage, passphrases: try School.passphrases(seeded)))
    }
}

/// Runs `body` with a school whose data is loaded through a pooler, and which is served through it.
func withSchool<T>(behind pooler: PgBouncer, _ body: (School) async throws -> T) async throws -> T {
    try await withProgramStorage(.postgres) { storage in
        try await withSchool(on: try storage.behind(pooler), body)
    }
}

/// Runs `body` with a school whose data is loaded into a database that is empty.
func withSchool<T>(
    on storage: ProgramStorage, files: [String: String] = School.files, plugins: String = "", rest: String = "",
    _ body: (School) async throws -> T
) async throws -> T {
    let manifest = School.manifest(storage.section, plugins: plugins, rest: rest)
    return try await withProgram(manifest: manifest, environment: storage.environment) { program in
        let seeded = try await School.seed(program, files)
        return try await body(
            School(program: program, storage: storage, passphrases: try School.passphrases(seeded)))
    }
}

/// Runs `body` with the server of a school whose data is loaded.
func withSchoolServer<T>(
    _ engine: TestEngine, rest: String = "", _ body: (SchoolServer) async throws -> T
) async throws -> T {
    try await withSchool(engine, rest: rest) { school in try await school.serve { try await body($0) } }
}
