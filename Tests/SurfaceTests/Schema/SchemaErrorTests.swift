internal import AlmanacStorage
internal import AlmanacSurface
internal import Foundation
internal import Testing

/// Types that no schema can be told from.
private enum Unfit {
    enum Payload: Codable {
        case one(Int)
        case two
    }
    enum Plain: Codable { case one, two }
    enum Named: String, Codable { case one, two }
    enum Listed: String, Codable, CaseIterable { case one, two }
    enum Counted: Int, Codable { case zero, one }

    final class Node: Codable {
        let next: [Node]
    }

    struct Circle: Codable {
        let others: [Circle]
    }

    struct Validating: Codable {
        let text: String

        init(from decoder: any Decoder) throws {
            self.text = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .text)
            guard !self.text.isEmpty else { throw ValueRefusal(code: "empty", detail: "must not be empty") }
        }
    }

    struct Branching: Codable {
        let text: String

        enum CodingKeys: CodingKey { case text, old }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.text = try container.decode(String.self, forKey: container.contains(.old) ? .old : .text)
        }

        func encode(to encoder: any Encoder) throws {}
    }

    struct Union: Codable {
        let text: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                self.text = String(try container.decode(Int.self))
            }
        }
    }

    struct Swallowing: Codable {
        let date: Date?

        init(from decoder: any Decoder) throws {
            self.date = try? decoder.container(keyedBy: CodingKeys.self).decode(Date.self, forKey: .date)
        }
    }

    struct Tuple: Codable {
        let first: Int

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            self.first = try container.decode(Int.self)
        }
    }

    struct Holds<Value: Codable>: Codable { let value: Value }
    struct HoldsIfPresent<Value: Codable>: Codable { let value: Value? }
}

struct SchemaErrorTests {
    private static func reason<Value: Decodable>(_ type: Value.Type) -> String {
        var registry = SchemaRegistry()
        do throws(SchemaError) {
            _ = try registry.schema(of: type)
            return "none"
        } catch {
            #expect(registry.components.isEmpty)
            return error.description
        }
    }

    @Test func refusesTheTypesOfFoundation() {
        #expect(Self.reason(Unfit.Holds<Date>.self).contains("Date: the types of Foundation"))
        #expect(Self.reason(Unfit.HoldsIfPresent<Date>.self).contains("Date: the types of Foundation"))
        #expect(Self.reason(Unfit.Holds<Data>.self).contains("Data: the types of Foundation"))
        #expect(Self.reason(Unfit.Holds<[URL]>.self).contains("URL: the types of Foundation"))
        #expect(Self.reason(UUID.self).contains("UUID: the types of Foundation"))
        #expect(Self.reason(Decimal.self).contains("Decimal: the types of Foundation"))
        #expect(Self.reason(Unfit.Swallowing.self).contains("Date: the types of Foundation"))
    }

    @Test func refusesEnumsThatDoNotListTheirCases() {
        #expect(Self.reason(Unfit.Payload.self).contains("an enum with values or a hand-written init(from:)"))
        #expect(Self.reason(Unfit.Plain.self).contains("an enum with values or a hand-written init(from:)"))
        #expect(Self.reason(Unfit.Named.self).contains("conform it to APIValue (an enum to CaseIterable too)"))
        #expect(Self.reason(Unfit.Listed.self).contains("by conforming to APIValue"))
        #expect(Self.reason(Unfit.Counted.self).contains("conform it to CaseIterable and APIValue"))
    }

    @Test func refusesHandWrittenDecoding() {
        #expect(Self.reason(Unfit.Validating.self).contains("Validating: its init(from:) refuses empty values"))
        #expect(Self.reason(Unfit.Branching.self).contains("it looks whether old is there"))
        #expect(Self.reason(Unfit.Union.self).contains("it decodes itself as one value"))
        #expect(Self.reason(Unfit.Tuple.self).contains("it decodes an array by hand"))
    }

    @Test func refusesTypesThatContainThemselves() {
        #expect(Self.reason(Unfit.Circle.self).contains("Circle: it contains itself"))
        #expect(Self.reason(Unfit.Node.self).contains("Node: it contains itself"))
    }

    @Test func refusesKeysThatAreNotTextAndOtherNumbers() {
        #expect(Self.reason(Unfit.Holds<[Int: String]>.self).contains("the keys of a map must be String"))
        #expect(Self.reason(Unfit.Holds<UInt8>.self).contains("numbers of the API are"))
        #expect(Self.reason(Unfit.Holds<Float>.self).contains("numbers of the API are"))
    }

    @Test func refusesTwoTypesOfOneName() throws {
        struct Both: Codable {
            let first: Same
            let second: Inner.Same
            struct Same: Codable { let a: Int }
            struct Inner: Codable { struct Same: Codable { let a: Int } }
        }
        // Private and local types share one name once what the compiler says of them is dropped.
        func one() -> any Codable.Type {
            struct Twin: Codable { let a: Int }
            return Twin.self
        }
        func two() -> any Codable.Type {
            struct Twin: Codable { let b: Int }
            return Twin.self
        }
        var registry = SchemaRegistry()
        _ = try registry.schema(of: Both.self)
        _ = try registry.schema(of: one())
        let error = #expect(throws: SchemaError.self) { try registry.schema(of: two()) }

        #expect(error?.reason.contains("another type takes the name") == true)
        #expect(registry.components.count == 4)
    }

    @Test func refusesConstraintsThatDoNotFit() {
        struct Unknown: APIInput {
            let a: Int
            static let constraints: [String: Constraint] = ["b": .integer(1...2)]
        }
        struct Misfit: APIInput {
            let a: Int
            static let constraints: [String: Constraint] = ["a": .text(1...2)]
        }
        struct MisfitItems: APIInput {
            let a: String
            static let constraints: [String: Constraint] = ["a": .items(1...2)]
        }
        struct WrongDefault: APIInput {
            let a: Int
            static let constraints: [String: Constraint] = ["a": .field(default: "x")]
        }
        struct OutOfRange: APIInput {
            let a: Int
            static let constraints: [String: Constraint] = ["a": .integer(1...2, default: 3)]
        }

        #expect(Self.reason(Unknown.self).contains("constraints on b, which is no field of it"))
        #expect(Self.reason(Misfit.self).contains("the constraint on a states a limit"))
        #expect(Self.reason(MisfitItems.self).contains("the constraint on a states a limit"))
        #expect(Self.reason(WrongDefault.self).contains("the default of a is no value of it"))
        #expect(Self.reason(OutOfRange.self).contains("the default of a is no value of it"))
    }

    @Test func namesTheInnermostType() {
        struct Deep: Codable {
            let list: [Unfit.Holds<[String: Unfit.HoldsIfPresent<Date>]>]
        }

        #expect(Self.reason(Deep.self).hasPrefix("no schema for Foundation"))
    }
}
