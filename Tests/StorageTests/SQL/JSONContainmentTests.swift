import AlmanacTestKit
import Testing

@testable import AlmanacStorage

/// Both engines say of a document the same about what it holds: what PostgreSQL's `@>` says.
struct JSONContainmentTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let document: JSON
        let other: JSON
        let isHeld: Bool
        var testDescription: String { "\(self.document) \(self.isHeld ? "@>" : "not @>") \(self.other)" }
    }

    static let cases: [Case] = [
        Case(document: ["a": "x", "b": 1], other: ["a": "x"], isHeld: true),
        Case(document: ["a": "x"], other: ["a": "x", "b": 1], isHeld: false),
        Case(document: ["a": "x"], other: ["a": "X"], isHeld: false),
        Case(document: ["a": "x"], other: [:], isHeld: true),
        Case(document: [:], other: ["a": .null], isHeld: false),
        Case(document: ["a": .null], other: ["a": .null], isHeld: true),
        Case(document: ["a": 1], other: ["a": 1.0], isHeld: true),
        Case(document: ["a": 10], other: ["a": 1], isHeld: false),
        Case(document: ["a": 1], other: ["a": "1"], isHeld: false),
        Case(document: ["a": true], other: ["a": true], isHeld: true),
        Case(document: ["a": true], other: ["a": 1], isHeld: false),
        Case(document: ["a": ["x", "y"]], other: ["a": ["y"]], isHeld: true),
        Case(document: ["a": ["x", "y"]], other: ["a": ["y", "x", "x"]], isHeld: true),
        Case(document: ["a": ["x", "y"]], other: ["a": ["x", "z"]], isHeld: false),
        // A plain value in an array is found at the top only.
        Case(document: ["a": ["x", "y"]], other: ["a": "x"], isHeld: false),
        Case(document: ["x", "y"], other: "x", isHeld: true),
        Case(document: "x", other: ["x"], isHeld: false),
        Case(document: [["name": "a", "type": "text"]], other: [["name": "a"]], isHeld: true),
        Case(document: [["name": "a"], ["type": "text"]], other: [["name": "a", "type": "text"]], isHeld: false),
        Case(document: ["a": ["b": ["c": 1, "d": 2]]], other: ["a": ["b": ["c": 1]]], isHeld: true),
    ]

    @Test(arguments: Self.cases)
    func documentsHoldOthers(_ item: Case) {
        #expect(item.document.contains(item.other) == item.isHeld)
    }

    @Test(arguments: TestEngine.allCases)
    func enginesAgree(_ engine: TestEngine) async throws {
        for item in Self.cases {
            let found = try await withShop(engine) { shop in
                try await shop.write { tx in
                    try tx.execute(
                        """
                        INSERT INTO \(Shop.samples) (organization_id, id, json)
                        VALUES (\(Shop.north), \(1), \(item.document))
                        """)
                }
                return try await shop.read { tx in
                    try tx.value(
                        """
                        SELECT count(*) FROM \(Shop.samples)
                        WHERE organization_id = \(Shop.north) AND \(SQL.contains("json", item.other))
                        """, as: Int.self)
                }
            }
            #expect(found == (item.isHeld ? 1 : 0), "\(item.testDescription)")
        }
    }
}
