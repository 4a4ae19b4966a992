internal import AlmanacStorage

/// Sorted lists of slots turned around: for each start, which lists have it.
///
/// Ranks the starts, counts, adds up and fills, so that the work grows with the slots and hardly with the number of
/// lists.
struct SlotMerge {
    /// The distinct slots in order.
    private(set) var slots: [Slot] = []
    /// Where the lists of each slot end in ``members``.
    private let ends: [Int]
    /// Numbers of lists, slot by slot.
    private let members: [Int]

    /// Merges slots of one duration.
    ///
    /// - Parameter lists: Each in the order of the starts, no start twice.
    init(_ lists: [[Slot]]) {
        if lists.count == 1 {
            self.slots = lists[0]
            self.ends = Array(1..<lists[0].count + 1)
            self.members = Array(repeating: 0, count: lists[0].count)
            return
        }
        let total = lists.reduce(0) { $0 + $1.count }
        let ranks = Self.minuteRanks(of: lists, total: total) ?? Self.sortedRanks(of: lists)

        // How many lists each start has, then where its next one goes, at last where they end.
        var places = [Int](repeating: 0, count: (ranks.max() ?? -1) + 1)
        for rank in ranks { places[rank] += 1 }
        var sum = 0
        for rank in places.indices {
            let size = places[rank]
            places[rank] = sum
            sum += size
        }
        var members = [Int](repeating: 0, count: total)
        if let any = lists.lazy.compactMap(\.first).first {
            self.slots = Array(repeating: any, count: places.count)
        }
        var entry = 0
        for (number, list) in lists.enumerated() {
            for slot in list {
                let rank = ranks[entry]
                self.slots[rank] = slot
                members[places[rank]] = number
                places[rank] += 1
                entry += 1
            }
        }
        self.ends = places
        self.members = members
    }

    /// The numbers of the lists that have a slot, ascending.
    func lists(with index: Int) -> ArraySlice<Int> {
        self.members[(index == 0 ? 0 : self.ends[index - 1])..<self.ends[index]]
    }

    /// The rank of each start among the distinct starts, list by list, from a set with a bit for each minute.
    ///
    /// - Returns: `nil` when starts are not whole minutes apart or so far apart that the set would be wasteful.
    private static func minuteRanks(of lists: [[Slot]], total: Int) -> [Int]? {
        let first = lists.lazy.compactMap { $0.first?.start.microseconds }.min() ?? 0
        let last = lists.lazy.compactMap { $0.last?.start.microseconds }.max() ?? 0
        let words = Int((last / TimeSpan.minute - first / TimeSpan.minute) / 64) + 2
        guard words <= total + 4_096 else { return nil }
        var minutes: [Int] = []
        minutes.reserveCapacity(total)
        var bits = [UInt64](repeating: 0, count: words)
        for list in lists {
            for slot in list {
                let (minute, rest) = (slot.start.microseconds - first).quotientAndRemainder(dividingBy: TimeSpan.minute)
                guard rest == 0 else { return nil }
                minutes.append(Int(minute))
                bits[Int(minute) >> 6] |= 1 << UInt64(minute & 63)
            }
        }
        var before = [Int](repeating: 0, count: words)
        for word in 1..<words { before[word] = before[word - 1] + bits[word - 1].nonzeroBitCount }
        return minutes.map { minute in
            let lower = bits[minute >> 6] & ((1 << UInt64(minute & 63)) - 1)
            return before[minute >> 6] + lower.nonzeroBitCount
        }
    }

    /// The same ranks by sorting.
    private static func sortedRanks(of lists: [[Slot]]) -> [Int] {
        let entries = lists.joined().enumerated().sorted { $0.element.start < $1.element.start }
        var ranks = [Int](repeating: 0, count: entries.count)
        for index in entries.indices.dropFirst() {
            let isNew = entries[index - 1].element.start < entries[index].element.start
            ranks[entries[index].offset] = ranks[entries[index - 1].offset] + (isNew ? 1 : 0)
        }
        return ranks
    }
}
