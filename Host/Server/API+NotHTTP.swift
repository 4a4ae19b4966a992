internal import AlmanacSurface

extension API {
    /// The answer to what is not HTTP.
    var notHTTP: APIResponse {
        self.transportProblem(400, "not_http", "this is not a valid HTTP/1.1 request")
    }

    /// The answer to a connection beyond those that one address may have.
    var tooManyConnections: APIResponse {
        self.transportProblem(
            429, "too_many_connections", "too many connections from your network address: close some, or use them again"
        )
    }
}
