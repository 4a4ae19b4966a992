/// Names a service by the type its users see; declared in the contract module of the plugin that provides it.
///
/// ```swift
/// extension ServiceKey where Service == any BookingLookup {
///     public static var bookingLookup: Self { Self("lookup", of: .bookings) }
/// }
/// ```
public struct ServiceKey<Service: Sendable>: Sendable {
    /// The plugin that provides it.
    public let owner: PluginID
    /// The name within that plugin.
    public let name: String

    /// Names a service.
    public init(_ name: String, of owner: PluginID) {
        self.name = name
        self.owner = owner
    }

    var path: String { "\(self.owner).\(self.name)" }
}

/// Offers a service to the plugins that list this one in `needs` or `optional`.
///
/// A service runs in its caller's transaction; it enters its own room with ``Kernel/entering(_:)-(Transaction)``.
public struct Provides<Service: Sendable>: Contribution {
    let key: ServiceKey<Service>
    let service: Service

    /// Offers `service` under `key`.
    public init(_ key: ServiceKey<Service>, _ service: Service) {
        self.key = key
        self.service = service
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "service \(self.key.path)" }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func problems(in graph: Graph, owner: Declaration) -> [String] {
        self.key.owner == owner.id ? [] : ["its key belongs to \(self.key.owner): only that plugin can provide it"]
    }
}

/// A service whose type has been forgotten.
protocol AnyProvides {
    var path: String { get }
    var erased: any Sendable { get }
}

extension Provides: AnyProvides {
    var path: String { self.key.path }
    var erased: any Sendable { self.service }
}
