/// A request that cannot be run at all: no endpoint, no JSON, no such organization.
struct RequestFault: Error, CustomStringConvertible {
    let status: Int
    let code: String
    let detail: String
    let headers: [(name: String, value: String)]

    init(_ status: Int, _ code: String, _ detail: String, headers: [(name: String, value: String)] = []) {
        self.status = status
        self.code = code
        self.detail = detail
        self.headers = headers
    }

    var description: String { "\(self.status) \(self.code): \(self.detail)" }
}
