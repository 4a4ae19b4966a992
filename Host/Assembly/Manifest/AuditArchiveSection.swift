internal import AlmanacKernel

/// The section `audit.archive`: how old entries leave the database.
struct AuditArchiveSection: PluginSettings {
    let settings: AuditSettings.Archive

    init(from read: inout SettingsReader) throws {
        let folder: ManifestPath = read(
            "folder",
            "Folder outside the database into which whole months are written, shared by all hosts; keep copies")
        let months = read(
            "afterMonths", "For how many whole months entries stay in the database", in: 1...120, default: 13)
        let years = read("years", "For how many years entries are kept altogether", in: 1...100, default: 7)
        read.check("years", "must be longer than afterMonths", years * 12 > months)
        self.settings = AuditSettings.Archive(folder: folder.path, afterMonths: months, years: years)
    }
}
