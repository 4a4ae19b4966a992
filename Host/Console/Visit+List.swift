internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// How many items a page of a list has.
    private static let pageLength = 25

    /// A list with its filters.
    func list(_ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        let filters = self.filterQuery(resource)
        var query = filters
        if resource.isPaged {
            if resource.list.field("limit") != nil { query.append(("limit", "\(Self.pageLength)")) }
            if let after = self.queried("after") { query.append(("after", after)) }
        }
        let answer = await self.client.get(resource.list.path, query)
        // What is wrong with a filter is said; what is wrong with a cursor ends at the first page.
        let isFilterWrong = answer.status == 422 && !filters.isEmpty
        if answer.status == 422, !isFilterWrong, self.queried("after") != nil {
            return .redirect("/console/\(resource.name)")
        }
        if !isFilterWrong, let problem = VisitProblem(reading: answer) { throw problem }
        let options = await self.options(for: resource.filters, resource)
        let errors: [[String: Any]] = isFilterWrong ? self.messages(of: answer) : []
        var page = self
        page.known = await self.known(resource.columns, resource)
        var context = page.listContext(resource, answer.json["items"]?.array ?? [], filters)
        context["errors"] = errors
        context["notes"] = self.notes(resource, answer.json)
        context["filters"] = self.filterContexts(resource, options)
        context["next"] = orHidden(self.address(resource, filters, after: answer.json["next"]?.string))
        context["first"] = orHidden(self.queried("after").map { _ in self.address(resource, filters) })
        return .page(
            ConsoleReply.Page(
                title: self.text(resource.title), template: "console/list", context: context,
                scripts: ["list", "dialog", "rows", "lookup"], resource: resource.name))
    }

    /// The filters that are set, as the API takes them.
    func filterQuery(_ resource: ConsoleModel.Resource) -> [(name: String, value: String)] {
        let search = resource.list.fields.filter { $0.name == resource.search }
        // A line of the menu may set what is no filter of the page.
        let preset = resource.list.fields.filter { field in
            self.model?.entries.contains { $0.resource == resource.name && $0.filters[field.name] != nil } == true
                && !resource.filters.contains(field)
        }
        return (search + resource.filters + preset).compactMap { field in
            guard let text = self.queried(field.name) else { return nil }
            return (field.name, field.kind == .instant ? FormReader.instant(text, self.formats.zone) ?? text : text)
        }
    }

    private func listContext(
        _ resource: ConsoleModel.Resource, _ items: [JSON], _ filters: [(name: String, value: String)]
    ) -> [String: Any] {
        let bulk = resource.actions.filter { $0.declared.isBulk && self.may($0.operation) }
        let columns: [[String: Any]] = resource.columns.map {
            ["title": self.title(of: $0, in: resource), "isEnd": Self.isEnd($0)]
        }
        let hasRowActions = resource.read == nil && resource.actions.contains { self.may($0.operation) }
        let create: [String: Any]? =
            self.may(resource.create)
            ? [
                "address": "/console/\(resource.name)/-/new",
                "title": resource.createTitle.map { self.text($0) } ?? self.word("new"),
            ] : nil
        let search: [String: Any]? = resource.search.map { ["name": $0, "value": self.queried($0) ?? ""] }
        return [
            "heading": self.text(resource.title), "address": "/console/\(resource.name)",
            "charts": orHidden(
                self.charts(beside: resource).isEmpty ? nil : "/console/\(resource.name)/-/charts"),
            "create": orHidden(create), "search": orHidden(search),
            "hasFilters": !resource.filters.isEmpty || resource.search != nil, "isFiltered": !filters.isEmpty,
            "export": orHidden(items.isEmpty ? nil : self.address(resource, filters, of: "/-/export.csv")),
            "columns": columns, "hasRows": !items.isEmpty, "hasRowActions": hasRowActions,
            "rows": items.map { self.row($0, resource, hasRowActions: hasRowActions) },
            "hasBulk": !bulk.isEmpty, "bulk": bulk.map { self.button($0) },
            "count": "\(items.count) \(self.word("shown"))",
        ]
    }

    /// What is said above the list, as its answer has it.
    private func notes(_ resource: ConsoleModel.Resource, _ answer: JSON) -> [[String: Any]] {
        resource.notes.filter { note in note.condition.map { answer[$0]?.bool == true } ?? true }.map { note in
            ["text": self.text(note.text), "tone": note.tone.rawValue, "command": orHidden(note.command)]
        }
    }

    private func row(_ item: JSON, _ resource: ConsoleModel.Resource, hasRowActions: Bool) -> [String: Any] {
        let id = Self.identity(of: item, resource)
        let cells: [[String: Any]] = resource.columns.enumerated().map { index, column in
            var value = self.value(of: column, in: item, resource)
            if index == 0, self.may(resource.read) {
                value = value.plain.isEmpty ? ShownValue("isText", id) : value
                value = value.linked(to: "/console/\(resource.name)/\(RequestText.encoded(id))")
            }
            return value.titled(self.title(of: column, in: resource), isEnd: Self.isEnd(column))
        }
        let actions: [[String: Any]] =
            hasRowActions ? self.actions(resource, on: item).map { self.button($0, on: id, resource) } : []
        return [
            "id": id, "name": item[resource.itemName]?.string ?? id, "cells": cells, "actions": actions,
        ]
    }

    /// By what an item is known.
    static func identity(of item: JSON, _ resource: ConsoleModel.Resource) -> String {
        item[resource.identity]?.string ?? item[resource.identity].map { $0.text } ?? ""
    }

    /// Whether a column stands at the right: amounts and numbers do.
    static func isEnd(_ column: ConsoleModel.Column) -> Bool {
        switch column.field.kind {
        case .integer, .number, .money: true
        default: false
        }
    }

    /// The actions that the visitor may take with an item, as far as it says.
    func actions(_ resource: ConsoleModel.Resource, on item: JSON) -> [ConsoleModel.Action] {
        let allowed = item["allowed"]?.array.map { Set($0.compactMap(\.string)) }
        return resource.actions.filter { action in
            self.may(action.operation) && allowed?.contains(action.allowed) != false
        }
    }

    /// What leads to an action.
    func button(_ action: ConsoleModel.Action, on id: String, _ resource: ConsoleModel.Resource) -> [String: Any] {
        [
            "title": self.text(action.declared.title), "isDestructive": action.declared.isDestructive,
            "address": "/console/\(resource.name)/\(RequestText.encoded(id))/do/\(action.name)",
        ]
    }

    private func button(_ action: ConsoleModel.Action) -> [String: Any] {
        [
            "title": self.text(action.declared.title), "name": action.name,
            "isDestructive": action.declared.isDestructive,
        ]
    }

    // MARK: Filters

    private func address(
        _ resource: ConsoleModel.Resource, _ filters: [(name: String, value: String)], of page: String = ""
    ) -> String {
        let names = filters.map(\.name)
        let query = self.query.filter { names.contains($0.name) && !$0.value.isEmpty }
            .map { "\(RequestText.encoded($0.name))=\(RequestText.encoded($0.value))" }.joined(separator: "&")
        return "/console/\(resource.name)\(page)\(query.isEmpty ? "" : "?\(query)")"
    }

    private func address(
        _ resource: ConsoleModel.Resource, _ filters: [(name: String, value: String)], after: String?
    ) -> String? {
        guard let after else { return nil }
        let address = self.address(resource, filters)
        return "\(address)\(address.utf8.contains(UInt8(ascii: "?")) ? "&" : "?")after=\(RequestText.encoded(after))"
    }

    private func filterContexts(_ resource: ConsoleModel.Resource, _ options: FormOptions) -> [[String: Any]] {
        resource.filters.map { field in
            let value = self.queried(field.name) ?? ""
            var choices = options[field.name]?.options ?? []
            switch field.kind {
            case .choice(let values): choices = values.map { ($0, self.label(ofValue: $0)) }
            case .boolean: choices = [("true", self.word("yes")), ("false", self.word("no"))]
            default: break
            }
            let type: String =
                switch field.kind {
                case .date: "date"
                case .instant: "datetime-local"
                case .integer, .number: "number"
                default: "text"
                }
            let shown: [[String: Any]] = choices.map {
                ["value": $0.value, "title": $0.title, "isChosen": $0.value == value]
            }
            return [
                "name": field.name, "label": self.label(of: field.name, in: resource), "value": value, "type": type,
                "isSet": !value.isEmpty, "isSelect": !choices.isEmpty, "options": shown,
            ]
        }
    }

    /// What a problem says, a line for each field.
    func messages(of answer: PageClient.Answer) -> [[String: Any]] {
        let errors = answer.json["errors"]?.array ?? []
        guard !errors.isEmpty else { return [["text": answer.detail]] }
        return errors.map { error in
            let field = (error["pointer"]?.string ?? "").split(separator: "/").last.map(String.init) ?? ""
            let text = self.label(ofError: error["code"]?.string ?? "", error["detail"]?.string ?? "")
            return ["text": field.isEmpty ? text : "\(field): \(text)"]
        }
    }

    // MARK: Export

    /// The most rows that a file gets.
    private static let longestExport = 10_000

    /// The list as a file, with the filters that are set.
    func export(_ resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        let filters = self.filterQuery(resource)
        var file = Self.line(resource.columns.map { self.title(of: $0, in: resource) })
        var after: String?
        var count = 0
        repeat {
            var query = filters
            if resource.list.field("limit") != nil { query.append(("limit", "200")) }
            if let after { query.append(("after", after)) }
            let answer = await self.client.get(resource.list.path, query)
            if let problem = VisitProblem(reading: answer) { throw problem }
            let items = answer.json["items"]?.array ?? []
            for item in items {
                file += Self.line(resource.columns.map { self.value(of: $0, in: item, resource).plain })
            }
            count += items.count
            after = items.isEmpty ? nil : answer.json["next"]?.string
        } while after != nil && count < Self.longestExport
        return .file(Array(file.utf8), name: "\(resource.name).csv")
    }

    /// A line of comma-separated values (RFC 4180) in which nothing is a formula to programs for tables.
    private static func line(_ values: [String]) -> String {
        values.map { value in
            let isFormula = value.first.map { "=+-@\t\r".contains($0) } ?? false
            let isNumber = Double(value) != nil
            let safe = isFormula && !isNumber ? "'\(value)" : value
            return "\"\(safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\""
        }.joined(separator: ",") + "\r\n"
    }
}
