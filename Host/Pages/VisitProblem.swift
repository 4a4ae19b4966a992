/// Why a page cannot be shown, or what a form asks for not be done.
package enum VisitProblem: Error {
    /// Nothing is there, or nothing that the visitor may see.
    case notFound
    /// Nobody has signed in.
    case signedOut
    /// The session is being renewed by another request: the browser has it in a moment.
    case renewing
    /// A form was not one of ours.
    case forged
    /// A form has more rows than one may have.
    case tooLong
    /// Too many requests.
    case busy
    /// The contributions do not fit the endpoints.
    case unfit(String)
    /// Something else, with the request under which it was logged.
    case failed(String)

    /// The problem that an answer of the API means to whoever wanted to read something; `nil` when it is none.
    package init?(reading answer: PageClient.Answer) {
        switch answer.status {
        case 200...299: return nil
        case 401: self = .signedOut
        case 403, 404, 422: self = .notFound
        case 429: self = .busy
        default: self = .failed(answer.requestID)
        }
    }
}
