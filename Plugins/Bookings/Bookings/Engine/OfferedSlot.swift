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

/// The slots of several providers as one list: one element for each start, in order, made when it is looked at.
package struct OfferedSlots<Provider: Sendable>: Sendable {
    private let everyone: [Provider]
    private let merge: SlotMerge

    fileprivate init(_ everyone: [Provider], _ merge: SlotMerge) {
        self.everyone = everyone
        self.merge = merge
    }
}

extension OfferedSlots: RandomAccessCollection {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package var startIndex: Int { 0 }
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package var endIndex: Int { self.merge.slots.count }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    package subscript(index: Int) -> OfferedSlot<Provider> {
        OfferedSlot(self.merge.slots[index], self.everyone, self.merge.lists(with: index))
    }
}

extension SlotEngine {
    /// Merges the slots of several providers of one event type into one list.
    ///
    /// - Parameter offers: The slots of each provider as ``slots(of:for:)`` returns them, all of one duration.
    package static func merged<Provider: Sendable>(
        _ offers: [(provider: Provider, slots: [Slot])]
    ) -> OfferedSlots<Provider> {
        OfferedSlots(offers.map(\.provider), SlotMerge(offers.map(\.slots)))
    }
}
