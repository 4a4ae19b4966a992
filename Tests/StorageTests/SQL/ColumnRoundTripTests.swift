import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// What is written is read back, the same on both engines.
struct ColumnRoundTripTests {
    private func roundTrip<V: ColumnValue>(_ value: V, _ column: Columns, on engine: TestEngine) async throws -> V? {
        try await withShop(engine) { shop in
            try await shop.write { tx in
                try tx.execute(
                    """
                    INSERT INTO \(Shop.samples) (organization_id, id, \(column))
                    VALUES (\(Shop.north), \(1), \(value))
                    """)
            }
            return try await shop.read { tx in
                try tx.value("SELECT \(column) FROM \(Shop.samples) WHERE organization_id = \(Shop.north)", as: V.self)
            }
        }
    }

    @Test(
        arguments: TestEngine.allCases,
        ["", " ", "plain", "O'Hara -- ; \" \\ %", "Zoë 🧑🏽‍🚒", "\u{1D11E}\u{FFFD}\u{10FFFF}", "line\r\nline", "e\u{301}"])
    func text(_ engine: TestEngine, _ text: String) async throws {
        let read = try #require(try await self.roundTrip(text, ["text"], on: engine))

        // Swift's == would call canonically equivalent texts equal.
        #expect(Array(read.utf8) == Array(text.utf8))
    }

    @Test(arguments: TestEngine.allCases, [Int64.min, -1, 0, 127, 128, 32_768, 2_147_483_648, Int64.max])
    func integers(_ engine: TestEngine, _ number: Int64) async throws {
        #expect(try await self.roundTrip(number, ["integer"], on: engine) == number)
    }

    @Test(
        arguments: TestEngine.allCases,
        [0.1, -0.0, 1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -.infinity, 0.1 + 0.2])
    func reals(_ engine: TestEngine, _ number: Double) async throws {
        let read = try await self.roundTrip(number, ["real"], on: engine)

        #expect(read?.bitPattern == number.bitPattern || read == number && number == 0)
    }

    @Test(arguments: TestEngine.allCases, [true, false])
    func booleans(_ engine: TestEngine, _ truth: Bool) async throws {
        #expect(try await self.roundTrip(truth, ["boolean"], on: engine) == truth)
    }

    @Test(arguments: TestEngine.allCases)
    func identifiers(_ engine: TestEngine) async throws {
        for (high, low) in [(UInt64.max, UInt64.max), (0, 0), (0x0102_0304_0506_0708, 0x8090_A0B0_C0D0_E0F0)] {
            let id = ID<Shop>(high: high, low: low)
            #expect(try await self.roundTrip(id, ["uuid"], on: engine) == id)
        }
    }

    @Test(arguments: TestEngine.allCases, [Int64.min, 0, 1_772_438_400_000_001, Int64.max])
    func instants(_ engine: TestEngine, _ microseconds: Int64) async throws {
        let instant = Instant(microseconds: microseconds)
        #expect(try await self.roundTrip(instant, ["instant"], on: engine) == instant)
    }

    @Test(arguments: TestEngine.allCases, ["0001-01-01", "1969-12-31", "1999-12-31", "2000-02-29", "9999-12-31"])
    func dates(_ engine: TestEngine, _ text: String) async throws {
        let date = try #require(LocalDate(text))
        #expect(try await self.roundTrip(date, ["date"], on: engine) == date)
    }

    @Test(arguments: TestEngine.allCases, ["00:00", "09:30", "24:00"])
    func timesOfDay(_ engine: TestEngine, _ text: String) async throws {
        let time = try #require(LocalTime(text))
        #expect(try await self.roundTrip(time, ["time"], on: engine) == time)
    }

    @Test(arguments: TestEngine.allCases)
    func documents(_ engine: TestEngine) async throws {
        // Members stand as PostgreSQL's jsonb sorts them: it keeps no order of its own.
        let document: JSON = ["a": [1, "ü\n🙂\u{7F}", .null, true], "id": "1", "nested": ["z": [:]]]
        #expect(try await self.roundTrip(document, ["json"], on: engine) == document)
    }

