internal import AlmanacKernel
internal import AlmanacSurface

/// A row of `resources.csv`: a room or a vehicle.
struct ImportedResource: Sendable {
    let externalID: String
    let draft: ResourceDraft

    static let columns: [CSVColumn] = [
        .required("external_id"), .required("kind"), .required("name"), .optional("capacity"),
        .optional("time_zone"), .optional("attributes"),
    ]

    static func read(_ row: inout CSVRow) -> ImportedResource? {
        let externalID = row.externalID("external_id")
        let kind = row.value("kind", expected: "room or vehicle") { text in
            ResourceKind(rawValue: text).flatMap { $0 == .person ? nil : $0 }
        }
        let name = row.line("name")
        let capacity = row.optionalInteger("capacity", in: ResourceDraft.capacities) ?? 1
        let zone = row.zone("time_zone")
        let attributes = row.attributes("attributes")
        guard let kind else { return nil }
        return ImportedResource(
            externalID: externalID,
            draft: ResourceDraft(kind: kind, name: name, capacity: capacity, zone: zone, attributes: attributes))
    }
}

extension CSVRow {
    /// Attributes as `gearbox: manual; seats: 5`, or none.
    mutating func attributes(_ column: String) -> [Attribute] {
        self.optionalValue(column, expected: "attributes such as gearbox: manual; seats: 5, each once only") { text in
            var found: [Attribute] = []
            for entry in text.split(separator: ";") {
                let parts = entry.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, let attribute = Attribute(String(parts[0]), String(parts[1])),
                    !found.contains(attribute)
                else { return nil }
                found.append(attribute)
            }
            return found.sorted()
        } ?? []
    }
}
