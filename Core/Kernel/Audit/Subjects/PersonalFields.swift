internal import AlmanacStorage

/// What an entry says about a person besides naming them: from where they called, and with what.
struct PersonalFields: Sendable, Equatable {
    /// The network address.
    let address: String?
    /// What the caller's program called itself.
    let userAgent: String?

    init(address: String?, userAgent: String?) {
        self.address = address
        self.userAgent = userAgent
    }

    /// Those of an origin; `nil` when it tells nothing.
    init?(_ origin: Origin) {
        guard origin.address != nil || origin.userAgent != nil else { return nil }
        self.init(address: origin.address, userAgent: origin.userAgent)
    }

    /// What is sealed is filled up to a multiple of this, so that its length does not tell one program from another.
    private static let block = 64

    /// The fields as they are sealed: JSON with spaces behind it.
    var padded: [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key("address")
            if let address = self.address { writer.string(address) } else { writer.null() }
            writer.key("userAgent")
            if let agent = self.userAgent { writer.string(agent) } else { writer.null() }
        }
        let bytes = writer.bytes
        let rest = bytes.count % Self.block
        return rest == 0 ? bytes : bytes + [UInt8](repeating: UInt8(ascii: " "), count: Self.block - rest)
    }

    /// Reads what ``padded`` gave; `nil` when it is something else.
    init?(padded bytes: [UInt8]) {
        guard let document = try? JSON(parsing: bytes), document.object != nil else { return nil }
        self.init(address: document["address"]?.string, userAgent: document["userAgent"]?.string)
    }

    /// As exports show them.
    var json: JSON {
        [
            "address": self.address.map { .string($0) } ?? .null,
            "userAgent": self.userAgent.map { .string($0) } ?? .null,
        ]
    }
}
