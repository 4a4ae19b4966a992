internal import AlmanacKernel

/// The section `audit`: how the audit log is kept.
struct AuditSection: PluginSettings {
    let settings: AuditSettings

    init(from read: inout SettingsReader) throws {
        let file: ManifestPath? = read.optional(
            "checkpoints", "File outside the database to which signed checkpoints are appended; keep copies elsewhere")
        let key: ManifestPath? = read.optional(
            "key", "File of the key that signs them, made on first use; the other file's name with .key unless stated")
        read.check("key", "says nothing without checkpoints", key == nil || file != nil)
        let archive: AuditArchiveSection? = try read.optionalGroup("archive", "How old entries leave the database")
        read.check("archive", "needs checkpoints, whose key signs what is archived", archive == nil || file != nil)
        let months = read(
            "strangersMonths",
            "For how many whole months addresses of callers who are nobody known, as at failed sign-ins, can be read",
            in: 1...120, default: 13)
        self.settings = AuditSettings(
            checkpoints: file.map { .init(file: $0.path, key: key?.path ?? $0.path + ".key") },
            archive: archive?.settings, strangersMonths: months)
    }
}
