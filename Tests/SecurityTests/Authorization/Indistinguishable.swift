import AlmanacSurface
import AlmanacTestKit

/// Whether two answers tell apart what nobody may tell apart: an object that is hidden and one that has never been.
enum Indistinguishable {
    /// The answer as bytes without what may differ: the request's own number, and identifiers that the request named.
    static func essence(_ answer: APIAnswer, without object: String) -> String {
        let headers = answer.response.headers.map { header in
            let value = header.name == "x-request-id" ? "" : header.value
            return "\(header.name): \(Self.text(value, without: object))"
        }
        let body = String(decoding: answer.response.body, as: UTF8.self)
        return "\(answer.status)\n" + headers.joined(separator: "\n") + "\n\n" + Self.text(body, without: object)
    }

    private static func text(_ text: String, without object: String) -> String {
        text.split(separator: object, omittingEmptySubsequences: false).joined(separator: "{object}")
    }
}
