internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// The page of one item.
    func item(_ resource: ConsoleModel.Resource, _ id: String) async throws(VisitProblem) -> ConsoleReply {
        guard let read = resource.read, self.may(read) else { throw .notFound }
        let answer = await self.client.get(read.path(of: id))
        if let problem = VisitProblem(reading: answer) { throw problem }
        let item = answer.json
        let declared = self.panels(of: resource, read)
        var page = self
        page.known = await self.known(declared.flatMap(\.columns), resource)
        return await page.item(resource, id, item, declared)
    }

    private func item(
        _ resource: ConsoleModel.Resource, _ id: String, _ item: JSON, _ declared: [ConsoleModel.Panel]
    ) async -> ConsoleReply {
        var panels: [[String: Any]] = []
        for panel in declared {
            if let list = panel.list {
                guard self.may(list) else { continue }
                panels.append(await self.listPanel(panel, list, id, resource))
            } else {
                panels.append(self.panel(panel, item, resource))
            }
        }
        if let trail = await self.trail(of: id, resource) { panels.append(trail) }
        let badge = resource.columns.first { if case .badge = $0.format { $0.path.count == 1 } else { false } }
        let name = item[resource.itemName]?.string ?? id
        return .page(
            ConsoleReply.Page(
                title: name, template: "console/item",
                context: [
                    "back": "/console/\(resource.name)", "backTitle": self.text(resource.title), "heading": name,
                    "badge": orHidden(badge.map { self.value(of: $0, in: item, resource).titled("") }),
                    "actions": self.actions(resource, on: item).map { self.button($0, on: id, resource) },
                    "edit": orHidden(
                        self.may(resource.edit)
                            ? "/console/\(resource.name)/\(RequestText.encoded(id))/edit" : nil),
                    "panels": panels,
                    "explain": orHidden(self.explainAddress(of: id, resource)),
                ], scripts: ["dialog", "rows", "lookup"], resource: resource.name))
    }

    /// What was declared, or everything that an item says of itself.
    private func panels(
        of resource: ConsoleModel.Resource, _ read: ConsoleModel.Operation
    ) -> [ConsoleModel.Panel] {
        guard resource.panels.isEmpty else { return resource.panels }
        // The id says nothing beside a name, and what only forms begin with is said by what it stands for.
        let silent = ["version", "allowed"] + resource.prefills.values + (resource.itemName == "id" ? [] : ["id"])
        let columns = read.answer.filter { !silent.contains($0.name) }.map {
            ConsoleModel.Column(path: [$0.name], title: nil, format: .automatic, field: $0)
        }
        return [ConsoleModel.Panel(title: nil, columns: columns, list: nil)]
    }

    private func panel(
        _ panel: ConsoleModel.Panel, _ item: JSON, _ resource: ConsoleModel.Resource
    ) -> [String: Any] {
        let lines: [[String: Any]] = panel.columns.map { column in
            self.value(of: column, in: item, resource, isInside: false)
                .titled(self.title(of: column, in: resource))
        }
        return [
            "title": orHidden(panel.title.map { ["title": self.text($0)] }), "isList": false, "lines": lines,
            "hasRows": false, "columns": false, "rows": false,
        ]
    }

    private func listPanel(
        _ panel: ConsoleModel.Panel, _ list: ConsoleModel.Operation, _ id: String, _ resource: ConsoleModel.Resource
    ) async -> [String: Any] {
        let query = list.field("limit") == nil ? [] : [(name: "limit", value: "50")]
        let items = await self.client.get(list.path(of: id), query).json["items"]?.array ?? []
        return self.table(panel.title.map { self.text($0) } ?? "", panel.columns, items, resource)
    }

    private func table(
        _ title: String, _ columns: [ConsoleModel.Column], _ items: [JSON], _ resource: ConsoleModel.Resource
    ) -> [String: Any] {
        let heads: [[String: Any]] = columns.map {
            ["title": self.title(of: $0, in: resource), "isEnd": Self.isEnd($0)]
        }
        let rows: [[String: Any]] = items.map { item in
            [
                "cells": columns.map {
                    self.value(of: $0, in: item, resource)
                        .titled(self.title(of: $0, in: resource), isEnd: Self.isEnd($0))
                }
            ]
        }
        return [
            "title": ["title": title], "isList": true, "hasRows": !items.isEmpty, "columns": heads, "rows": rows,
            "lines": false,
        ]
    }

    /// What was done with the item, for those who may read the audit log.
    private func trail(of id: String, _ resource: ConsoleModel.Resource) async -> [String: Any]? {
        guard let type = resource.auditType, let audit = self.model?["audit"], self.may(audit.list) else { return nil }
        let answer = await self.client.get(
            audit.list.path, [("objectType", type), ("objectId", id), ("limit", "20")])
        guard answer.isFine else { return nil }
        let columns = audit.columns.filter { ["at", "actor", "action", "outcome"].contains($0.path[0]) }
        return self.table(self.word("auditTrail"), columns, answer.json["items"]?.array ?? [], audit)
    }
}