    @Test(arguments: TestEngine.allCases)
    func bytes(_ engine: TestEngine) async throws {
        for bytes in [[], [0], Array(UInt8.min...UInt8.max)] {
            #expect(try await self.roundTrip(bytes, ["bytes"], on: engine) == bytes)
        }
    }

    @Test(arguments: TestEngine.allCases)
    func textOfTenMegabytes(_ engine: TestEngine) async throws {
        let text = String(repeating: "0123456789abcdeü", count: 10_000_000 / 17)

        let read = try #require(try await self.roundTrip(text, ["text"], on: engine))

        #expect(read.utf8.count == text.utf8.count)
        #expect(read.utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: TestEngine.allCases)
    func nullIsAbsenceAndNeitherEmptyNorZero(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in
                try tx.execute(
                    """
                    INSERT INTO \(Shop.samples) (organization_id, id, text, integer, json)
                    VALUES (\(Shop.north), \(1), \(nil as String?), \(nil as Int?), \(nil as JSON?)),
                        (\(Shop.north), \(2), \(""), \(0), \(JSON.null))
                    """)
            }
            let found = try await shop.read { tx in
                var found: [[Bool]] = []
                try tx.forEach(
                    "SELECT text, integer, json FROM \(Shop.samples) WHERE organization_id = \(Shop.north) ORDER BY id"
                ) { row in
                    let text: String? = try row.nextIfPresent()
                    let integer: Int? = try row.nextIfPresent()
                    let json: JSON? = try row.nextIfPresent()
                    found.append([text == nil, integer == nil, json == nil])
                }
                return found
            }
            #expect(found == [[true, true, true], [false, false, false]])
        }
    }

    @Test(arguments: TestEngine.allCases, ["\0", "before\0after"])
    func zeroCharactersAreRefused(_ engine: TestEngine, _ text: String) async throws {
        try await withShop(engine) { shop in
            let error = await failure { try await shop.write { try $0.addShelf(1, text) } }

            let labels = try await shop.labels()

            #expect(storageCode(of: error) == .invalidText)
            #expect(labels == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func zeroCharactersInDocumentsAreRefused(_ engine: TestEngine) async throws {
        let error = await failure { _ = try await self.roundTrip(JSON.object(["a": "\0"]), ["json"], on: engine) }

        #expect(storageCode(of: error) == .invalidText)
    }

    @Test(arguments: TestEngine.allCases)
    func aRowThatIsReadAsSomethingElseSaysSo(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { try $0.addShelf(1, "a") }
            let query: SQL = "SELECT label FROM \(Shop.shelves) WHERE organization_id = \(Shop.north)"

            let wrongType = await failure { _ = try await shop.read { try $0.value(query, as: ID<Shop>.self) } }
            let tooMany = await failure {
                try await shop.read { tx in
                    try tx.forEach(query) { row in
                        try row.skip()
                        try row.skip()
                    }
                }
            }

            #expect(message(of: wrongType) == "column 1 is not a UUID")
            #expect(message(of: tooMany) == "the row has only 1 columns")
        }
    }

    @Test(arguments: TestEngine.allCases)
    func listsBindEachValueAndEmptyOnesMatchNothing(_ engine: TestEngine) async throws {
        try await withShop(engine) { shop in
            try await shop.write { tx in for id in 1...5 { try tx.addShelf(id, "s\(id)") } }

            func ids(_ list: [Int]) async throws -> [Int] {
                try await shop.read { tx in
                    try tx.values(
                        """
                        SELECT id FROM \(Shop.shelves)
                        WHERE organization_id = \(Shop.north) AND id IN \(list: list) ORDER BY id
                        """)
                }
            }

            #expect(try await ids([4, 2, 9]) == [2, 4])
            #expect(try await ids([]) == [])
        }
    }

    @Test(arguments: TestEngine.allCases)
    func textSortsByBytesOnBothEngines(_ engine: TestEngine) async throws {
        let labels = ["Z", "a", "B", "ä", "z", "é", "ß", "_", "🙂", "ﬀ"]
        try await withShop(engine) { shop in
            try await shop.write { tx in for (id, label) in labels.enumerated() { try tx.addShelf(id, label) } }

            try await shop.expect(labels: labels.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        }
    }
}
