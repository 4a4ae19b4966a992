internal import AlmanacStorage

/// Sorted lists of slots turned around: for each start, which lists have it.
///
/// Counts, adds up and fills, so that the work grows with the slots and not with the number of lists. Starts are
/// told apart by their minute; where that would be wasteful, or an offset has seconds, by their rank.
struct SlotMerge {
    /// The distinct slots in order.
    private(set) var slots: [Slot] = []
    /// Where the lists of each slot end in ``members``.
    private var ends: [Int] = []
    /// Numbers of lists, slot by slot.
    private var members: [Int]

    /// Merges slots of one duration.
    ///
    /// - Parameter lists: Each in the order of the starts, no start twice.
    init(_ lists: [[Slot]]) {
        let total = lists.reduce(0) { $0 + $1.count }
        self.members = Array(repeating: 0, count: total)
        let cells = Self.minutes(of: lists, total: total) ?? Self.ranks(of: lists)

        // How many lists each cell has, then where its next one goes.
        var places = [Int](repeating: 0, count: (cells.max() ?? -1) + 1)
        for cell in cells { places[cell] += 1 }
        var sum = 0
        for cell in places.indices {
            let size = places[cell]
            places[cell] = sum
            sum += size
        }
        var firsts = [Slot?](repeating: nil, count: places.count)
        var entry = 0
        for (number, list) in lists.enumerated() {
            for slot in list {
                let cell = cells[entry]
                if firsts[cell] == nil { firsts[cell] = slot }
                self.members[places[cell]] = number
                places[cell] += 1
                entry += 1
            }
        }
        for cell in places.indices {
            guard let slot = firsts[cell] else { continue }
            self.slots.append(slot)
            self.ends.append(places[cell])
        }
    }

    /// The numbers of the lists that have a slot, ascending.
    func lists(with index: Int) -> ArraySlice<Int> {
        self.members[(index == 0 ? 0 : self.ends[index - 1])..<self.ends[index]]
    }

    /// The minutes from the first start of all to each start, list by list; `nil` when they are not whole or too many.
    private static func minutes(of lists: [[Slot]], total: Int) -> [Int]? {
        let first = lists.lazy.compactMap { $0.first?.start.microseconds }.min() ?? 0
        let last = lists.lazy.compactMap { $0.last?.start.microseconds }.max() ?? 0
        guard last / TimeSpan.minute - first / TimeSpan.minute <= 16 * total + 4_096 else { return nil }
        var minutes: [Int] = []
        minutes.reserveCapacity(total)
        for list in lists {
            for slot in list {
                let (minute, rest) = (slot.start.microseconds - first).quotientAndRemainder(dividingBy: TimeSpan.minute)
                guard rest == 0 else { return nil }
                minutes.append(Int(minute))
            }
        }
        return minutes
    }

    /// The rank of each start among all starts, list by list.
    private static func ranks(of lists: [[Slot]]) -> [Int] {
        let entries = lists.joined().enumerated().sorted { $0.element.start < $1.element.start }
        var ranks = [Int](repeating: 0, count: entries.count)
        for index in entries.indices.dropFirst() {
            let isNew = entries[index - 1].element.start < entries[index].element.start
            ranks[entries[index].offset] = ranks[entries[index - 1].offset] + (isNew ? 1 : 0)
        }
        return ranks
    }
}
