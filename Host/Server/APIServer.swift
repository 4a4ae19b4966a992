public import AlmanacSurface
internal import Foundation
internal import Hummingbird
internal import HummingbirdCore
public import Logging
internal import NIOCore
public import ServiceLifecycle

/// Serves an API over HTTP/1.1 until it is told to stop; then it finishes the requests in flight.
public struct APIServer: Service {
    private let api: API
    private let settings: ServerSettings
    private let logger: Logger
    private let onListening: @Sendable (String, Int) async -> Void

    /// - Parameters:
    ///   - api: What is served.
    ///   - settings: Where and within which limits.
    ///   - logger: Where the log goes.
    ///   - onListening: Called once with the address and the port when connections are accepted.
    public init(
        api: API, settings: ServerSettings, logger: Logger,
        onListening: @escaping @Sendable (String, Int) async -> Void = { _, _ in }
    ) {
        self.api = api
        self.settings = settings
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until graceful shutdown.
    ///
    /// - Throws: ``ListenError`` when the address cannot be had.
    public func run() async throws {
        let settings = self.settings
        let timeout = TimeAmount.seconds(Int64(settings.requestTimeoutSeconds))
        let handlers = self.connectionHandlers()
        let application = Application(
            responder: APIResponder(api: self.api, settings: settings),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: handlers(),
                    idleTimeout: timeout,
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: settings.maximumHeaderBytes, maxHeaderListSize: settings.maximumHeaderBytes,
                        maxHeaderFieldCount: 100))),
            configuration: .init(
                address: .hostname(settings.host, port: settings.port), serverName: nil,
                availableConnectionsDelegate: MaximumAvailableConnections(settings.maximumConnections)),
            onServerRunning: { channel in
                await self.onListening(settings.host, channel.localAddress?.port ?? settings.port)
            },
            logger: self.logger)
        do {
            try await withGracefulShutdownHandler {
                try await application.run()
            } onGracefulShutdown: {
                // They would go on for ever, and the server ends with its last answer.
                self.api.endStreams()
            }
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw ListenError(host: settings.host, port: settings.port, reason: reason)
        } catch is SocketAddressError.UnknownHost {
            throw ListenError(host: settings.host, port: settings.port, reason: "no such address is known")
        }
    }

    /// Makes what stands between the sockets and the API, anew for each connection; the first is nearest to the socket.
    private func connectionHandlers() -> @Sendable () -> [any RemovableChannelHandler] {
        let (api, settings) = (self.api, self.settings)
        let register = ConnectionRegister(
            limit: settings.maximumConnectionsPerAddress, exempt: settings.uncountedAddresses)
        return {
            [
                ConnectionGate(register) { api.tooManyConnections },
                DeadlineHandler(
                    headTimeout: .seconds(Int64(settings.headTimeoutSeconds)),
                    answerTimeout: .seconds(Int64(settings.answerTimeoutSeconds))),
                LingeringCloseHandler(), MalformedRequestHandler(api),
            ]
        }
    }
}

/// The address cannot be listened on.
public struct ListenError: Error, CustomStringConvertible {
    /// The address.
    public let host: String
    /// The port.
    public let port: Int
    /// What the operating system says.
    public let reason: String

    /// What happened and what to do.
    public var description: String {
        let listening =
            "cannot listen on \(self.host):\(self.port): \(self.reason). Choose another address by --host or --port"
        return (1..<1_024).contains(self.port)
            ? "\(listening): below 1024 only an administrator may listen, so put a web server there that passes requests on"
            : "\(listening), or stop the program that uses this one"
    }
}
