import AlmanacStorage
import AlmanacSurface
import AlmanacTestKit

/// What every operation answers to everybody on every object, found out by asking.
///
/// One database serves all requests: who is refused changes nothing, which is checked, and what a request has used up is
/// made anew for the next one.
struct AuthorizationMatrix: Sendable {
    /// The answer to one request, in short.
    struct Cell: Sendable {
        /// The status; for a list of 200 whether the object is on it: `shown` or `hidden`.
        let outcome: String
        /// The request and the answer, for failures.
        let story: String
    }

    /// All that one caller is answered by one operation.
    struct Row: Sendable {
        let route: String
        let caller: String
        let cells: [Relation: Cell]
    }

    let rows: [Row]
    /// What is wrong whatever the table says.
    let faults: [String]

    /// Asks everything.
    ///
    /// - Parameters:
    ///   - platform: Two organizations with the product's plugins.
    ///   - mailbox: Who takes the platform's mails.
    ///   - recipes: How operations are called where that does not follow from their description.
    ///   - isWanted: Whether an operation is asked.
    /// - Throws: ``TestKitError`` when an operation cannot be called.
    init(
        _ platform: TestPlatform, _ mailbox: TestMailbox = TestMailbox(), recipes: [String: Recipe] = Recipe.all,
        where isWanted: (DocumentedOperation) -> Bool = { _ in true }
    ) async throws {
        let world = try await SecurityWorld(platform, mailbox)
        let run = try await MatrixRun(world)
        for operation in world.description.operations where isWanted(operation) {
            try await run.ask(operation, try Recipe.of(operation, recipes))
        }
        self.rows = await run.rows
        self.faults = await run.faults
    }

    private init(rows: [Row], faults: [String]) {
        self.rows = rows
        self.faults = faults
    }

    /// Asks everything, some schools beside each other, each for its share of the operations: the whole run is as long as
    /// its longest test.
    ///
    /// - Parameters:
    ///   - engine: Where the schools are.
    ///   - shares: How many schools.
    /// - Returns: What all of them were answered, in the order of the operations' description.
    /// - Throws: ``TestKitError`` when an operation cannot be called.
    static func whole(on engine: TestEngine, shares: Int = 6) async throws -> AuthorizationMatrix {
        try await withThrowingTaskGroup(of: (Int, AuthorizationMatrix).self) { group in
            for share in 0..<shares {
                group.addTask {
                    try await withMailedPlatform(engine) { platform, mailbox in
                        let operations = try APIDescription(try platform.api().openAPI).operations.map(\.route)
                        let wanted = Set(operations.indices.filter { $0 % shares == share }.map { operations[$0] })
                        return (share, try await AuthorizationMatrix(platform, mailbox) { wanted.contains($0.route) })
                    }
                }
            }
            let parts = try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            let sections = (0..<shares).map { share in
                (parts[share]?.rows ?? []).reduce(into: [[Row]]()) { sections, row in
                    if sections.last?.first?.route == row.route {
                        sections[sections.count - 1].append(row)
                    } else {
                        sections.append([row])
                    }
                }
            }
            // As they stand in the description: operation after operation, each in the next share.
            let rows = (0..<(sections.map(\.count).max() ?? 0)).flatMap { place in
                sections.flatMap { place < $0.count ? $0[place] : [] }
            }
            return AuthorizationMatrix(rows: rows, faults: (0..<shares).flatMap { parts[$0]?.faults ?? [] })
        }
    }
}

