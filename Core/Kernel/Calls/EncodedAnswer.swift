/// What an operation answers, ready to be sent and to be kept: status, version, body.
package struct EncodedAnswer: Sendable, Equatable {
    /// The status, as the surface counts it.
    package let status: Int
    /// The version of the object that is shown, where it has one.
    package let version: Int?
    /// The encoded output.
    package let body: [UInt8]

    package init(status: Int, version: Int? = nil, body: [UInt8]) {
        self.status = status
        self.version = version
        self.body = body
    }

    /// The form of ``bytes``, so that another one can follow.
    private static let form: UInt8 = 1

    /// The answer as it is kept: form, status and version in a fixed size, then the body.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [Self.form, self.version == nil ? 0 : 1]
        for number in [Int64(self.status), Int64(self.version ?? 0)] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: number >> shift))
            }
        }
        return bytes + self.body
    }

    /// Reads an answer that was kept; `nil` when it has another form.
    init?(bytes: [UInt8]) {
        guard bytes.count >= 18, bytes[0] == Self.form else { return nil }
        func number(at place: Int) -> Int64 { bytes[place..<(place + 8)].reduce(0) { $0 << 8 | Int64($1) } }
        self.init(
            status: Int(number(at: 2)), version: bytes[1] == 1 ? Int(number(at: 10)) : nil,
            body: Array(bytes.dropFirst(18)))
    }
}
