internal import AlmanacStorage

/// A free appointment that one or more providers can take.
package struct OfferedSlot<Provider: Sendable>: Sendable {
    /// Where it begins.
    let start: Instant
    /// Where it ends, without buffers.
    let end: Instant
    /// All providers of the list this slot is in.
    private let everyone: [Provider]
    /// Which of them are free.
    private let numbers: ArraySlice<Int>

    /// Who is free, in the order in which the providers were passed; never empty.
    ///
    /// Made from a shared table when asked for: a list has thousands of slots, and each would need an array.
    var providers: [Provider] { self.numbers.map { self.everyone[$0] } }

    fileprivate init(_ slot: Slot, _ everyone: [Provider], _ numbers: ArraySlice<Int>) {
        self.start = slot.start
        self.end = slot.end
        self.everyone = everyone
        self.numbers = numbers
    }
}

extension SlotEngine {
    /// Merges the slots of several providers of one event type into one list.
    ///
    /// - Parameter offers: The slots of each provider as ``slots(of:for:)`` returns them, all of one duration.
    /// - Returns: One element for each start, in order.
    package static func merged<Provider: Sendable>(
        _ offers: [(provider: Provider, slots: [Slot])]
    ) -> [OfferedSlot<Provider>] {
        let everyone = offers.map(\.provider)
        if let only = offers.first, offers.count == 1 {
            let number = [0][...]
            return only.slots.map { OfferedSlot($0, everyone, number) }
        }
        let merge = SlotMerge(offers.map(\.slots))
        return merge.slots.enumerated().map { index, slot in
            OfferedSlot(slot, everyone, merge.lists(with: index))
        }
    }
}
