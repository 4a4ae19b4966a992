internal import AlmanacKernel
internal import Foundation

/// Whether other users of this machine can read secrets and data, or change what the program obeys.
struct FileModeCheck: DoctorCheck {
    static let name = "files"

    /// What a file is for, which says how closed it has to be.
    enum Role {
        /// The manifest: anybody may read it, secrets stand elsewhere.
        case manifest
        /// A file that holds a secret.
        case secret
        /// The database and what stands beside it.
        case data
        /// The folder of the data, in which files could be replaced.
        case folder

        fileprivate var forbidden: mode_t {
            switch self {
            case .manifest: 0o002
            case .secret, .data: 0o007
            case .folder: 0o002
            }
        }

        fileprivate var doubtful: mode_t {
            switch self {
            case .manifest, .folder: 0
            case .secret: 0o020
            case .data: 0o070
            }
        }
    }

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        var files: [(path: String, role: Role)] = [(subject.manifest, .manifest)]
        files += ManifestFile.secretFiles(path: subject.manifest).map { ($0, .secret) }
        if case .sqlite(let settings) = subject.blueprint.manifest.storage {
            files += ["", "-wal", "-shm"].map { (settings.path + $0, .data) }
            files.append((URL(fileURLWithPath: settings.path).deletingLastPathComponent().path, .folder))
        }
        var findings = files.compactMap { file -> Finding? in
            var status = stat()
            guard stat(file.path, &status) == 0 else { return nil }
            return Self.judge(file.path, file.role, mode: status.st_mode)
        }
        if findings.isEmpty { findings = [.ok(Self.name, "other users can neither read secrets nor change the data")] }
        return findings + [Self.judge(user: geteuid())]
    }

    /// - Returns: Nothing where all is well.
    static func judge(_ path: String, _ role: Role, mode: mode_t) -> Finding? {
        let bits = String(mode & 0o777, radix: 8)
        let advice = "run: chmod \(role == .manifest ? "o-w" : role == .folder ? "o-w" : "600") '\(path)'"
        // In a folder with the sticky bit, as /tmp, nobody can replace the files of others.
        let isSticky = role == .folder && mode & S_ISVTX != 0
        if mode & role.forbidden != 0, !isSticky {
            let what = role == .manifest || role == .folder ? "change" : "read or change"
            return .problem(Self.name, "every user of this machine can \(what) \(path) (mode \(bits))", advice: advice)
        }
        guard mode & role.doubtful != 0 else { return nil }
        return .warning(
            Self.name, "the group of \(path) has rights that it does not need (mode \(bits))", advice: advice)
    }

    static func judge(user: uid_t) -> Finding {
        guard user == 0 else { return .ok("\(Self.name).user", "this runs as an ordinary user") }
        return .warning(
            "\(Self.name).user", "this runs as root",
            advice: "serve as a user of its own that owns the data and nothing else; no port needs root from 1024 up")
    }
}

extension ManifestFile {
    /// The files that `${file:PATH}` refers to, wherever in the manifest or in those that it extends.
    static func secretFiles(path: String) -> [String] {
        var overlay = ManifestOverlay()
        guard let tree = overlay.load(path) else { return [] }
        return self.secretFiles(in: tree)
    }

    private static func secretFiles(in node: SettingsNode) -> [String] {
        switch node.kind {
        case .null: return []
        case .scalar(let scalar):
            let pieces = (try? ReferenceText.pieces(of: scalar.text)) ?? []
            return pieces.compactMap { piece in
                guard case .reference(.file(let path)) = piece else { return nil }
                return FilePlace.path(path, beside: node.position.file)
            }
        case .sequence(let nodes): return nodes.flatMap { self.secretFiles(in: $0) }
        case .mapping(let entries): return entries.flatMap { self.secretFiles(in: $0.value) }
        }
    }
}
