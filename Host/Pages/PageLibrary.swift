internal import Mustache

/// The templates of all pages.
///
/// What is filled in is escaped. The only place where it is not is `{{{content}}}`, which holds what another template
/// has made. A name that a context does not hold is looked for in those around it: contexts therefore hold every name
/// of their template, with `false` for what is not there.
package struct PageLibrary: Sendable {
    /// A template that is none.
    package struct TemplateError: Error, CustomStringConvertible {
        package let description: String
    }

    private static let suffix = ".mustache"

    /// The files that they were made from.
    package let files: PageFiles
    /// Those of a folder, as they were at first.
    private let templates: MustacheLibrary?

    /// The templates in the program, which all sites share.
    ///
    /// They are read for the first page that is shown, for most runs of the program show none; a test reads them all.
    private static let inProgram = Result { () throws(TemplateError) in try Self.read(PageFiles()) }

    /// Reads the templates of a folder; those in the program are read for the first page.
    ///
    /// - Throws: ``TemplateError`` that names the first one that is none.
    package init(_ files: PageFiles) throws(TemplateError) {
        self.files = files
        self.templates = files.isChanging ? try Self.read(files) : nil
    }

    /// Reads the templates in the program, unless that was done.
    ///
    /// - Throws: ``TemplateError`` that names the first one that is none.
    package static func readProgram() throws(TemplateError) { _ = try Self.inProgram.get() }

    private static func read(_ files: PageFiles) throws(TemplateError) -> MustacheLibrary {
        var library = MustacheLibrary()
        for name in files.names where name.hasSuffix(Self.suffix) {
            do {
                try library.register(files.text(of: name) ?? "", named: String(name.dropLast(Self.suffix.count)))
            } catch {
                throw TemplateError(description: "the template \(name) cannot be read: \(error)")
            }
        }
        return library
    }

    /// The text of a template with its gaps filled in.
    package func render(_ name: String, _ context: [String: Any]) -> String {
        self.current?.render(context, withTemplate: name) ?? ""
    }

    /// The templates as they are now; those of a folder as they were at first while one of them is none.
    private var current: MustacheLibrary? {
        self.files.isChanging ? (try? Self.read(self.files)) ?? self.templates : try? Self.inProgram.get()
    }
}
