internal import Foundation

/// Keys in a file that only its owner can read.
package struct KeyFile: KeySource {
    /// Where it is.
    package let path: String
    package let makesFirstKey: Bool

    private static let limit = 64 * 1_024

    /// - Parameters:
    ///   - path: Where it is.
    ///   - makesFirstKey: Whether a deployment without keys may make it by itself.
    package init(_ path: String, makesFirstKey: Bool) {
        self.path = path
        self.makesFirstKey = makesFirstKey
    }

    package var name: String { self.path }

    /// Reads it; `nil` when there is no such file.
    ///
    /// - Throws: ``SecretsError`` `badKeys` when others can read it too, or when it holds something else.
    package func read() throws -> KeyList? {
        guard let text = try self.readText() else { return nil }
        do {
            return try KeyList(parsing: text)
        } catch {
            throw self.fault("\(error); restore it from your backup, or from another host")
        }
    }

    private func readText() throws -> String? {
        let descriptor = open(self.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw self.fault("cannot be read: \(Self.reason). It has to belong to the user who runs almanac")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var facts = stat()
        guard fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { throw self.fault("is no file") }
        guard facts.st_mode & 0o077 == 0 else {
            let mode = String(facts.st_mode & 0o777, radix: 8)
            throw self.fault("can be used by others than its owner (mode 0\(mode)): run `chmod 600 \(self.path)`")
        }
        guard let data = try? handle.read(upToCount: Self.limit + 1), data.count <= Self.limit,
            let text = String(validating: data, as: UTF8.self)
        else { throw self.fault("is too large, or not text") }
        return text
    }

    // MARK: Writing

    /// Makes the file, with its folder; others than the owner can never read it.
    ///
    /// - Returns: `false` when there is one already, which stays as it is.
    package func create(_ list: KeyList) throws -> Bool {
        let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent()
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        // Two processes that start at once each write a draft of their own; the link lets one of them win.
        let draft = "\(self.path).\(getpid()).new"
        try self.write(list, to: draft)
        defer { unlink(draft) }
        if link(draft, self.path) != 0 {
            guard errno == EEXIST else { throw self.fault("cannot be made: \(Self.reason)") }
            return false
        }
        self.syncFolder()
        return true
    }

    package func discard() { unlink(self.path) }

    /// Replaces the list, if the file still holds what was read.
    ///
    /// - Parameters:
    ///   - old: What was read.
    ///   - new: What is to be there instead.
    /// - Throws: ``SecretsError`` `badKeys` when somebody else is changing it, or has.
    package func replace(_ old: KeyList, by new: KeyList) throws {
        // The draft is also what keeps others out meanwhile.
        let draft = self.path + ".new"
        try self.write(new, to: draft)
        defer { unlink(draft) }
        guard try self.read()?.text == old.text else {
            throw self.fault("was changed meanwhile; nothing was done: look at it and try again")
        }
        guard rename(draft, self.path) == 0 else { throw self.fault("cannot be replaced: \(Self.reason)") }
        self.syncFolder()
    }

    private func write(_ list: KeyList, to draft: String) throws {
        // The mode comes with the creation: there is no moment at which others can read it.
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            guard errno == EEXIST else { throw self.fault("cannot be written: \(Self.reason)") }
            throw self.fault(
                "is being changed by another `almanac keys`; if none is running, one was interrupted: delete \(draft)")
        }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data(list.text.utf8))
            try handle.synchronize()
        } catch {
            unlink(draft)
            throw self.fault("cannot be written: is the disk full?")
        }
    }

    /// A name is there after a power cut only when its folder has reached the disk.
    private func syncFolder() {
        let folder = open(URL(fileURLWithPath: self.path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    private func fault(_ message: String) -> SecretsError {
        SecretsError(.badKeys, "the key file \(self.path) \(message)")
    }

    private static var reason: String { String(cString: strerror(errno)) }
}
