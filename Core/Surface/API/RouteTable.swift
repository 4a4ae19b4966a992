internal import AlmanacKernel

/// Finds the endpoint for a method and a path: a tree of path segments that never changes.
///
/// A literal segment wins over a parameter at the same place, so that `/bookings/next` and `/bookings/{id}` can stand
/// side by side.
struct RouteTable: Sendable {
    /// An endpoint with the plugin it belongs to.
    struct Route: Sendable {
        let owner: PluginID
        let endpoint: Endpoint
        let path: String
    }

    /// What a path leads to.
    enum Match {
        case found(Route, parameters: [(name: String, value: String)])
        /// The path exists, but not with this method.
        case wrongMethod(allowed: [String])
        case nothing
    }

    private struct Node: Sendable {
        var literals: [String: Node] = [:]
        var parameter: [Node] = []
        var routes: [String: Route] = [:]
    }

    private var root = Node()
    private(set) var all: [Route] = []
    private(set) var problems: [Problem] = []

    init(_ routes: [Route]) {
        for route in routes {
            let segments = route.path.split(separator: "/").map(String.init)
            if Self.insert(route, segments[...], &self.root) {
                self.all.append(route)
            } else {
                self.problems.append(
                    Problem(
                        place: "plugin \(route.owner), \(route.endpoint.label)",
                        message: "another endpoint stands at \(route.endpoint.method.rawValue) \(route.path) already"))
            }
        }
    }

    private static func insert(_ route: Route, _ segments: ArraySlice<String>, _ node: inout Node) -> Bool {
        guard let first = segments.first else {
            return node.routes.updateValue(route, forKey: route.endpoint.method.rawValue) == nil
        }
        if first.hasPrefix("{") {
            if node.parameter.isEmpty { node.parameter.append(Node()) }
            return self.insert(route, segments.dropFirst(), &node.parameter[0])
        }
        return self.insert(route, segments.dropFirst(), &node.literals[first, default: Node()])
    }

    /// Finds what a method and a path lead to; the path comes as its segments, percent-decoded.
    func match(_ method: String, _ segments: [String]) -> Match {
        var values: [String] = []
        guard let node = Self.find(segments[...], self.root, &values) else { return .nothing }
        // HEAD is GET without the body (RFC 9110 §9.3.2).
        guard let route = node.routes[method == "HEAD" ? "GET" : method] else {
            let allowed = node.routes.keys.sorted()
            return .wrongMethod(allowed: allowed.contains("GET") ? allowed + ["HEAD"] : allowed)
        }
        return .found(route, parameters: zip(route.endpoint.pathParameters, values).map { ($0, $1) })
    }

    private static func find(_ segments: ArraySlice<String>, _ node: Node, _ values: inout [String]) -> Node? {
        guard let first = segments.first else { return node.routes.isEmpty ? nil : node }
        if let next = node.literals[first], let found = self.find(segments.dropFirst(), next, &values) { return found }
        guard let next = node.parameter.first else { return nil }
        values.append(first)
        if let found = self.find(segments.dropFirst(), next, &values) { return found }
        values.removeLast()
        return nil
    }
}
