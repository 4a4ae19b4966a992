/// The members of a JSON object: in order, each name once.
public struct JSONObject: Sendable, Equatable {
    /// One name and its value.
    public struct Member: Sendable, Equatable {
        /// The name, unescaped.
        public let name: String
        /// The value.
        public internal(set) var value: JSON

        /// Pairs a name with a value.
        public init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }

        // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
        public static func == (left: Member, right: Member) -> Bool {
            left.name.hasSameBytes(as: right.name) && left.value == right.value
        }
    }

    /// The members in the order in which they were written.
    public private(set) var members: [Member]

    /// An object without members.
    public init() { self.members = [] }

    /// An object with these members; of two with one name the later value counts, at the place of the earlier.
    public init(_ members: some Sequence<(String, JSON)>) {
        self.members = []
        self.members.reserveCapacity(members.underestimatedCount)
        var places: [ByteKey: Int] = [:]
        for (name, value) in members {
            // A few names are looked through faster than a dictionary is made.
            let isFew = self.members.count < Self.fewMembers
            if !isFew, places.isEmpty {
                for (index, member) in self.members.enumerated() { places[ByteKey(text: member.name)] = index }
            }
            if let place = isFew ? self.index(of: name) : places[ByteKey(text: name)] {
                self.members[place].value = value
            } else {
                if !isFew { places[ByteKey(text: name)] = self.members.count }
                self.members.append(Member(name, value))
            }
        }
    }

    private static let fewMembers = 16

    /// For the parser, which has seen to it that no name comes twice.
    init(unique members: [Member]) { self.members = members }

    /// Whether there is no member.
    public var isEmpty: Bool { self.members.isEmpty }

    /// How many members there are.
    public var count: Int { self.members.count }

    /// Where the member with this name stands in ``members``, compared byte by byte.
    public func index(of name: String) -> Int? {
        self.members.firstIndex { $0.name.hasSameBytes(as: name) }
    }

    /// The value of the member with this name; setting `nil` removes the member, a new name goes to the end.
    ///
    /// Each use looks through all members: to build a large object use ``init(_:)``.
    public subscript(name: String) -> JSON? {
        get { self.index(of: name).map { self.members[$0].value } }
        set {
            switch (self.index(of: name), newValue) {
            case (let place?, let value?): self.members[place].value = value
            case (let place?, nil): self.members.remove(at: place)
            case (nil, let value?): self.members.append(Member(name, value))
            case (nil, nil): break
            }
        }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public init(dictionaryLiteral members: (String, JSON)...) { self.init(members) }
}
