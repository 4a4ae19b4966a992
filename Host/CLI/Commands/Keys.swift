internal import AlmanacAssembly
internal import AlmanacKernel
internal import AlmanacStorage
internal import ArgumentParser

/// The keys with which values are encrypted.
struct Keys: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Manage the keys with which secrets are encrypted in the database.",
        discussion: """
            The primary key encrypts, the others only decrypt. On several hosts with a key file each, make a key by \
            `create`, copy the file to all of them, and then let it take over by `rotate`.
            """,
        subcommands: [List.self, Create.self, Rotate.self, Retire.self, Forget.self])

    /// The key file of a deployment.
    ///
    /// - Throws: ``CommandFailure`` when its keys come from elsewhere.
    static func file(of blueprint: Blueprint) throws -> KeyFile {
        guard let file = blueprint.keySource as? KeyFile else {
            throw CommandFailure(
                "almanac: the keys come from \(blueprint.keySource.name), which this command cannot change: change "
                    + "them there, restart the servers, and run `almanac keys rotate --resume`", status: .failed)
        }
        return file
    }

    /// The keys there are.
    static func keys(in source: any KeySource) throws -> KeyList {
        guard let list = try source.read() else {
            throw CommandFailure(
                "almanac: \(source.name) has no keys yet: run `almanac keys create`", status: .failed)
        }
        return list
    }

    // MARK: Showing

    /// Shows the keys without showing a key.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show names, states and ages, never a key.")

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Flag(help: "Also count the values that are encrypted with each key; needs the database.")
        var usage = false

        func run() async throws {
            let blueprint = try self.manifest.blueprint()
            let list = try Keys.keys(in: blueprint.keySource)
            guard self.usage else { return self.show(list, usage: nil) }
            try await self.manifest.withDeployment(for: "keys list") { deployment, _ in
                try await deployment.requireMigrated()
                self.show(list, usage: try await deployment.runtime.encryption.usage())
            }
        }

        private func show(_ list: KeyList, usage: [KeyID: Int]?) {
            switch self.output.format {
            case .text:
                for key in list.keys {
                    let values = usage.map { ", encrypts \($0[key.id] ?? 0) values" } ?? ""
                    Terminal.print("\(key.id) \(key.state.rawValue) since \(key.since.rfc3339)\(values)")
                }
            case .json:
                let keys = list.keys.map { key -> JSON in
                    var members: JSONObject = [
                        "id": .string(key.id.description), "state": .string(key.state.rawValue),
                        "since": .string(key.since.rfc3339),
                    ]
                    if let usage { members["values"] = .number(JSONNumber(usage[key.id] ?? 0)) }
                    return .object(members)
                }
                Terminal.print(json: JSON.object(["keys": .array(keys)]).serialized)
            }
        }
    }

    // MARK: Changing

    /// Makes the key file, or adds a key to it.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the key file; where there is one, add a key that waits for the next rotation.")

        @OptionGroup var manifest: ManifestOptions
        @Flag(help: "Only print a list with one new key, for secrets.keys; nothing is written.")
        var print = false

        func run() async throws {
            let (now, random) = (SystemClock().now, SystemRandom())
            if self.print {
                let lines = KeyList(firstAt: now, random: random).text.split(separator: "\n")
                return Terminal.print(lines.filter { !$0.hasPrefix("#") }.joined(separator: ";"))
            }
            let file = try Keys.file(of: self.manifest.blueprint())
            guard let old = try file.read() else {
                let list = KeyList(firstAt: now, random: random)
                guard try file.create(list) else {
                    throw CommandFailure("almanac: \(file.path) has just been made by somebody else", status: .failed)
                }
                return Terminal.print("made \(file.path) with \(list.primary); back it up, apart from the database")
            }
            let new = try old.addingStandby(at: now, random: random)
            try file.replace(old, by: new)
            for key in new.keys where old.find(key.id) == nil { Terminal.print("added \(key) to \(file.path)") }
        }
    }

    /// Makes another key the primary and encrypts everything with it.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let another key take over and encrypt everything with it again.",
            discussion: """
                Servers may go on meanwhile: they notice within a minute. It can be interrupted at any time; --resume \
                goes on. Beside a server on SQLite, that server does the work in the background.
                """)

        @OptionGroup var manifest: ManifestOptions
        @OptionGroup var output: FormatOptions
        @Flag(help: "Only go on encrypting with the primary there is.")
        var resume = false

        func run() async throws {
            let blueprint = try self.manifest.blueprint()
            let primary = try self.resume ? Keys.keys(in: blueprint.keySource).primary : self.rotate(blueprint)
            do {
                try await self.manifest.withDeployment(for: "keys rotate") { deployment, _ in
                    try await deployment.requireMigrated()
                    self.show(primary, try await deployment.runtime.encryption.reseal())
                }
            } catch let error where error.storageError?.code == .locked {
                self.show(primary, nil)
            }
        }

        private func rotate(_ blueprint: Blueprint) throws -> EncryptionKey {
            let file = try Keys.file(of: blueprint)
            let old = try Keys.keys(in: file)
            let new = try old.rotated(at: SystemClock().now, random: SystemRandom())
            try file.replace(old, by: new)
            return new.primary
        }

        private func show(_ primary: EncryptionKey, _ pass: FieldEncryption.Pass?) {
            switch self.output.format {
            case .text where pass == nil:
                Terminal.print("\(primary) took over; the server that is running encrypts with it within two minutes")
            case .text: Terminal.print("\(primary) took over; \(pass?.resealed ?? 0) values were encrypted with it")
            case .json:
                let values: JSON = pass.map { .number(JSONNumber($0.resealed)) } ?? .null
                Terminal.print(
                    json: JSON.object(["primary": .string(primary.id.description), "values": values]).serialized)
            }
            guard let pass, pass.unreadable > 0 else { return }
            let keys = pass.unknownKeys.sorted().map(\.description).joined(separator: ", ")
            let reason = keys.isEmpty ? "they were changed in the database" : "restore the key \(keys)"
            Terminal.complain("almanac: \(pass.unreadable) values could not be read and stay as they are: \(reason)")
        }
    }

    /// Removes a key that is no longer used.
    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a former key with which nothing is encrypted any more.",
            discussion: "Backups from before are encrypted with it: keep a copy of the key file with them.")

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The key, as `almanac keys list` names it.", transform: Keys.readID)
        var key: KeyID

        func run() async throws {
            let file = try Keys.file(of: self.manifest.blueprint())
            let old = try Keys.keys(in: file)
            guard let key = old.find(self.key) else {
                throw CommandFailure("almanac: \(file.path) has no key \(self.key)", status: .failed)
            }
            try await self.manifest.withDeployment(for: "keys retire") { deployment, _ in
                try await deployment.requireMigrated()
                try await deployment.runtime.encryption.retire(key)
            }
            try file.replace(old, by: try old.removing(key.id))
            Terminal.print("removed \(key) from \(file.path)")
        }
    }

    /// Gives up a key that is lost.
    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give up a lost key, so that the deployment starts without it.",
            discussion: """
                What is encrypted with it stays in the database, and can be read again should the key be found. Until \
                then it is lost: for example, second factors must be enrolled again.
                """)

        @OptionGroup var manifest: ManifestOptions
        @Argument(help: "The key, as the message names it.", transform: Keys.readID)
        var key: KeyID
        @Flag(help: "Give it up although values are encrypted with it.")
        var abandonValues = false

        func run() async throws {
            try await self.manifest.withDeployment(for: "keys forget") { deployment, _ in
                try await deployment.requireMigrated()
                let count = try await deployment.runtime.encryption.forget(
                    self.key, abandonsValues: self.abandonValues)
                Terminal.print("gave up the key \(self.key); \(count) values cannot be read without it")
            }
        }
    }

    static func readID(_ text: String) throws -> KeyID {
        guard let id = KeyID(text) else { throw ValidationError("a key is named by eight digits, as 3f9a2c11") }
        return id
    }
}
