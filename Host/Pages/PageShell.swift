package import AlmanacSurface

/// What stands around every page: its head, with the styles and the scripts that it names.
package struct PageShell: Sendable {
    /// What the browser calls the page.
    package let title: String
    /// What the deployment is called.
    package let brand: String
    /// The language of the page.
    package let language: String
    /// The class of its body.
    package let kind: String
    /// Styles in addition to those of all pages.
    package var styles: [String] = []
    /// The scripts that it profits from, as files.
    package var scripts: [String] = []
    /// The number by which its scripts are known.
    package let nonce: String

    package init(
        title: String, brand: String, language: String, kind: String, styles: [String] = [], scripts: [String] = [],
        nonce: String
    ) {
        self.title = title
        self.brand = brand
        self.language = language
        self.kind = kind
        self.styles = styles
        self.scripts = scripts
        self.nonce = nonce
    }

    /// The whole page.
    ///
    /// - Parameters:
    ///   - content: What another template has made.
    ///   - library: Where the templates are.
    ///   - color: The color of the deployment.
    ///   - root: What addresses of the site begin with: `/console`.
    /// - Returns: The page, in UTF-8.
    package func render(
        _ content: String, _ library: PageLibrary, _ color: BrandColor?, under root: String
    ) -> [UInt8] {
        let files = library.files
        let scripts: [[String: Any]] = self.scripts.map {
            ["address": files.address(of: $0, under: root), "nonce": self.nonce]
        }
        var styles = (["styles.css"] + self.styles).map { files.address(of: $0, under: root) }
        if let color { styles.append("\(root)/assets/\(color.text.dropFirst())/\(BrandColor.file)") }
        let links: [[String: Any]] = styles.map { ["address": $0] }
        let context: [String: Any] = [
            "title": self.title, "brand": self.brand, "lang": self.language, "kind": self.kind, "content": content,
            "scripts": scripts, "nonce": self.nonce, "styles": links,
            "icon": files.address(of: "icon.svg", under: root),
        ]
        return Array(library.render("shell", context).utf8)
    }
}

extension PageLibrary {
    /// Answers a request for a file.
    ///
    /// - Parameters:
    ///   - request: The request.
    ///   - segments: The path of the file.
    ///   - settings: What is known of the deployment.
    /// - Returns: The file, or that there is none.
    package func respond(
        to request: APIRequest, for segments: [String], _ settings: PageSettings
    ) -> APIResponse {
        let name = segments.joined(separator: "/")
        let bytes = name == BrandColor.file ? settings.color.map { Array($0.styles.utf8) } : self.files.bytes(of: name)
        guard request.method != "POST", let type = PageFiles.mediaType(of: name), let bytes else {
            return APIResponse(
                status: 404,
                headers: [("cache-control", "no-store")] + PageHeaders.standing(isHTTPS: settings.isHTTPS))
        }
        return APIResponse(
            status: 200,
            headers: PageHeaders.file(type: type, isChanging: self.files.isChanging, isHTTPS: settings.isHTTPS),
            body: bytes)
    }
}
