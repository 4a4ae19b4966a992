internal import AlmanacStorage

/// A secret in the database with which earlier versions signed cursors, before the key ring did.
///
/// Nothing reads it any more. The table stays until no host of such a version can be running beside this one.
enum DeploymentSecret {
    static let table = Table(.kernel, "deployment_secret", ownership: .deployment)

    static let migrationStep = CreateTable(DeploymentSecret.table) {
        Column("name", .text)
        Column("secret", .bytes)
        Column("created_at", .instant)
        PrimaryKey("name")
    }
}
