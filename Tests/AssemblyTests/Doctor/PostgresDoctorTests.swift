import AlmanacAssembly
import AlmanacKernel
import AlmanacStorage
import AlmanacTestKit
import Foundation
import Testing

/// What the doctor finds in PostgreSQL when something is broken on purpose, and that its statements mend it.
struct PostgresDoctorTests {
    private static let security = "postgres.row-security"
    private static let roles = "postgres.plugin-roles"
    private static let login = "postgres.login"

    /// Breaks something, expects one kind of finding, runs its statements, and expects that it is gone.
    private func isFoundAndMended(_ check: String, _ breaking: String, saying words: String) async throws {
        try await withExamined(.postgres) { fixture in
            let role = try await fixture.value("SELECT current_database()")
            try await fixture.run(breaking.replacing("DATABASE", with: role))

            let faults = try await fixture.examine().faults(check)
            #expect(faults.count == 1, "\(faults)")
            #expect(faults.first?.severity == .problem)
            #expect(faults.first?.what.contains(words) == true, "\(faults)")
            let statements = faults.flatMap(\.statements)
            #expect(!statements.isEmpty)
            for statement in statements { try await fixture.run(statement) }

            #expect(try await fixture.examine().faults(check).isEmpty)
        }
    }

    @Test
    func findsATableWithoutRowSecurity() async throws {
        try await self.isFoundAndMended(
            Self.security, "ALTER TABLE kernel.person DISABLE ROW LEVEL SECURITY", saying: "off for kernel.person")
    }

    @Test
    func findsATableWhoseOwnerIsExempt() async throws {
        try await self.isFoundAndMended(
            Self.security, "ALTER TABLE bookings.booking NO FORCE ROW LEVEL SECURITY",
            saying: "not forced on the owner of bookings.booking")
    }

    @Test
    func findsAPolicyThatIsGone() async throws {
        try await self.isFoundAndMended(
            Self.security, "DROP POLICY organization ON kernel.session", saying: "missing or changed on kernel.session")
    }

    @Test
    func findsAPolicyThatWasWidened() async throws {
        try await self.isFoundAndMended(
            Self.security, "ALTER POLICY organization ON kernel.session USING (true) WITH CHECK (true)",
            saying: "missing or changed on kernel.session")
    }

    @Test
    func findsAPolicyThatOpensWhatIsClosed() async throws {
        try await self.isFoundAndMended(
            Self.security, "CREATE POLICY support ON kernel.person FOR SELECT USING (true)",
            saying: "kernel.person has further policies, which open what is closed: support")
    }

    @Test
    func findsAMissingRole() async throws {
        try await self.isFoundAndMended(
            Self.roles,
            """
            DROP OWNED BY "DATABASE_bookings"; REVOKE "DATABASE_bookings" FROM current_user;
            DROP ROLE "DATABASE_bookings"
            """, saying: "_bookings does not exist")
    }

    @Test
    func findsAMissingMembership() async throws {
        try await self.isFoundAndMended(
            Self.roles, "REVOKE \"DATABASE_bookings\" FROM current_user", saying: "cannot take the role")
    }

    @Test
    func findsMissingRights() async throws {
        try await self.isFoundAndMended(
            Self.roles, "REVOKE INSERT ON bookings.booking FROM \"DATABASE_bookings\"", saying: "lacks rights")
    }

    @Test
    func findsRightsOutsideTheRoom() async throws {
        try await withExamined(.postgres) { fixture in
            let database = try await fixture.value("SELECT current_database()")
            try await fixture.run("GRANT SELECT ON kernel.session TO \"\(database)_bookings\"")

            let faults = try await fixture.examine().faults(Self.roles)
            #expect(faults.map(\.severity) == [.warning])
            #expect(faults.first?.what.hasSuffix("reaches tables outside its room: kernel.session") == true)
            for statement in faults.flatMap(\.statements) { try await fixture.run(statement) }

            #expect(try await fixture.examine().faults(Self.roles).isEmpty)
        }
    }

    @Test
    func countsNoTableThatAMigrationHasDropped() async throws {
        try await withExamined(.postgres) { fixture in
            let found = try await fixture.examine().filter { $0.check == Self.security }
            #expect(found.map(\.severity) == [.ok])
            #expect(found.first?.what.hasSuffix("tables") == true, "\(found)")
        }
    }

    // MARK: Who signs in

