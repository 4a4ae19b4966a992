internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// Reads the manifest and assembles the plugins, without database or network.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the manifest and the plugins, offline.",
        discussion: "Names everything that is wrong, one problem a line, and then ends with 2.")

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: FormatOptions

    func run() throws {
        let blueprint: Blueprint
        do {
            blueprint = try self.manifest.blueprint()
            try blueprint.verifyDescriptions()
        } catch let problems as Problems where self.output.format == .json {
            Terminal.print(json: Self.report(problems).serialized)
            throw CommandFailure("almanac: \(self.manifest.manifest) is wrong", status: .misused)
        }
        let summary = DeploymentSummary(blueprint, path: self.manifest.manifest)
        switch self.output.format {
        case .text: Terminal.print(summary.text)
        case .json: Terminal.print(json: summary.json.serialized)
        }
    }

    private static func report(_ problems: Problems) -> JSON {
        let list = problems.all.map { problem in
            var members: JSONObject = ["place": .string(problem.place), "message": .string(problem.message)]
            if let advice = problem.advice { members["advice"] = .string(advice) }
            if let position = problem.position, position.line > 0 {
                members["file"] = .string(position.file)
                members["line"] = .number(JSONNumber(position.line))
                members["column"] = .number(JSONNumber(position.column))
            }
            return JSON.object(members)
        }
        return ["valid": false, "problems": .array(list)]
    }
}
