internal import AlmanacSurface

extension API {
    /// The answer to what is not HTTP.
    static var notHTTP: APIResponse {
        Self.transportProblem(400, "not_http", "this is not a valid HTTP/1.1 request")
    }
}
