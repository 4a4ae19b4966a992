internal import AlmanacAssembly
internal import AlmanacStorage
internal import ArgumentParser

/// Prints the version.
struct Version: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print the version.")

    // Taken, so that a script can give it to every command; the version is the program's own.
    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions

    func run() {
        switch self.output.format {
        case .text: Terminal.print("almanac \(ProgramVersion.current)")
        case .json: Terminal.print(json: JSON.object(["version": .string(ProgramVersion.current)]).serialized)
        }
    }
}
