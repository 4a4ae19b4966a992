internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// What an id stands for, as far as the visitor may know.
    struct Known {
        let name: String
        /// The page of the item; `nil` when there is none that the visitor may see.
        let address: String?
    }

    // MARK: What the audit log mentions

    /// Something that an audit entry mentions: by its name and with a link where the API has named it.
    ///
    /// - Parameters:
    ///   - json: `user:ID` of those who act; an object with `type` and `id` of what something was done to.
    ///   - name: What it is called now; `nil` when the visitor may not know, or it is gone.
    /// - Returns: The value; of what has no name the kind and the beginning of the id, in files the whole id.
    func mention(_ json: JSON?, named name: String?) -> ShownValue {
        let isObject = json?.object != nil
        let parts = (json?.string ?? "").split(separator: ":", maxSplits: 1).map { String($0) }
        guard let type = json?["type"]?.string ?? parts.first else { return .empty }
        let resource = self.model?.resources.values.first { $0.auditType == type }
        let kind = resource.map { self.one($0) } ?? self.label(ofValue: type)
        guard let id = json?["id"]?.string ?? parts.dropFirst().first else { return ShownValue("isText", kind) }
        guard let name else {
            let short = ID<AuditEntry>(id) == nil ? id : "\(id.prefix(8))…"
            return ShownValue("isText", "\(kind) \(id)", ["text": "\(kind) \(short)"])
        }
        let text = isObject ? "\(kind) \(name)" : name
        guard let resource, let read = resource.read, self.may(read) else { return ShownValue("isText", text) }
        return ShownValue("isText", text).linked(to: "/console/\(resource.name)/\(RequestText.encoded(id))")
    }

    // MARK: Ids of other items

    /// What the ids stand for that some columns show, by id: one question for each kind of item, however many rows.
    func known(_ columns: [ConsoleModel.Column], _ resource: ConsoleModel.Resource) async -> [String: Known] {
        let shown = columns.reduce(into: Set<String>()) { names, column in
            names.formUnion(Self.idNames(column.field.kind, at: column.path.joined(separator: ".")))
        }
        let targets = Set(resource.references.filter { shown.contains($0.key) }.values)
        var known: [String: Known] = [:]
        for target in targets.sorted() {
            guard let other = self.model?[target], self.may(other.list) else { continue }
            for choice in await self.choices(named: target) {
                let address = self.may(other.read) ? "/console/\(target)/\(RequestText.encoded(choice.value))" : nil
                known[choice.value] = Known(name: choice.title, address: address)
            }
        }
        return known
    }

    /// The names of the fields that hold ids, in a value and in what is inside it.
    private static func idNames(_ kind: ConsoleField.Kind, at name: String) -> Set<String> {
        switch kind {
        case .uuid, .list(of: .uuid): [name]
        case .object(let fields), .list(of: .object(let fields)):
            fields.reduce(into: []) { $0.formUnion(Self.idNames($1.kind, at: "\(name).\($1.name)")) }
        default: []
        }
    }
}
