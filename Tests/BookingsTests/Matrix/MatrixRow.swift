/// One combination of what bookings may be.
struct MatrixRow: Sendable {
    /// Chooses a value of each dimension in turn; says afterwards which dimensions there are.
    private struct Choice {
        fileprivate var values: [Int] = []
        fileprivate var wanted: [any MatrixDimension] = []
        fileprivate var columns: [(title: String, value: String)] = []
        fileprivate var sizes: [Int] = []
        fileprivate var numbers: [Int] = []

        fileprivate mutating func next<Dimension: MatrixDimension>(_: Dimension.Type = Dimension.self) -> Dimension {
            let all = Dimension.allCases
            let place = self.sizes.count
            let wanted = self.wanted.lazy.compactMap { $0 as? Dimension }.first.flatMap { all.firstIndex(of: $0) }
            let number = wanted ?? (self.values.indices.contains(place) ? self.values[place] : 0) % all.count
            self.sizes.append(all.count)
            self.numbers.append(number)
            self.columns.append((Dimension.title, all[number].rawValue))
            return all[number]
        }
    }

    let hosts: MatrixHosts
    let group: MatrixGroup
    let approval: MatrixApproval
    let series: MatrixSeries
    let resources: MatrixResources
    let buffers: MatrixBuffers
    let limits: MatrixLimits
    let move: MatrixMove
    let waitlist: MatrixWaitlist
    let hold: MatrixHold
    let booker: MatrixBooker
    let week: MatrixWeek
    let fee: MatrixFee
    /// The number of the value of each dimension.
    let numbers: [Int]
    /// What the table says of it.
    let columns: [(title: String, value: String)]
    private let sizes: [Int]

    /// The combination with these values, by number.
    init(choosing values: [Int]) { self.init(Choice(values: values)) }

    /// The combination with these values, and the first one of each other dimension.
    init(having wanted: [any MatrixDimension]) { self.init(Choice(wanted: wanted)) }

    private init(_ choice: Choice) {
        var choice = choice
        self.hosts = choice.next()
        self.group = choice.next()
        self.approval = choice.next()
        self.series = choice.next()
        self.resources = choice.next()
        self.buffers = choice.next()
        self.limits = choice.next()
        self.move = choice.next()
        self.waitlist = choice.next()
        self.hold = choice.next()
        self.booker = choice.next()
        self.week = choice.next()
        self.fee = choice.next()
        self.numbers = choice.numbers
        self.columns = choice.columns
        self.sizes = choice.sizes
    }

    /// How many values each dimension has.
    static let sizes = Self(choosing: []).sizes

    /// Rows that bring every two values together.
    static let all = CoveringArray(sizes: Self.sizes).rows.map { Self(choosing: $0) }
}
