internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser

/// Prints the description of the API.
struct OpenAPI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi",
        abstract: "Print the description of the API (OpenAPI 3.1), as /openapi.json has it.")

    @OptionGroup var manifest: ManifestOptions

    func run() throws {
        Terminal.print(try JSON(parsing: self.manifest.blueprint().openAPI).indented)
    }
}
