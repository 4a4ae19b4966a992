internal import Dispatch

/// Runs work that blocks on a thread of its own.
package func onOwnThread<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "almanac.storage").async { continuation.resume(with: Result { try body() }) }
    }
}
