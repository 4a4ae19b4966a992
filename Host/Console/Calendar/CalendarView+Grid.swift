internal import AlmanacKernel
internal import AlmanacPages
internal import AlmanacStorage
internal import AlmanacSurface

extension CalendarView {
    /// The hours that are shown even when nothing happens in them.
    private static let usualHours = (from: 8, to: 18)

    /// The columns: the days of a week, or of one day a column for each lane that was chosen.
    private var columns: [Column] {
        let chosen = self.calendar.lanes.flatMap { lane in
            (self.request.lanes[lane.resource.name] ?? []).map { id in
                (resource: lane.resource.name, id: id, title: self.content.title(ofLane: id, lane.resource.name))
            }
        }
        guard self.request.span == .day, chosen.count > 1 else {
            return self.request.dates.map { date in
                Column(date: date, lane: chosen.count == 1 ? chosen[0] : nil)
            }
        }
        return chosen.map { Column(date: self.request.date, lane: $0) }
    }

    /// A stretch of the axis that an item takes.
    private struct Placed {
        let item: CalendarItem
        let from: Int
        let to: Int
    }

    /// The days beside each other, with the hours at the side.
    var grid: [String: Any] {
        let axis = CalendarAxis(self.request.dates, in: self.zone)
        let columns = self.columns
        let contents = columns.map { column in self.items(of: column, axis) }
        let (first, last) = self.hours(of: contents.flatMap(\.timed), axis)
        let hours: [[String: Any]] = axis.hours(from: first, to: last).map { hour in
            [
                "label": Formats.clock(hour.wall), "isSecond": hour.isSecond,
                "place": Self.place(from: hour.minute - first),
            ]
        }
        let shown = columns.indices.map { index in
            self.context(of: columns[index], index, contents[index], axis, first, last)
        }
        return [
            "hours": hours, "columns": shown, "length": "l\((last - first) / 60)",
            "isWide": columns.count > 1, "hasLanes": columns.count > 1 && self.request.span == .day,
            "hasAllDay": contents.contains { !$0.whole.isEmpty },
        ]
    }

    private func items(of column: Column, _ axis: CalendarAxis) -> (whole: [CalendarItem], timed: [Placed]) {
        let (start, end) = axis.bounds(of: column.date)
        var whole: [CalendarItem] = []
        var timed: [Placed] = []
        let isLane = self.request.span == .day
        for item in self.content.items where item.start < end && item.end > start {
            if isLane, let lane = column.lane, item.lanes[lane.resource]?.contains(lane.id) != true { continue }
            if item.start <= start, item.end >= end {
                whole.append(item)
            } else {
                let from = axis.minute(of: item.start, on: column.date)
                let to = axis.end(of: item.end, on: column.date)
                timed.append(Placed(item: item, from: from, to: max(to, from + 1)))
            }
        }
        return (whole, timed)
    }

    /// From which minute of the axis to which is shown: whole hours, the usual ones and all in which something is.
    private func hours(of items: [Placed], _ axis: CalendarAxis) -> (first: Int, last: Int) {
        guard !self.request.isWhole else { return (0, axis.length) }
        let hours = axis.hours(from: 0, to: axis.length)
        func minute(_ hour: Int) -> Int { hours.first { $0.wall == hour * 60 && !$0.isSecond }?.minute ?? hour * 60 }
        var (first, last) = (minute(Self.usualHours.from), minute(Self.usualHours.to))
        for item in items {
            first = min(first, item.from / 60 * 60)
            last = max(last, (item.to + 59) / 60 * 60)
        }
        return (first, min(last, axis.length))
    }

