package import AlmanacStorage
package import AlmanacSurface

/// The session of somebody who has signed in, in cookies that all pages share.
package struct PageSession: Sendable {
    /// What became of a session that had to be renewed.
    package enum Renewal: Sendable {
        /// The tokens that hold now.
        case renewed(JSON)
        /// There is none any more.
        case over
        /// Another request is at it: the browser has them in a moment.
        case running
        /// It was asked for too often.
        case busy
    }

    /// The access token.
    package static let access = "almanac-session"
    /// The token that renews it.
    package static let refresh = "almanac-refresh"
    /// The token of the device, which second factors are not asked of each time.
    package static let device = "almanac-device"
    /// The organization that was named by whoever signed in.
    package static let organization = "almanac-organization"
    /// The secret from which the tokens of forms are made.
    package static let form = "almanac-form"

    private let cookies: Cookies

    package init(_ cookies: Cookies) { self.cookies = cookies }

    /// Exchanges the refresh token that a request brings.
    package func renew(
        _ request: APIRequest, _ client: PageClient, _ renewals: SessionRenewals
    ) async -> Renewal {
        guard let refresh = self.cookies.value(of: Self.refresh, in: request) else { return .over }
        var anonymous = client
        anonymous.authorization = nil
        let answer = await renewals.renew(refresh, anonymous)
        switch answer.status {
        case 200...299: return .renewed(answer.json)
        case 409: return .running
        case 429: return .busy
        default: return .over
        }
    }

    /// The cookies that hold the tokens of a session.
    package func keeping(_ tokens: JSON) -> [(name: String, value: String)] {
        var cookies = [
            self.cookies.setting(Self.access, to: tokens["accessToken"]?.string ?? ""),
            self.cookies.setting(Self.refresh, to: tokens["refreshToken"]?.string ?? ""),
        ]
        if let device = tokens["deviceToken"]?.string {
            cookies.append(self.cookies.setting(Self.device, to: device, seconds: 31_536_000))
        }
        return cookies
    }

    /// The cookies that forget a session.
    package var forgetting: [(name: String, value: String)] {
        [Self.access, Self.refresh].map { self.cookies.setting($0, to: "") }
    }
}
