public import AlmanacStorage

/// A file that belongs to an organization: a photo, a licence, an invoice.
///
/// The bytes are stored once under their digest, whoever refers to them; the row says what they are to whom.
public struct Blob: Sendable, Record {
    /// Identifies the file.
    public let id: ID<Blob>
    /// SHA-256 of its bytes.
    public let digest: BlobDigest
    /// How many bytes it has.
    public let size: Int
    /// What it is, as `image/jpeg`.
    public let mediaType: String
    /// What it is called, for downloads.
    public let name: String

    static let table = Table(.kernel, "blob")
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public static let columns: Columns = ["id", "digest", "size", "media_type", "name"]

    static let migrationStep = CreateTable(Self.table) {
        Column("id", .uuid)
        Column("digest", .bytes)
        Column("size", .integer)
        Column("media_type", .text)
        Column("name", .text)
        Column("created_at", .instant)
        Column("created_by", .text)
        PrimaryKey("id")
        Check("size", "size >= 0")
    }

    init(id: ID<Blob>, digest: BlobDigest, size: Int, mediaType: String, name: String) {
        self.id = id
        self.digest = digest
        self.size = size
        self.mediaType = mediaType
        self.name = name
    }

    /// Reads a row.
    public init(row: inout RowReader) throws {
        self.id = try row.next()
        self.digest = BlobDigest(bytes: try row.next())
        self.size = try row.next()
        self.mediaType = try row.next()
        self.name = try row.next()
    }
}

/// SHA-256 of a file's bytes: its address.
public struct BlobDigest: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    public let bytes: [UInt8]

    /// In hexadecimal.
    public var description: String { Hexadecimal.encode(self.bytes) }
}

/// Where the bytes of files are kept, by their digest.
///
/// Laws: storing the same bytes twice keeps them once; what ``store(_:as:)`` has returned from survives a power cut;
/// a reader never sees half of it.
public protocol BlobStorage: Sendable {
    /// Keeps bytes under their digest.
    func store(_ bytes: [UInt8], as digest: BlobDigest) async throws
    /// The bytes with this digest, or `nil`.
    func load(_ digest: BlobDigest) async throws -> [UInt8]?
}
