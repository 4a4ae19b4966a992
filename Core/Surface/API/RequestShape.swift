/// What a request must look like before anybody looks at what it wants.
enum RequestShape {
    /// The headers of which there is one, so that nobody in front of us can have believed another one.
    private static let single = [
        "almanac-organization", "authorization", "content-encoding", "content-type", "host", "idempotency-key",
        "origin",
    ]

    /// Refuses a header that stands twice, and a host that is none.
    static func check(_ request: APIRequest) throws(RequestFault) {
        for name in Self.single where request.values(name).count > 1 {
            throw RequestFault(400, "duplicate_header", "the header \(name) may stand once only")
        }
        guard let host = request.header("host") else { return }
        let isHost =
            (1...255).contains(host.utf8.count)
            && host.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || "-._~:[]%".utf8.contains(byte)
            }
        guard isHost else {
            throw RequestFault(
                400, "bad_host", "the header Host must be a host name or an address, perhaps with a port")
        }
    }

    /// Refuses a caller that wants anything but what an endpoint answers.
    static func checkAccept(_ request: APIRequest, _ form: AnswerForm = .json) throws(RequestFault) {
        let lines = request.values("accept")
        guard !lines.isEmpty, !MediaType.accepts(form.types, lines.joined(separator: ",")) else { return }
        throw RequestFault(406, "not_acceptable", "this API answers \(form.mediaType) here: Accept must allow it")
    }

    /// Refuses a body that is not plain JSON.
    static func checkBody(_ request: APIRequest) throws(RequestFault) {
        guard request.header("content-type").flatMap({ MediaType($0) })?.isJSON == true else {
            throw RequestFault(
                415, "not_json", "send the body as JSON in UTF-8, with the header Content-Type: application/json")
        }
        if let encoding = request.header("content-encoding"), encoding.lowercased() != "identity" {
            throw RequestFault(
                415, "encoding_not_supported", "send the body as it is, without Content-Encoding",
                headers: [("accept-encoding", "identity")])
        }
    }
}
