internal import AlmanacStorage
internal import AlmanacSurface

/// What a part of the console answers.
enum ConsoleReply {
    /// A page inside the console's frame.
    struct Page {
        var status = 200
        /// What the browser calls it.
        let title: String
        /// The template of what stands in the frame.
        let template: String
        var context: [String: Any]
        /// The scripts that it profits from.
        var scripts: [String] = []
        /// The resource that it belongs to.
        var resource: String?
        /// The styles that it needs besides those of all pages.
        var styles: [String] = []
    }

    case page(Page)
    /// A page without the frame: for those who have not signed in.
    case alone(Page)
    case redirect(String)
    /// Leads away, to an address of somebody else's.
    case leave(String)
    case file([UInt8], name: String)
    /// A part of a page, which a script puts in its place.
    case fragment(String)
    /// What the API answers for as long as somebody listens.
    case stream(APIResponse)
    /// For scripts of ours.
    case json(JSON)
}
