/// What waits for SQLite's one writer: requests first, and what runs in the background gets a share beside them.
///
/// While requests keep the writer busy, one background transaction goes along for every thirty-two of them, and one in
/// eight groups however few they are: nobody starves, and those who wait for an answer hardly notice. Where requests
/// leave time (``RequestShare``) and none waits, the background has the writer; for some groups after the last request
/// in small portions, because the next request waits for the end of the group that is being written when it comes.
struct WriteQueue<Job> {
    /// How many transactions a group holds at most, so that the wait of the first caller of a group is bounded.
    static var groupLimit: Int { 256 }
    /// How many requests are committed for each background transaction beside them.
    static var requestsForOne: Int { 32 }
    /// How many groups of requests are committed at most before a background transaction is.
    static var groupsForOne: Int { 8 }
    /// How many background transactions a group holds shortly after a request.
    static var portion: Int { 4 }
    /// For how many groups after a request portions are small.
    static var courtesy: Int { 64 }

    private var requests: [Job] = []
    private var background: [Job] = []
    /// How many groups from here on are small, unless another request comes.
    private var smallGroups = 0
    /// How many requests and groups of them have gone before what waits in the background.
    private var passed = (requests: 0, groups: 0)

    var count: Int { self.requests.count + self.background.count }
    var isEmpty: Bool { self.requests.isEmpty && self.background.isEmpty }

    mutating func append(_ job: Job, _ priority: WorkPriority) {
        switch priority {
        case .request: self.requests.append(job)
        case .background: self.background.append(job)
        }
    }

    /// Whether a request waits.
    var hasRequests: Bool { !self.requests.isEmpty }

    /// Takes what the next commit is to hold; nothing where nothing waits.
    mutating func next() -> [Job] {
        var group = Self.take(Self.groupLimit, of: &self.requests)
        if group.isEmpty {
            group = Self.take(self.smallGroups > 0 ? Self.portion : Self.groupLimit, of: &self.background)
            self.smallGroups = max(self.smallGroups - 1, 0)
        } else {
            group += Self.take(self.share(beside: group.count), of: &self.background)
            self.smallGroups = Self.courtesy
        }
        return group
    }

    /// How many background transactions go along with so many requests.
    private mutating func share(beside requests: Int) -> Int {
        guard !self.background.isEmpty else {
            self.passed = (0, 0)
            return 0
        }
        self.passed.requests += requests
        self.passed.groups += 1
        let share = self.passed.requests / Self.requestsForOne
        if share > 0 {
            self.passed = (self.passed.requests % Self.requestsForOne, 0)
            return share
        }
        guard self.passed.groups >= Self.groupsForOne else { return 0 }
        self.passed = (0, 0)
        return 1
    }

    private static func take(_ count: Int, of jobs: inout [Job]) -> [Job] {
        let taken = Array(jobs.prefix(count))
        jobs.removeFirst(taken.count)
        return taken
    }
}
