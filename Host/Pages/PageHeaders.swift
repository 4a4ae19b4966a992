package import AlmanacSurface

/// What pages tell the browsers that show them.
///
/// Scripts run only when the page itself names them, by a number that is new each time; nothing comes from elsewhere,
/// nothing is framed, and forms lead only back to us. The list follows OWASP ASVS 5.0 section 3.4.
package enum PageHeaders {
    /// The headers of a page.
    ///
    /// - Parameters:
    ///   - nonce: The number that its scripts bear.
    ///   - isHTTPS: Whether browsers come by TLS.
    ///   - embedders: Of which origins pages may show it in a frame: none, as a rule.
    /// - Returns: Names and values.
    package static func page(
        nonce: String, isHTTPS: Bool, embedders: [String] = []
    ) -> [(name: String, value: String)] {
        let framing = embedders.isEmpty ? "'none'" : "'self' " + embedders.joined(separator: " ")
        let policy = [
            "default-src 'none'", "script-src 'nonce-\(nonce)'", "style-src 'self'", "img-src 'self'",
            "connect-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors \(framing)",
            "object-src 'none'",
        ].joined(separator: "; ")
        // The older header knows no list of origins, and browsers that know the newer one ignore it beside that.
        let standing = self.standing(isHTTPS: isHTTPS).filter { embedders.isEmpty || $0.name != "x-frame-options" }
        return [
            ("content-type", "text/html; charset=utf-8"), ("cache-control", "no-store"),
            ("content-security-policy", policy),
        ] + standing
    }

    /// The headers of everything.
    package static func standing(isHTTPS: Bool) -> [(name: String, value: String)] {
        var headers = [
            (name: "x-content-type-options", value: "nosniff"), ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"), ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
        ]
        if isHTTPS { headers.append(("strict-transport-security", "max-age=31536000; includeSubDomains")) }
        return headers
    }

    /// The answer to a method that pages do not take.
    package static func wrongMethod(isHTTPS: Bool) -> APIResponse {
        APIResponse(status: 405, headers: [("allow", "GET, HEAD, POST")] + self.standing(isHTTPS: isHTTPS))
    }

    /// The headers of a file whose address changes with its bytes.
    package static func file(type: String, isChanging: Bool, isHTTPS: Bool) -> [(name: String, value: String)] {
        [
            ("content-type", type),
            ("cache-control", isChanging ? "no-store" : "public, max-age=31536000, immutable"),
            ("content-security-policy", "default-src 'none'; sandbox"),
        ] + self.standing(isHTTPS: isHTTPS)
    }
}