    @Test
    func helpsBeforeTheFirstMigration() async throws {
        try await withDeploymentFolder(.postgres, DoctorFixture.manifest) { folder in
            let fixture = DoctorFixture(folder: folder, engine: .postgres)
            let before = try await fixture.examine()
            #expect(before.faults(Self.login).first?.what.contains("will own the tables") == true, "\(before)")
            // All of it at once, as somebody does who pipes the report into psql.
            let faults = before.faults(Self.login) + before.faults(Self.roles)
            for statement in faults.flatMap(\.statements) { try await fixture.run(statement) }

            #expect(try await fixture.examine().faults(Self.roles).isEmpty)
            try await folder.open { _ = try await $0.migrate() }
            let after = try await fixture.examine()
            #expect(after.allSatisfy { $0.severity != .problem }, "\(after)")
            let database = try await fixture.value("SELECT current_database()")
            let can = "SELECT pg_has_role('\(database)_app', '\(database)_kernel', 'MEMBER')::text"
            #expect(try await fixture.value(can) == "true")
        }
    }

    @Test
    func helpsToServeAsSomebodyWhoIsNotTheOwner() async throws {
        try await withExamined(.postgres) { fixture in
            let owner = try await fixture.examine().faults(Self.login)
            #expect(owner.map(\.severity) == [.warning])
            for statement in owner.flatMap(\.statements) { try await fixture.run(statement) }
            let database = try await fixture.value("SELECT current_database()")
            let login = "\(database)_app"
            try await fixture.run("ALTER ROLE \"\(login)\" PASSWORD 'only-for-this-test'")

            let keys = "\(fixture.folder.path)/data/lindenhof.keys"
            let section = """
                storage: {backend: postgres, url: "${env:APP_URL}", ownerUrl: "${env:OWNER_URL}"}
                secrets: {keyFile: "\(keys)"}
                """
            let folder = try ManifestFolder(["plugins.yaml": DoctorFixture.manifest(section)])
            let ownerURL = try #require(fixture.folder.environment["ALMANAC_DATABASE_URL"])
            let at = try #require(ownerURL.lastIndex(of: "@"))
            let appURL = "postgres://\(login):only-for-this-test\(ownerURL[at...])"
            let served = DoctorFixture(
                folder: DeploymentFolder(
                    path: folder.path, environment: ["APP_URL": appURL, "OWNER_URL": ownerURL]), engine: .postgres)

            let findings = try await served.examine()
            #expect(findings.allSatisfy { $0.severity != .problem }, "\(findings)")
            #expect(findings.severity(Self.login) == .ok)
            // It works as before, and the one who serves cannot switch the fences off.
            let (applied, organization) = try await served.folder.open { deployment in
                (try await deployment.migrate(), try await deployment.organization())
            }
            #expect(applied.isEmpty)
            #expect(organization.slug == "lindenhof")
            let alone = DoctorFixture(
                folder: DeploymentFolder(
                    path: fixture.folder.path, environment: ["ALMANAC_DATABASE_URL": appURL]), engine: .postgres)
            await #expect(throws: StorageError.self) {
                try await alone.run("ALTER TABLE kernel.person NO FORCE ROW LEVEL SECURITY")
            }
        }
    }

    /// Superusers come in through the socket of the cluster that scripts/test makes.
    static let cluster = ProcessInfo.processInfo.environment["ALMANAC_TEST_RUN"]

    @Test(.enabled(if: Self.cluster != nil, "scripts/test makes the cluster in which there is a superuser"))
    func findsASuperuserAndARoleThatIsExempt() async throws {
        try await withExamined(.postgres) { fixture in
            let cluster = try #require(Self.cluster)
            let database = try await fixture.value("SELECT current_database()")
            let ownerURL = try #require(fixture.folder.environment["ALMANAC_DATABASE_URL"])
            let port = try #require(ownerURL.split(separator: ":").last?.prefix { $0.isNumber })
            func at(_ url: String) -> DoctorFixture {
                DoctorFixture(
                    folder: DeploymentFolder(path: fixture.folder.path, environment: ["ALMANAC_DATABASE_URL": url]),
                    engine: .postgres)
            }
            let superuser = at("postgres://postgres@/\(database)?host=\(cluster)/socket&port=\(port)")

            let faults = try await superuser.examine().faults(Self.login)
            #expect(faults.map(\.severity) == [.problem])
            #expect(faults.first?.what.contains("a superuser") == true)

            // A role that is exempt itself, and one that can become it.
            let login = "\(database)_exempt"
            try await superuser.run(
                """
                CREATE ROLE "\(login)" LOGIN BYPASSRLS PASSWORD 'only-for-this-test';
                CREATE ROLE "\(login)_by_proxy" LOGIN PASSWORD 'only-for-this-test';
                GRANT "\(login)" TO "\(login)_by_proxy"
                """)
            let place = ownerURL[try #require(ownerURL.lastIndex(of: "@"))...]
            for name in [login, "\(login)_by_proxy"] {
                let faults = try await at("postgres://\(name):only-for-this-test\(place)").examine().faults(Self.login)
                #expect(faults.map(\.severity) == [.problem])
                #expect(faults.first?.what.contains("exempt from row-level security") == true, "\(faults)")
            }
            try await superuser.run("DROP ROLE \"\(login)_by_proxy\"; DROP ROLE \"\(login)\"")
        }
    }
}
