internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension Visit {
    /// How many items are counted at most.
    private static let longestCount = 500

    // MARK: Pages

    /// The first page: today's figures and charts; the first page of the menu where there are none.
    func home(_ model: ConsoleModel) async throws(VisitProblem) -> ConsoleReply {
        let charts = model.charts.filter { $0.homeOrder != nil && self.may($0.operation) }
        guard !charts.isEmpty else { return .redirect(self.firstEntry(in: model)) }
        let today = self.formats.zone.local(at: self.now).date
        return .page(
            await self.page(
                charts, heading: self.word("today"), note: self.formats.date(today), resource: Self.homeName))
    }

    /// What the first page is called where pages belong to something.
    static let homeName = "today"

    /// The charts of a resource.
    func charts(of resource: ConsoleModel.Resource) async throws(VisitProblem) -> ConsoleReply {
        let charts = self.charts(beside: resource)
        guard !charts.isEmpty else { throw .notFound }
        var page = await self.page(
            charts, heading: "\(self.text(resource.title)): \(self.word("charts"))", note: nil, resource: resource.name)
        page.context["back"] = "/console/\(resource.name)"
        page.context["backTitle"] = self.text(resource.title)
        return .page(page)
    }

    /// The charts of a resource that the visitor may see.
    func charts(beside resource: ConsoleModel.Resource) -> [ConsoleModel.Chart] {
        (self.model?.charts ?? []).filter { $0.resource == resource.name && self.may($0.operation) }
    }

    private func page(
        _ charts: [ConsoleModel.Chart], heading: String, note: String?, resource: String
    ) async -> ConsoleReply.Page {
        var figures: [[String: Any]] = []
        var pictures: [[String: Any]] = []
        for (chart, content) in zip(charts, await self.contents(of: charts)) {
            let shown = self.shown(chart, content)
            if chart.kind == .figure { figures.append(shown) } else { pictures.append(shown) }
        }
        return ConsoleReply.Page(
            title: heading, template: "console/charts",
            context: [
                "heading": heading, "note": orHidden(note), "back": false, "backTitle": "", "figures": figures,
                "hasFigures": !figures.isEmpty, "pictures": pictures,
            ], resource: resource)
    }

    // MARK: One chart

    private func shown(_ chart: ConsoleModel.Chart, _ content: ChartContent) -> [String: Any] {
        let (query, isWhole) = (self.query(of: chart), content.isWhole)
        let numbers = ChartNumbers(content.items, chart, self)
        let drawing = ChartDrawing(numbers.points.map(\.amount))
        let rows: [[String: Any]] = numbers.points.map { ["title": $0.title, "text": $0.text] }
        let bars: [[String: Any]] = zip(drawing.bars, numbers.points).map { bar, point in
            [
                "x": bar.x, "y": bar.y, "width": bar.width, "height": bar.height,
                "tip": "\(point.title): \(point.text)",
            ]
        }
        let most = numbers.points.max { $0.amount < $1.amount }
        // Means add up to nothing.
        let isSum = chart.value?.path.last?.hasPrefix("mean") != true
        let total = isWhole ? numbers.total : "\(numbers.total)+"
        return [
            "id": "chart-\(chart.name)", "title": self.text(chart.title), "total": orHidden(isSum ? total : nil),
            "isEmpty": numbers.points.isEmpty, "isFine": content.isFine, "isBars": chart.kind == .bars,
            "width": drawing.width, "bars": chart.kind == .bars ? bars : [],
            "line": orHidden(chart.kind == .line ? drawing.line : nil), "most": most?.text ?? "",
            "mostTitle": most?.title ?? "", "first": numbers.points.first?.title ?? "",
            "last": numbers.points.last?.title ?? "", "rows": rows,
            "group": chart.group.map { self.label(of: $0.path.last ?? "") } ?? "",
            "value": chart.value.map { self.label(of: $0.path.last ?? "") } ?? self.word("count"),
            "address": orHidden(self.address(of: chart, query)),
        ]
    }

    /// The list that a figure counts, where it is that of a resource with the same filters.
    private func address(of chart: ConsoleModel.Chart, _ query: [(name: String, value: String)]) -> String? {
        guard let resource = chart.resource.flatMap({ self.model?[$0] }), self.may(resource.list) else { return nil }
        let filters = resource.filters.map(\.name)
        guard resource.list.name == chart.operation.name, query.allSatisfy({ filters.contains($0.name) }) else {
            return "/console/\(resource.name)"
        }
        let text = query.map { "\(RequestText.encoded($0.name))=\(RequestText.encoded($0.value))" }
            .joined(separator: "&")
        return "/console/\(resource.name)\(text.isEmpty ? "" : "?\(text)")"
    }

    private func query(of chart: ConsoleModel.Chart) -> [(name: String, value: String)] {
        let today = self.formats.zone.local(at: self.now).date
        return chart.arguments.sorted { $0.key < $1.key }.map { name, argument in
            switch argument {
            case .text(let text): return (name, text)
            case .day(let days):
                let date = today.adding(days: days)
                guard chart.operation.field(name)?.kind == .instant else { return (name, "\(date)") }
                return (name, self.formats.zone.startOfDay(date).rfc3339)
            }
        }
    }

    /// What each chart is made of: asked for side by side, so that a page takes as long as its slowest chart.
    private func contents(of charts: [ConsoleModel.Chart]) async -> [ChartContent] {
        let client = self.client
        return await withTaskGroup(of: (Int, ChartContent).self) { group in
            for (place, chart) in charts.enumerated() {
                let query = self.query(of: chart)
                group.addTask { (place, await Self.content(of: chart, query, client)) }
            }
            var contents = Array(repeating: ChartContent(items: [], isWhole: false, isFine: false), count: charts.count)
            for await (place, content) in group { contents[place] = content }
            return contents
        }
    }

    private static func content(
        of chart: ConsoleModel.Chart, _ query: [(name: String, value: String)], _ client: PageClient
    ) async -> ChartContent {
        var items: [JSON] = []
        var after: String?
        repeat {
            var query = query
            if chart.operation.field("limit") != nil { query.append(("limit", "100")) }
            if let after { query.append(("after", after)) }
            let answer = await client.get(chart.operation.path, query)
            guard answer.isFine else { return ChartContent(items: items, isWhole: false, isFine: false) }
            let found = answer.json["items"]?.array ?? []
            items += found
            after = found.isEmpty ? nil : answer.json["next"]?.string
        } while after != nil && items.count < Self.longestCount
        return ChartContent(items: items, isWhole: after == nil, isFine: true)
    }
}

/// What an endpoint lists for a chart.
private struct ChartContent: Sendable {
    /// The items, as far as they are counted.
    let items: [JSON]
    /// Whether these are all.
    let isWhole: Bool
    /// Whether the endpoint answered.
    let isFine: Bool
}
