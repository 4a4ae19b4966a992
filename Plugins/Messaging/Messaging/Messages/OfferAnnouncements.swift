internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import MessagingAPI

/// Tells people who wait that something is kept for them.
///
/// At once: an offer lapses soon, and nobody but its recipients can undo it. Before the message is sent it is asked
/// again whether it is still kept; who has accepted or declined it in the program hears nothing more.
struct OfferAnnouncements: Sendable {
    let waitlist: any WaitlistLookup
    let guardianship: any Guardianship
    let preferences: PreferenceStore

    /// Something has become free and is kept for somebody.
    func offered(_ event: WaitlistOffered, in tx: Transaction) throws {
        guard let offer = try self.waitlist.offer(to: event.entry, in: tx.reading), offer.hold == event.hold else {
            return
        }
        let guardians = try self.guardianship.guardians(of: offer.customerPerson, in: tx.reading)
        for person in [offer.customerPerson] + guardians {
            let party = Party(person: person, audience: .customer)
            for channel in try self.preferences.of(person, in: tx.reading).channels {
                try MessageDraft(offer, to: party, on: channel, dueAt: tx.now).write(in: tx)
            }
        }
    }
}
