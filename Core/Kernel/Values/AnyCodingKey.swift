/// A coding key of any name, for objects whose members are not known beforehand.
struct AnyCodingKey: CodingKey, Hashable {
    let stringValue: String

    init(_ name: String) {
        self.stringValue = name
    }

    init(stringValue: String) {
        self.init(stringValue)
    }

    var intValue: Int? { nil }

    init?(intValue: Int) {
        return nil
    }
}
