internal import AlmanacStorage

/// A free appointment that one or more providers can take.
package struct OfferedSlot<Provider: Sendable>: Sendable {
    /// Where it begins.
    let start: Instant
    /// Where it ends, without buffers.
    let end: Instant
    /// Who is free, in the order in which the providers were passed; never empty.
    let providers: [Provider]
}

extension SlotEngine {
    /// Merges the slots of several providers of one event type into one list.
    ///
    /// - Parameter offers: The slots of each provider as ``slots(of:for:)`` returns them, all of one duration.
    /// - Returns: One element for each start, in order.
    package static func merged<Provider: Sendable>(
        _ offers: [(provider: Provider, slots: [Slot])]
    ) -> [OfferedSlot<Provider>] {
        if let only = offers.first, offers.count == 1 {
            let providers = [only.provider]
            return only.slots.map { OfferedSlot(start: $0.start, end: $0.end, providers: providers) }
        }
        let merge = SlotMerge(offers.map(\.slots))
        return merge.slots.enumerated().map { index, slot in
            let providers = merge.lists(with: index).map { offers[$0].provider }
            return OfferedSlot(start: slot.start, end: slot.end, providers: providers)
        }
    }
}
