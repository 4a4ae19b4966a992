internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

extension Audit {
    /// Makes the key that signs checkpoints, and prints what checks them.
    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "key",
            abstract: "Print the public key of the audit log's checkpoints; make the key unless it is there.",
            discussion: """
                The manifest names the files under `audit`. Note the public key where an intruder cannot change it: with it \
                `almanac audit verify --public-key` needs no secret.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions

        func run() throws {
            guard let checkpoints = try self.manifest.blueprint().manifest.audit.checkpoints else {
                throw CommandFailure(
                    "almanac: \(self.manifest.manifest) names no file of checkpoints: write "
                        + "`audit: {checkpoints: FILE}` into it", status: .misused)
            }
            let (key, isNew) = try checkpoints.establishKey()
            switch self.output.format {
            case .text:
                if isNew { Terminal.complain("made \(checkpoints.key)") }
                Terminal.print("\(key.publicKey)")
            case .json:
                let result: JSON = [
                    "publicKey": .string("\(key.publicKey)"), "file": .string(checkpoints.key), "created": .bool(isNew),
                ]
                Terminal.print(json: result.serialized)
            }
        }
    }
}
