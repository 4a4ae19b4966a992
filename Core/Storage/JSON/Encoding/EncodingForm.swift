internal import Synchronization

/// How the values of one type are written; found once a type, since asking the runtime for a conformance takes
/// longer than writing the value.
enum EncodingForm: Sendable {
    /// They write themselves.
    case streamable(any StreamedType)
    /// A dictionary from text.
    case map
    /// A field that may be left out.
    case omittable
    /// Through `Encodable`.
    case plain

    /// What has been found, for the process: types are written by programmers, so their number is bounded.
    private static let known = Mutex<[ObjectIdentifier: EncodingForm]>([:])

    static func of(_ type: Any.Type) -> EncodingForm {
        let id = ObjectIdentifier(type)
        if let form = Self.known.withLock({ $0[id] }) { return form }
        let form = Self.found(type)
        Self.known.withLock { $0[id] = form }
        return form
    }

    private static func found(_ type: Any.Type) -> EncodingForm {
        switch type {
        case let type as any JSONStreamable.Type: .streamable(Self.streamed(type))
        case is any EncodableMap.Type: .map
        case is any JSONOmittable.Type: .omittable
        default: .plain
        }
    }

    private static func streamed<Value: JSONStreamable>(_ type: Value.Type) -> any StreamedType {
        KnownStreamedType<Value>()
    }
}

/// Writes values of a type that is known to those who conform only.
protocol StreamedType: Sendable {
    /// Writes the value at `value`, which is of the type this was made for.
    func write(_ value: UnsafeRawPointer, to writer: inout JSONWriter)
}

private struct KnownStreamedType<Value: JSONStreamable>: StreamedType {
    func write(_ value: UnsafeRawPointer, to writer: inout JSONWriter) {
        value.assumingMemoryBound(to: Value.self).pointee.write(to: &writer)
    }
}

/// A dictionary from text, written with its keys sorted.
protocol EncodableMap {
    func encodeMembers(to stream: EncodingStream) throws
}

extension Dictionary: EncodableMap where Key == String, Value: Encodable {
    func encodeMembers(to stream: EncodingStream) throws {
        let depth = stream.depth
        stream.begin(isObject: true, at: depth)
        for (name, value) in self.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            stream.key(name)
            try stream.encode(value)
        }
        stream.close(to: depth)
    }
}
