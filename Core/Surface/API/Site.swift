/// Pages of the host's own for people with browsers: everything below one address.
///
/// A site has no way to the database. Whatever it shows and does, it asks the API for, by requests on behalf of whoever
/// looks at it, so that nothing can be done there that the API would refuse.
package protocol Site: Sendable {
    /// The first segment of its addresses, which is also what its requests are counted as.
    var name: String { get }

    /// Answers a request, whatever it is, with all headers but those of the transport.
    ///
    /// What goes on for as long as somebody listens it passes on as the API gave it: ``APIResponse/live``.
    func respond(to request: APIRequest, through api: API) async -> APIResponse
}

extension Site {
    /// Whether a path leads to this site.
    func owns(_ path: String) -> Bool { path == "/\(self.name)" || path.hasPrefix("/\(self.name)/") }
}
