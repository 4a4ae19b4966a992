package import AlmanacStorage
package import Tracing

/// An engine that leaves a span for each transaction, below the one of its request.
///
/// It stands in front of the real engine and changes nothing. The time of a span includes waiting for a connection or
/// for the writer. Statements are not told: they may hold what callers sent.
package struct TracedEngine: DatabaseEngine {
    private let engine: any DatabaseEngine
    private let tracer: any Tracer
    private let system: String

    /// - Parameters:
    ///   - engine: What does the work.
    ///   - tracer: Takes the spans.
    package init(_ engine: any DatabaseEngine, _ tracer: any Tracer) {
        self.engine = engine
        self.tracer = tracer
        // The well-known names of the semantic conventions.
        self.system = engine.name == "postgres" ? "postgresql" : engine.name
    }

    package var name: String { self.engine.name }

    package func write<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (Transaction) throws -> T
    ) async throws -> T {
        try await self.traced(self.tracer, "write", request) { try await self.engine.write(request, body) }
    }

    package func read<T: Sendable>(
        _ request: TransactionRequest, _ body: @escaping @Sendable (ReadTransaction) throws -> T
    ) async throws -> T {
        try await self.traced(self.tracer, "read", request) { try await self.engine.read(request, body) }
    }

    package func maintain<T: Sendable>(
        _ body: @escaping @Sendable (any MaintenanceConnection) throws -> T
    ) async throws -> T { try await self.engine.maintain(body) }

    package func close() async { await self.engine.close() }

    /// Named as the semantic conventions want it: the operation and what it works on, here the plugin's room.
    ///
    /// Of a failure only the code is told: errors may hold what callers sent. What a rule refused is no failure.
    private func traced<T: Sendable, Backend: Tracer>(
        _ tracer: Backend, _ operation: String, _ request: TransactionRequest, _ body: () async throws -> T
    ) async throws -> T {
        let room = request.namespace.name
        let span = tracer.startSpan("\(operation) \(room)", context: .current ?? .topLevel, ofKind: .client)
        defer { span.end() }
        span.updateAttributes { attributes in
            attributes["db.system.name"] = self.system
            attributes["db.operation.name"] = operation
            attributes["db.namespace"] = room
        }
        do {
            return try await body()
        } catch {
            if let code = error.storageError?.code {
                span.attributes["error.type"] = "\(code)"
                span.setStatus(SpanStatus(code: .error))
            } else {
                span.attributes["almanac.outcome"] = "refused"
            }
            throw error
        }
    }
}
