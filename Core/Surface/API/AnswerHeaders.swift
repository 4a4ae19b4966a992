/// What every answer tells the browser that shows it, whatever the answer is.
///
/// The API serves data, never documents: nothing of an answer may be run, framed, guessed at or kept. The list follows
/// OWASP ASVS 5.0 section 3.4 and the OWASP REST Security Cheat Sheet.
enum AnswerHeaders {
    private static let policy = [
        "default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'", "object-src 'none'",
        "sandbox",
    ].joined(separator: "; ")

    /// The headers of every answer.
    ///
    /// - Parameter isHTTPS: Whether callers reach the deployment by TLS: then browsers are told never to come without.
    /// - Returns: Names and values.
    static func standing(isHTTPS: Bool) -> [(name: String, value: String)] {
        var headers = [
            (name: "cache-control", value: "no-store"),
            (name: "x-content-type-options", value: "nosniff"),
            (name: "content-security-policy", value: Self.policy),
            (name: "x-frame-options", value: "DENY"),
            (name: "referrer-policy", value: "no-referrer"),
            (name: "cross-origin-resource-policy", value: "same-origin"),
            (name: "cross-origin-opener-policy", value: "same-origin"),
        ]
        if isHTTPS { headers.append(("strict-transport-security", "max-age=31536000; includeSubDomains")) }
        return headers
    }
}
