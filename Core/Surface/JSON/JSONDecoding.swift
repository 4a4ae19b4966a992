public import AlmanacStorage

/// Strict decoding of a JSON document into a type, which reports everything that is wrong and not the first thing only.
///
/// Refused are unknown fields, `1.0` for an integer, numbers out of range, text and arrays beyond their limits (2,000
/// code points and 1,000 items unless the input constrains them otherwise), and whatever a leaf's schema or its
/// `init(from:)` refuses. After an error decoding goes on with a value made up for the place, so that an `init(from:)`
/// may run on a value nobody sent; its own complaints are then left out.
public enum JSONDecoding {
    /// How to decode.
    public struct Options: Sendable, Equatable {
        /// Which fields of the document came as text from the path or the query.
        ///
        /// There `"42"` stands for an integer, `"true"` for a boolean, one text for an array of one.
        public enum Lenience: Sendable, Equatable {
            /// None: all came as JSON.
            case none
            /// All of them.
            case all
            /// The fields with these names.
            case fields(Set<String>)
        }

        /// Which fields came as text.
        public var lenience: Lenience
        /// How many errors to collect before giving up; at least 1.
        public var maximumErrors: Int

        /// States how to decode.
        public init(lenience: Lenience = .none, maximumErrors: Int = 50) {
            self.lenience = lenience
            self.maximumErrors = max(maximumErrors, 1)
        }

        func isLenient(_ name: String) -> Bool {
            switch self.lenience {
            case .none: false
            case .all: true
            case .fields(let names): names.contains(name)
            }
        }
    }

    /// Decodes a document.
    ///
    /// - Throws: ``InvalidInput`` with everything that is wrong.
    public static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self, from json: JSON, options: Options = Options()
    ) throws(InvalidInput) -> Value {
        try self.decode(type, from: json, under: nil, options: options)
    }

    /// Decodes a document that is one field of an input.
    static func decode<Value: Decodable>(
        _ type: Value.Type, from json: JSON, under constraint: Constraint?, options: Options = Options()
    ) throws(InvalidInput) -> Value {
        let session = DecodingSession(options: options)
        let place = DecodingPlace(
            parent: nil, step: nil, json: json, constraint: constraint, isLenient: options.lenience == .all)
        let value = try? session.decode(type, at: place)
        if let value, session.errors.isEmpty { return value }
        throw InvalidInput(session.errors)
    }
}
