package import AlmanacSurface

/// A browser without scripts: it keeps cookies, follows nothing by itself and sends forms as they stand.
package final class Browser {
    package let api: API
    /// The cookies that it keeps, by name.
    package private(set) var cookies: [String: String] = [:]
    /// What is sent with every request.
    package var headers: [(name: String, value: String)] = [
        ("host", "north.console.test"), ("accept-language", "en"),
    ]

    /// What it got.
    package struct Page {
        package let status: Int
        package let text: String
        package let headers: [(name: String, value: String)]

        package init(status: Int, text: String, headers: [(name: String, value: String)]) {
            self.status = status
            self.text = text
            self.headers = headers
        }

        /// The first header of this name.
        package func header(_ name: String) -> String? { self.headers.first { $0.name == name }?.value }

        /// The value of the first hidden field of this name.
        package func hidden(_ name: String) -> String? {
            guard let place = self.text.firstRange(of: "name=\"\(name)\" value=\"") else { return nil }
            return String(self.text[place.upperBound...].prefix { $0 != "\"" }).replacing("&quot;", with: "\"")
        }
    }

    package init(_ api: API) { self.api = api }

    /// Fetches a page.
    package func get(_ target: String) async -> Page { await self.send("GET", target, []) }

    /// Sends fields of a form.
    package func post(
        _ target: String, _ fields: [(String, String)], headers: [(name: String, value: String)] = []
    ) async -> Page {
        let body = fields.map { "\(RequestText.encoded($0.0))=\(RequestText.encoded($0.1))" }.joined(separator: "&")
        return await self.send(
            "POST", target, Array(body.utf8), [("content-type", "application/x-www-form-urlencoded")] + headers)
    }

    /// Sends a form of a page with the token that stands in it.
    package func submit(_ page: Page, to target: String, _ fields: [(String, String)]) async -> Page {
        let hidden = ["csrf", "version", "once"].compactMap { name in page.hidden(name).map { (name, $0) } }
        return await self.post(target, hidden + fields)
    }

    /// Signs somebody in on the page for that.
    package func signIn(_ member: TestMember) async -> Page {
        let page = await self.get("/console/sign-in")
        return await self.submit(
            page, to: "/console/sign-in", [("email", member.email), ("password", TestMember.password)])
    }

    /// Asks for something that goes on for as long as somebody listens.
    package func listen(_ target: String) async -> APIResponse { await self.answer("GET", target, []) }

    private func send(
        _ method: String, _ target: String, _ body: [UInt8], _ more: [(name: String, value: String)] = []
    ) async -> Page {
        let response = await self.answer(method, target, body, more)
        return Page(
            status: response.status, text: String(decoding: response.body, as: UTF8.self), headers: response.headers)
    }

    private func answer(
        _ method: String, _ target: String, _ body: [UInt8], _ more: [(name: String, value: String)] = []
    ) async -> APIResponse {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        let cookie = self.cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
        let response = await self.api.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil,
                headers: self.headers + more + (cookie.isEmpty ? [] : [("cookie", cookie)]), body: body,
                address: "192.0.2.7"))
        for header in response.headers where header.name == "set-cookie" {
            let pair = header.value.split(separator: ";")[0].split(separator: "=", maxSplits: 1).map(String.init)
            self.cookies[pair[0]] = pair.count > 1 ? pair[1] : nil
        }
        return response
    }
}