/// Asks operation after operation and keeps what is needed for the next one.
private actor MatrixRun {
    private let world: SecurityWorld
    private let callers: [MatrixCaller]
    private let footprints: Footprint.Taker
    /// What the database was like when it was last looked at, unless something has changed it since.
    private var known: Footprint?
    private var objects: [String: String] = [:]
    private(set) var rows: [AuthorizationMatrix.Row] = []
    private(set) var faults: [String] = []

    init(_ world: SecurityWorld) async throws {
        self.world = world
        self.callers = try await MatrixCaller.all(world)
        self.footprints = try await Footprint.Taker(world.platform)
    }

    // MARK: Asking

    func ask(_ operation: DocumentedOperation, _ recipe: Recipe) async throws {
        var succeeded = false
        for permanent in self.callers {
            let caller = try await self.present(permanent)
            var cells: [Relation: AuthorizationMatrix.Cell] = [:]
            var essences: [Relation: String] = [:]
            // From what cannot succeed to what may, so that little has to be made anew.
            for relation in Relation.allCases.reversed() where caller.relations.contains(relation) {
                let key = Self.key(recipe.kind, relation, caller)
                let newcomer = try await self.newcomer(recipe, caller)
                guard let object = try await self.object(recipe, relation, caller, newcomer, key) else { continue }
                let (answer, cell) = try await self.call(operation, recipe, caller, newcomer, on: object)
                cells[relation] = cell
                essences[relation] = Indistinguishable.essence(answer, without: object)
                if answer.status < 300 {
                    succeeded = true
                    if !operation.isRead { self.forget(key) }
                }
            }
            self.rows.append(AuthorizationMatrix.Row(route: operation.route, caller: caller.name, cells: cells))
            self.compare(cells, essences, operation, caller)
        }
        if !succeeded, !Recipe.aboutDeployment.contains(operation.route) {
            self.faults.append(
                "\(operation.route): nobody succeeds, so that nothing is proved. Give Recipe.all a valid input: "
                    + (self.rows.last { $0.route == operation.route && $0.caller == "admin" }?.cells.values.map(\.story)
                        .joined(separator: "\n") ?? ""))
        }
    }

    /// The caller, in a session that no other caller's request has ended: users end those in which somebody works as
    /// them with their own.
    private func present(_ caller: MatrixCaller) async throws -> MatrixCaller {
        guard case .impersonation = caller.means else { return caller }
        var present = caller
        present.client = try await caller.newSession(in: try self.world.school(caller.place)) ?? caller.client
        self.known = nil
        return present
    }

    private func call(
        _ operation: DocumentedOperation, _ recipe: Recipe, _ caller: MatrixCaller, _ newcomer: Newcomer?,
        on object: String
    ) async throws -> (APIAnswer, AuthorizationMatrix.Cell) {
        let school = try self.world.school(caller.place)
        var client = caller.client
        var fields: [(String, JSON)] = []
        if recipe.endsSession, let session = try await caller.newSession(in: school) {
            client = session
            self.known = nil
        }
        if let newcomer {
            fields = try await recipe.prepare(school, newcomer)
            client = try await caller.client(of: newcomer, in: school)
            self.known = nil
        }
        let request = try await MatrixRequest(
            operation, recipe, on: object, in: school, self.world.sample, fields: fields)
        if case .list = recipe.place {
            let (answer, isShown) = await Self.search(request, for: object, client)
            let outcome = answer.status == 200 ? isShown ? "shown" : "hidden" : "\(answer.status)"
            return (answer, AuthorizationMatrix.Cell(outcome: outcome, story: "\(answer)"))
        }
        if recipe.makesOthers { self.known = nil }
        if !operation.isRead, self.known == nil { self.known = try await self.footprints.take() }
        let answer = await request.send(client)
        if let before = self.known, !operation.isRead, answer.status >= 400 {
            let after = try await self.footprints.take()
            for change in after.changes(since: before) {
                self.faults.append("\(operation.route) by \(caller.name) is refused and yet changes \(change)")
            }
            self.known = after
        }
        return (answer, AuthorizationMatrix.Cell(outcome: "\(answer.status)", story: "\(answer)"))
    }

    /// Looks for an object on all pages of a list.
    private static func search(
        _ request: MatrixRequest, for object: String, _ client: APIClient
    ) async -> (APIAnswer, isShown: Bool) {
        let first = await request.send(client)
        var page = first
        while true {
            if (page.json["items"]?.array ?? []).contains(where: { $0.id == object || $0["name"]?.string == object }) {
                return (first, true)
            }
            guard let next = page.json["next"]?.string else { return (first, false) }
            page = await client.get("\(request.target)&after=\(next)")
        }
    }

    // MARK: Objects

    /// Who calls in place of the caller, whose account the operation would use up.
    private func newcomer(_ recipe: Recipe, _ caller: MatrixCaller) async throws -> Newcomer? {
        guard recipe.spendsCaller, let member = caller.member else { return nil }
        return try await self.world.school(caller.place).newcomer(member.role)
    }

    private func object(
        _ recipe: Recipe, _ relation: Relation, _ caller: MatrixCaller, _ newcomer: Newcomer?, _ key: String
    ) async throws -> String? {
        guard let kind = recipe.kind else { return relation == .any ? "" : nil }
        let isNewcomers = newcomer != nil && relation == .own
        if !isNewcomers, let known = self.objects[key] { return known }
        let made: String?
        self.known = nil
        switch relation {
        case .any: made = nil
        case .missing: made = kind.nobody
        case .elsewhere where kind.isEverywhere: made = nil
        case .elsewhere: made = try await kind.make(.peer, of: nil, in: try self.world.school(caller.place.other))
        default:
            made = try await kind.make(
                relation, of: caller.member, or: newcomer, in: try self.world.school(caller.place))
        }
        if !kind.isShortLived, !isNewcomers { self.objects[key] = made }
        return made
    }

    private func forget(_ key: String) {
        self.objects[key] = nil
        self.known = nil
    }

    private static func key(_ kind: ObjectKind?, _ relation: Relation, _ caller: MatrixCaller) -> String {
        let isShared = [.peer, .elsewhere, .missing].contains(relation)
        return "\(kind?.rawValue ?? "") \(relation) \(caller.place) \(isShared ? "" : caller.name)"
    }

    // MARK: What must be alike

    /// What is elsewhere, and what is hidden here, must be answered as what has never been.
    private func compare(
        _ cells: [Relation: AuthorizationMatrix.Cell], _ essences: [Relation: String],
        _ operation: DocumentedOperation, _ caller: MatrixCaller
    ) {
        guard let missing = essences[.missing], let expected = cells[.missing] else { return }
        for relation in [Relation.elsewhere, .peer, .own, .assigned] {
            guard let cell = cells[relation], let essence = essences[relation] else { continue }
            guard relation == .elsewhere || (cell.outcome == "404" && expected.outcome == "404") else { continue }
            guard !["shown", "hidden"].contains(cell.outcome), essence != missing else { continue }
            self.faults.append(
                """
                \(operation.route) tells \(caller.name) that something exists which is \(relation): \
                \(cell.story) is not the answer to what has never been: \(expected.story)
                """)
        }
    }
}
