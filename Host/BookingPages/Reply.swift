internal import AlmanacSurface

/// What a part of the pages answers.
enum Reply {
    /// A page.
    struct Page {
        var status = 200
        /// What the browser calls it.
        let title: String
        /// The template of what stands in the frame.
        let template: String
        let context: [String: Any]
        /// The scripts that it profits from.
        var scripts: [String] = []
        /// The step of booking that it is, 1 to 3.
        var step: Int?
        /// Seconds after which to try again.
        var retryAfter: Int?
    }

    case page(Page)
    case redirect(String)
    case file([UInt8], type: String, name: String)
}
