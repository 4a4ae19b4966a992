public import AlmanacStorage
internal import Crypto

/// Files of an organization: the bytes outside the database, the row in the caller's transaction.
///
/// First the bytes are stored, outside any transaction; then a row refers to them. A transaction that is rolled back
/// leaves bytes that nobody refers to, never a row without bytes.
public struct Blobs: Sendable {
    /// The largest file in bytes: 20 MiB.
    public static let maximumSize = 20 << 20

    /// Bytes that have been stored and that no row refers to yet.
    public struct Staged: Sendable {
        let digest: BlobDigest
        let size: Int
    }

    private let storage: any BlobStorage

    /// - Parameter storage: Where the bytes are kept.
    public init(storage: any BlobStorage) {
        self.storage = storage
    }

    /// Stores bytes.
    ///
    /// - Throws: ``Refusal`` `file_too_large` beyond ``maximumSize``.
    public func stage(_ bytes: [UInt8]) async throws -> Staged {
        guard bytes.count <= Self.maximumSize else {
            throw Refusal(.invalid, "file_too_large", "a file has at most \(Self.maximumSize) bytes")
        }
        let digest = BlobDigest(bytes: Array(SHA256.hash(data: bytes)))
        try await self.storage.store(bytes, as: digest)
        return Staged(digest: digest, size: bytes.count)
    }

    /// Makes staged bytes a file of the caller's organization.
    public func keep(_ staged: Staged, name: String, mediaType: String, in tx: Transaction) throws -> Blob {
        let call = try tx.callState().call
        let blob = Blob(id: tx.id(), digest: staged.digest, size: staged.size, mediaType: mediaType, name: name)
        try tx.entering(.kernel).post(
            """
            INSERT INTO \(Blob.table) (organization_id, id, digest, size, media_type, name, created_at, created_by)
            VALUES (\(call.organization), \(blob.id), \(blob.digest.bytes), \(blob.size), \(mediaType), \(name),
                \(tx.now), \(call.principal.name))
            """)
        return blob
    }

    /// The file with this id, if it belongs to the caller's organization.
    public func find(_ id: ID<Blob>, in tx: ReadTransaction) throws -> Blob? {
        let organization = try tx.callState().call.organization
        return try tx.entering(.kernel).fetchOne(
            "SELECT \(Blob.columns) FROM \(Blob.table) WHERE organization_id = \(organization) AND id = \(id)",
            as: Blob.self)
    }

    /// The bytes of a file, verified against their digest.
    ///
    /// - Throws: ``Refusal`` `file_damaged` when they are missing or are not what was stored.
    public func bytes(of blob: Blob) async throws -> [UInt8] {
        let stored = try await self.storage.load(blob.digest)
        guard let bytes = stored, Array(SHA256.hash(data: bytes)) == blob.digest.bytes else {
            throw Refusal(
                .notFound, "file_damaged", "the bytes of this file are missing or damaged: restore them from a backup")
        }
        return bytes
    }
}
