internal import AlmanacStorage

/// How the values of one type are written; found once a type and run, since asking the runtime for a conformance takes
/// longer than writing the value.
enum EncodingForm {
    /// They write themselves.
    case streamable(StreamedType)
    /// A dictionary from text.
    case map
    /// A field that may be left out.
    case patch
    /// Through `Encodable`.
    case plain

    static func of(_ type: Any.Type) -> EncodingForm {
        switch type {
        case let type as any JSONStreamable.Type: .streamable(Self.streamed(type))
        case is any EncodableMap.Type: .map
        case is any Patchable.Type: .patch
        default: .plain
        }
    }

    private static func streamed<Value: JSONStreamable>(_ type: Value.Type) -> StreamedType {
        KnownStreamedType<Value>()
    }
}

/// Writes values of a type that is known to the subclass only.
class StreamedType {
    /// Writes the value at `value`, which is of the type this was made for.
    func write(_ value: UnsafeRawPointer, to writer: inout JSONWriter) {}
}

private final class KnownStreamedType<Value: JSONStreamable>: StreamedType {
    override func write(_ value: UnsafeRawPointer, to writer: inout JSONWriter) {
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
