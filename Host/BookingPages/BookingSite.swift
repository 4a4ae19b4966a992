package import AlmanacPages
package import AlmanacStorage
package import AlmanacSurface

/// The public pages on which people book and look after what they have booked: everything below `/book`.
///
/// They keep nothing and know no plugin: one contributes which operation does what (``AlmanacSurface/BookingFlow``), and
/// each page asks those operations as whoever looks at it, with a guest's token or that of a session.
package struct BookingSite: Site {
    package let name = "book"
    /// What all addresses begin with.
    static let root = "/book"

    let settings: PageSettings
    let library: PageLibrary
    let words: Words
    let clock: any WallClock
    let random: any RandomSource
    let renewals = SessionRenewals()

    /// Makes the site; templates of a folder are read now.
    ///
    /// - Parameters:
    ///   - settings: What the pages are told about the deployment.
    ///   - clock: What says which week it is.
    ///   - random: Where numbers come from that nobody can guess.
    /// - Throws: ``PageLibrary/TemplateError`` when one of the templates is none.
    package init(
        _ settings: PageSettings, clock: any WallClock, random: any RandomSource
    ) throws(PageLibrary.TemplateError) {
        self.settings = settings
        let files = PageFiles(folder: settings.folder)
        self.library = try PageLibrary(files)
        self.words = Words(files)
        self.clock = clock
        self.random = random
    }

    package func respond(to request: APIRequest, through api: API) async -> APIResponse {
        let segments = RequestText.segments(of: request.path) ?? []
        switch segments.dropFirst().first {
        case "assets": return self.library.respond(to: request, for: Array(segments.dropFirst(3)), self.settings)
        case "widget.js" where segments.count == 2: return self.widget(request)
        default: break
        }
        guard ["GET", "HEAD", "POST"].contains(request.method) else {
            return PageHeaders.wrongMethod(isHTTPS: self.settings.isHTTPS)
        }
        var visit = Visit(self, api, request, Array(segments.dropFirst().filter { !$0.isEmpty }))
        let reply: Reply
        do throws(VisitProblem) {
            try visit.begin()
            reply = try await visit.reply()
        } catch {
            reply = visit.page(for: error)
        }
        return visit.response(to: reply)
    }

    /// The script that other sites name to show these pages in a frame.
    private func widget(_ request: APIRequest) -> APIResponse {
        var response = self.library.respond(to: request, for: ["book", "widget.js"], self.settings)
        // Its address is written into pages of others: it stays the same, and they must be allowed to load it.
        response.headers.removeAll { ["cache-control", "cross-origin-resource-policy"].contains($0.name) }
        response.headers += [
            ("cache-control", "public, max-age=3600"), ("cross-origin-resource-policy", "cross-origin"),
        ]
        return response
    }
}
