internal import CLibPQ

/// What the server answered to one command, in binary format; freed with its owner.
struct PostgresResult: ~Copyable {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit { PQclear(self.pointer) }

    var status: ExecStatusType { PQresultStatus(self.pointer) }

    /// The command as the server understood it: `COMMIT`, `INSERT 0 1`.
    var tag: String { PQcmdStatus(self.pointer).map { String(cString: $0) } ?? "" }

    /// The number of rows that the command inserted, updated, deleted or selected.
    var rowsChanged: Int {
        guard var at = PQcmdTuples(self.pointer) else { return 0 }
        var count = 0
        while at.pointee >= 0x30, at.pointee <= 0x39 {
            count = count &* 10 &+ Int(at.pointee &- 0x30)
            at += 1
        }
        return count
    }

    /// Hands over each row.
    func forEach(_ row: (inout RowReader) throws -> Void) throws {
        let columns = PQnfields(self.pointer)
        for index in 0..<PQntuples(self.pointer) {
            var reader = RowReader(.postgres(self.pointer, row: index), count: columns)
            try row(&reader)
        }
    }

    /// A field of an error (PostgreSQL documentation, `PQresultErrorField`).
    func field(_ field: Field) -> String? {
        PQresultErrorField(self.pointer, field.rawValue).map { String(cString: $0) }
    }

    /// Which part of an error is asked for; the numbers are the characters of the wire protocol.
    enum Field: Int32 {
        case severity = 0x56  // V
        case state = 0x43  // C
        case message = 0x4D  // M
        case hint = 0x48  // H
        case position = 0x50  // P
        case table = 0x74  // t
        case column = 0x63  // c
        case constraint = 0x6E  // n
        case function = 0x52  // R
    }
}

extension PostgresResult {
    /// The rows of a result in text format.
    var texts: [[String?]] {
        (0..<PQntuples(self.pointer)).map { row in
            (0..<PQnfields(self.pointer)).map { column in
                guard PQgetisnull(self.pointer, row, column) == 0 else { return nil }
                return PQgetvalue(self.pointer, row, column).map { String(cString: $0) }
            }
        }
    }
}
