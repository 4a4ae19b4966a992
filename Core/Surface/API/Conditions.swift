internal import AlmanacKernel

/// What a request says about the versions its sender knows (RFC 9110 §13).
struct Conditions {
    private let match: EntityTagList?
    private let noneMatch: EntityTagList?

    /// Reads the conditions.
    ///
    /// - Throws: ``RequestFault`` when a header is malformed, or when the endpoint demands one that is missing.
    init(_ request: APIRequest, for endpoint: Endpoint) throws(RequestFault) {
        self.match = try Self.list("if-match", request, code: "bad_if_match", "If-Match")
        self.noneMatch =
            endpoint.method == .get
            ? try Self.list("if-none-match", request, code: "bad_if_none_match", "If-None-Match") : nil
        if self.match == nil, endpoint.precondition == .required {
            throw RequestFault(
                428, "version_required", "say in If-Match which version you have seen: send the ETag of the last answer"
            )
        }
    }

    private static func list(
        _ name: String, _ request: APIRequest, code: String, _ label: String
    ) throws(RequestFault) -> EntityTagList? {
        let lines = request.values(name)
        guard !lines.isEmpty else { return nil }
        guard let list = EntityTagList(lines) else {
            throw RequestFault(400, code, "\(label) must be * or the ETags of earlier answers, as \"3.aBc\"")
        }
        return list
    }

    /// What the operation has to compare; nothing for `*`, which any object that is found fulfills.
    ///
    /// - Throws: ``Refusal`` when a version is named where there is none.
    func expectedVersions(of endpoint: Endpoint) throws(Refusal) -> ExpectedVersions? {
        guard endpoint.method != .get, case .tags(let tags)? = self.match else { return nil }
        guard endpoint.precondition != .none else { throw Refusal.nothingToMatch }
        return ExpectedVersions(tags.compactMap(\.version))
    }

    /// The status of a read that succeeded: 304 where the caller has this representation already.
    ///
    /// - Throws: ``Refusal`` when the caller wants another one than there is.
    func statusOfRead(_ status: Int, tag: EntityTag?) throws(Refusal) -> Int {
        if case .tags(let tags)? = self.match {
            guard let tag else { throw Refusal.nothingToMatch }
            let isMatch = tags.contains { $0.matchesStrongly(tag) || (tag.version != nil && $0.version == tag.version) }
            guard isMatch else {
                throw Refusal(.preconditionFailed, "version_changed", "there is another version by now: read it again")
            }
        }
        switch self.noneMatch {
        case .any?: return 304
        case .tags(let tags)?: return tag.map { tag in tags.contains { tag.matchesWeakly($0) } } == true ? 304 : status
        case nil: return status
        }
    }
}
