package import AlmanacPages
package import AlmanacStorage
package import AlmanacSurface

/// The console: pages for those who look after a deployment, made from what plugins contribute.
///
/// It keeps nothing and knows no plugin. Each page asks the API what it shows, each form asks it to do something, with
/// the token of the session in the browser's cookies: whoever may not, is told that nothing is there.
package struct ConsoleSite: Site {
    package let name = "console"
    let settings: PageSettings
    let library: PageLibrary
    let words: Words
    let random: any RandomSource
    let cookies: Cookies
    let renewals = SessionRenewals()

    /// Makes the site; templates of a folder are read now.
    ///
    /// - Parameters:
    ///   - settings: What the console is told about the deployment.
    ///   - random: Where numbers come from that nobody can guess.
    /// - Throws: ``PageLibrary/TemplateError`` when one of the templates is none.
    package init(_ settings: PageSettings, random: any RandomSource) throws(PageLibrary.TemplateError) {
        self.settings = settings
        let files = PageFiles(folder: settings.folder)
        self.library = try PageLibrary(files)
        self.words = Words(files)
        self.random = random
        self.cookies = Cookies(isHTTPS: settings.isHTTPS)
    }

    package func respond(to request: APIRequest, through api: API) async -> APIResponse {
        let segments = RequestText.segments(of: request.path) ?? []
        if segments.dropFirst().first == "assets" {
            return self.library.respond(to: request, for: Array(segments.dropFirst(3)), self.settings)
        }
        guard ["GET", "HEAD", "POST"].contains(request.method) else {
            return PageHeaders.wrongMethod(isHTTPS: self.settings.isHTTPS)
        }
        var visit = Visit(self, api, request, Array(segments.dropFirst().filter { !$0.isEmpty }))
        let reply: ConsoleReply
        do throws(VisitProblem) {
            try visit.begin()
            reply = try await visit.reply()
        } catch {
            reply = visit.page(for: error)
        }
        return visit.response(to: reply)
    }
}
