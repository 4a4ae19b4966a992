public import AlmanacKernel

extension Endpoint {
    /// An operation that reads and answers with a document of its own kind in place of JSON.
    ///
    /// Problems are JSON as everywhere. The document has an `ETag` whatever its length, so that programs that fetch it
    /// again and again are told when nothing has changed.
    public static func document<Input: APIInput>(
        _ path: String, _ query: Query<Input, Document>, as form: Document.Form, _ summary: String = ""
    ) -> Endpoint {
        var endpoint = Endpoint(
            method: .get, path: path, summary: summary, operation: query.name, access: query.access, status: 200,
            mount: .extension, changesState: false, isVersioned: false, problemStatuses: [],
            describe: { (registry: inout SchemaRegistry) throws(SchemaError) in
                (try registry.schema(of: Input.self), try registry.schema(of: String.self))
            },
            run: { input, call, invoker, owner in
                let document = try await invoker.run(query, of: owner, input.decode(Input.self), as: call)
                return EndpointAnswer(
                    encoded: EncodedAnswer(status: 200, body: document.bytes), isReplayed: false,
                    headers: [("content-disposition", "inline; filename=\"\(document.fileName)\"")])
            })
        endpoint.form = .document(form)
        return endpoint
    }

    /// The same endpoint, whose address holds an ``AddressSecret`` by which the caller is known: nobody signs in there.
    ///
    /// The organization is the one that the secret names, and a token is not looked at. What is no secret is answered as
    /// if nothing were there.
    ///
    /// - Parameters:
    ///   - parameter: The parameter of the path that holds the secret.
    ///   - suffix: What stands behind the secret in that parameter, as `.ics`.
    /// - Returns: The endpoint, which must be open to everyone.
    public func addressed(bySecretIn parameter: String, suffix: String = "") -> Endpoint {
        var endpoint = self
        endpoint.secretPlace = SecretPlace(parameter: parameter, suffix: suffix)
        return endpoint
    }
}

/// Where the secret stands in the address of an endpoint.
struct SecretPlace: Sendable {
    let parameter: String
    let suffix: String

    /// The secret of an address.
    ///
    /// - Throws: ``Refusal`` `not_found` when there is none.
    func secret(in parameters: [(name: String, value: String)]) throws(Refusal) -> AddressSecret {
        guard let text = parameters.first(where: { $0.name == self.parameter })?.value,
            text.utf8.count >= self.suffix.utf8.count,
            text.utf8.suffix(self.suffix.utf8.count).elementsEqual(self.suffix.utf8),
            let secret = AddressSecret(text.dropLast(self.suffix.count))
        else { throw Refusal.notFound("address") }
        return secret
    }
}
