internal import ArgumentParser

/// The program `almanac`.
@main
struct Almanac: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "almanac",
        abstract: "Takes bookings for people who work by appointment.",
        discussion:
            "Exit codes: 0 fine, 1 the world refused or failed, 2 wrong usage or configuration, 70 ended by the watchdog.",
        subcommands: [
            Serve.self, Check.self, Config.self, Examine.self, Migrate.self, Seed.self, User.self, Access.self,
            Privacy.self, Keys.self, Audit.self, Events.self, Jobs.self, Retention.self, Mail.self, Backup.self,
            Restore.self, Deliveries.self, Plugins.self, Storage.self, Zones.self, Hosts.self, Simulate.self,
            OpenAPI.self, Version.self,
        ])

    /// Reads the arguments, runs the command and ends with its exit code.
    static func main() async {
        let status: ExitStatus
        do {
            var command = try await self.asyncParseAsRoot()
            status = await Self.run(&command)
        } catch {
            status = Self.explain(error)
        }
        Terminal.exit(status)
    }

    private static func run(_ command: inout any ParsableCommand) async -> ExitStatus {
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return .fine
        } catch {
            // ArgumentParser asks for help by throwing.
            let code = Self.exitCode(for: error)
            if code == .success || code == .validationFailure { return Self.explain(error) }
            let failure = CommandFailure(error)
            Terminal.complain(failure.message)
            return failure.status
        }
    }

    /// Says what ArgumentParser has to say: help, or what is wrong with the arguments.
    private static func explain(_ error: any Error) -> ExitStatus {
        let message = self.fullMessage(for: error)
        guard self.exitCode(for: error) == .success else {
            Terminal.complain(message)
            return .misused
        }
        Terminal.print(message)
        return .fine
    }
}
