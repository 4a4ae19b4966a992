public import AlmanacStorage

/// One event as it came over the wire.
public struct LiveMessage: Sendable {
    /// What it is: `message`.
    public let name: String
    /// Its `id`, if it had one of its own.
    public let id: String?
    /// What it carries, as text.
    public let text: String

    /// What it carries; `null` when that is no JSON.
    public var data: JSON { (try? JSON(parsing: Array(self.text.utf8))) ?? .null }
}

extension LiveMessage: CustomStringConvertible {
    /// Name, id and text.
    public var description: String { "\(self.name) #\(self.id ?? "-") \(self.text)" }
}

/// Reads a stream of events as browsers do (WHATWG HTML §9.2.6), as far as ours go: lines end in a line feed.
public struct LiveParser: Sendable {
    /// Comments that have come so far.
    public private(set) var comments = 0
    /// What the stream has said last of how long to wait before connecting again, in milliseconds.
    public private(set) var retryMilliseconds: Int?
    private var line: [UInt8] = []
    private var name = ""
    private var id: String?
    private var data: [String] = []

    /// Reads from the beginning.
    public init() {}

    /// Takes bytes, however they are cut, and returns the events that they complete.
    public mutating func feed(_ bytes: some Sequence<UInt8>) -> [LiveMessage] {
        var found: [LiveMessage] = []
        for byte in bytes {
            guard byte == UInt8(ascii: "\n") else {
                self.line.append(byte)
                continue
            }
            defer { self.line = [] }
            if self.line.isEmpty {
                found += self.dispatch()
            } else {
                self.take(String(decoding: self.line, as: UTF8.self))
            }
        }
        return found
    }

    private mutating func take(_ line: String) {
        let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = halves.count < 2 ? "" : String(halves[1].hasPrefix(" ") ? halves[1].dropFirst() : halves[1])
        switch halves[0] {
        case "": self.comments += 1
        case "event": self.name = value
        case "data": self.data.append(value)
        case "id": self.id = value
        case "retry": self.retryMilliseconds = Int(value)
        default: break
        }
    }

    private mutating func dispatch() -> [LiveMessage] {
        defer { (self.name, self.id, self.data) = ("", nil, []) }
        guard !self.data.isEmpty else { return [] }
        return [
            LiveMessage(
                name: self.name.isEmpty ? "message" : self.name, id: self.id, text: self.data.joined(separator: "\n"))
        ]
    }
}