    private func context(
        of column: Column, _ index: Int, _ content: (whole: [CalendarItem], timed: [Placed]), _ axis: CalendarAxis,
        _ first: Int, _ last: Int
    ) -> [String: Any] {
        let places = CalendarColumns.places(of: content.timed.map { ($0.from, $0.to) })
        let timed: [[String: Any]] = zip(content.timed, places).map { placed, place in
            var context = self.context(of: placed.item, on: column.date, in: index)
            context["place"] =
                "\(Self.place(from: placed.from - first, length: placed.to - placed.from)) "
                + "c\(place.column) n\(place.columns)"
            return context
        }
        let now = column.date == self.zone.localDate(at: self.now) ? axis.minute(of: self.now, on: column.date) : nil
        let shownNow = now.flatMap { $0 >= first && $0 < last ? $0 : nil }
        let (start, _) = axis.bounds(of: column.date)
        let opening = axis.stretches(of: column.date)
        let usual = self.zone.instants(of: column.date, minute: Self.usualHours.from * 60).compatible
        let items = content.whole.map { self.context(of: $0, on: column.date, in: index) }
        let date = self.visit.formats.day(column.date)
        return [
            "domID": "c-\(index)", "title": column.lane.flatMap { self.request.span == .day ? $0.title : nil } ?? date,
            "day": self.request.with {
                $0.span = .day
                $0.date = column.date
            }.address(self.calendar),
            "date": "\(column.date)", "weekday": self.visit.formats.weekday(column.date), "number": column.date.day,
            "isLane": self.request.span == .day && column.lane != nil && self.columns.count > 1,
            "isToday": column.date == self.zone.localDate(at: self.now), "whole": items, "timed": timed,
            "hasWhole": !items.isEmpty, "isEmpty": items.isEmpty && timed.isEmpty,
            "count": content.whole.count + content.timed.count,
            "now": orHidden(
                shownNow.map {
                    ["place": Self.place(from: $0 - first), "text": self.clockNow, "at": self.now.rfc3339]
                        as [String: Any]
                }),
            "note": orHidden(self.note(on: column.date, axis)), "start": start.rfc3339,
            "stretches": opening.map { "\($0.from - first):\($0.to - first):\($0.start.seconds / 60)" }
                .joined(separator: " "),
            "lane": column.lane?.id ?? "",
            "create": orHidden(
                self.newAddress(at: usual, lane: column.lane.map { ($0.resource, $0.id) })),
        ]
    }

    private var clockNow: String { Formats.clock(self.zone.local(at: self.now).secondOfDay / 60) }

    /// What is unusual about the clock on a day.
    private func note(on date: LocalDate, _ axis: CalendarAxis) -> String? {
        let (skipped, repeated) = axis.changes(on: date)
        if let skipped {
            return
                "\(self.visit.word("calSkipped")) \(Formats.clock(skipped.lowerBound))–\(Formats.clock(skipped.upperBound))"
        }
        return repeated.map {
            "\(self.visit.word("calTwice")) \(Formats.clock($0.lowerBound))–\(Formats.clock($0.upperBound))"
        }
    }

    /// The classes that put something at a minute of the axis, with a length: styles know them.
    static func place(from minute: Int, length: Int? = nil) -> String {
        let place = "h\(minute / 60) m\(minute % 60)"
        guard let length else { return place }
        return "\(place) dh\(length / 60) dm\(length % 60)"
    }

    // MARK: A month

    /// The weeks of a month.
    var month: [String: Any] {
        let axis = CalendarAxis([], in: self.zone)
        let days: [[String: Any]] = self.request.dates.enumerated().map { index, date in
            let (start, end) = axis.bounds(of: date)
            let items = self.content.items.filter { $0.start < end && $0.end > start }
            let shown = items.count > Self.mostInMonth + 1 ? Array(items.prefix(Self.mostInMonth)) : items
            let more = items.count - shown.count
            return [
                "domID": "c-\(index)", "title": self.visit.formats.date(date), "number": date.day,
                "weekday": self.visit.formats.weekday(date),
                "date": "\(date)", "isToday": date == self.zone.localDate(at: self.now),
                "isOther": date.month != self.request.date.month,
                "day": self.request.with {
                    $0.span = .day
                    $0.date = date
                }.address(self.calendar),
                "items": shown.map { self.context(of: $0, on: date, in: index) }, "isEmpty": items.isEmpty,
                "more": orHidden(more > 0 ? "\(more) \(self.visit.word("calMore"))" : nil),
            ]
        }
        let heads: [[String: Any]] = self.request.dates.prefix(7).map { ["title": self.visit.formats.weekday($0)] }
        return ["heads": heads, "days": days]
    }
}
