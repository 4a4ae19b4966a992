internal import AlmanacKernel
internal import AlmanacStorage
internal import BookingsAPI
internal import Logging
internal import MessagingAPI

/// Sends what is due: claims a message in one transaction, sends it outside of any, and settles it in a second.
///
/// Whoever ends between sending and settling has sent a message that nobody knows of: it is sent again when its claim
/// is over, under the same identifier. That cannot be helped with anybody who takes messages without being asked twice.
struct MessageSender: Sendable {
    let kernel: Kernel<Messaging>
    let desk: SendingDesk

    /// How many messages one step looks at.
    private static let batch = 50

    private struct Due: Record {
        static let columns: Columns = ["organization_id", "id"]
        let organization: OrganizationID
        let id: ID<StoredMessage>

        init(row: inout RowReader) throws {
            self.organization = try row.next()
            self.id = try row.next()
        }
    }

    /// Sends one message that is due, after settling those before it that need nobody to send them.
    ///
    /// - Returns: Whether there may be more to do at once.
    /// - Throws: Storage errors: the database cannot be reached.
    func step() async throws -> Bool {
        let due = try await self.due()
        for entry in due {
            switch try await self.claim(entry) {
            case .gone, .settled: continue
            case .send(let errand):
                try await self.send(errand, in: entry.organization)
                return true
            }
        }
        return due.count == Self.batch
    }

    /// The messages whose time has come, in all organizations, the oldest first.
    ///
    /// While deliveries are held only those that stay in the house: the others keep their place until they are released.
    private func due() async throws -> [Due] {
        try await self.kernel.read(across: SystemScope("find messages that are due")) { [kernel, desk] tx in
            let stays: SQL = try kernel.isHoldingDeliveries(in: tx) ? "AND channel = \(ChannelID.inApp)" : ""
            return try tx.fetchAll(
                """
                SELECT \(Due.columns) FROM \(MessagingSchema.message)
                WHERE \(desk.lease.isDue(at: tx.now)) \(stays)
                ORDER BY due_at, id LIMIT \(Self.batch)
                """)
        }
    }

    /// Claims a message; one that cannot even be claimed waits, so that those behind it get their turn.
    private func claim(_ entry: Due) async throws -> SendingDesk.Claim {
        do {
            return try await self.kernel.write(in: entry.organization, as: "sender") { [desk] tx in
                try desk.claim(entry.id, in: tx)
            }
        } catch {
            self.kernel.logger.error(
                "a message could not be made; it is tried again",
                metadata: ["message": "\(entry.id)", "error": "\(error)"])
            try await self.kernel.write(in: entry.organization, as: "sender") { [desk] tx in
                try desk.setAside(entry.id, in: tx)
            }
            return .settled
        }
    }

    private func send(_ errand: SendingDesk.Errand, in organization: OrganizationID) async throws {
        let outcome = await Self.outcome(of: errand)
        try await self.kernel.write(in: organization, as: "sender") { [desk] tx in
            switch outcome {
            case .success(let receipt): try desk.sent(errand, receipt, in: tx)
            case .failure(let error): try desk.failed(errand, error, in: tx)
            }
        }
    }

    /// What the channel made of a message; what it throws that is none of its own errors may show anything.
    private static func outcome(of errand: SendingDesk.Errand) async -> Result<ChannelReceipt, ChannelError> {
        do {
            return .success(try await errand.channel.send(errand.message))
        } catch {
            return .failure(
                error as? ChannelError ?? ChannelError(isPermanent: false, reason: "\(type(of: error))"))
        }
    }
}
