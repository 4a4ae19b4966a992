internal import AlmanacKernel
internal import AlmanacStorage

/// The endpoints with which administrators see whom the rate limits hold off, and let them in again.
enum LimitEndpoints {
    static func all(_ limiter: RateLimiter) -> [Endpoint] {
        [
            Endpoint.get("/limits/blocks", self.list(limiter), "Lists who is held off by a rate limit now."),
            Endpoint.delete("/limits/blocks/{id}", self.lift(limiter), "Lets somebody who is held off in again."),
        ].map { $0.inProduct() }
    }

    struct BlockView: Codable, Sendable {
        let id: String
        let policy: String
        let subject: String
        let who: String
        let until: Instant
    }

    struct BlockList: Codable, Sendable {
        let items: [BlockView]
        let next: String?
    }

    private static func list(_ limiter: RateLimiter) -> Query<Nothing, BlockList> {
        Query("kernel.limits.blocks", .permission(.readLimits)) { _, _, tx in
            guard try tx.filter(.readLimits) == .organization else { throw Refusal.forbidden(.readLimits) }
            let items = try limiter.visibleBlocks(in: tx).map { block in
                BlockView(
                    id: block.id, policy: block.policy, subject: block.subject.rawValue, who: block.who,
                    until: block.until)
            }
            return BlockList(items: items, next: nil)
        }
    }

    struct BlockByID: APIInput {
        let id: String

        static let constraints: [String: Constraint] = ["id": .text(1...200, "The block, as the list names it.")]
    }

    private static func lift(_ limiter: RateLimiter) -> Command<BlockByID, Nothing> {
        Command("kernel.limits.lift", .permission(.manageLimits)) { input, _, tx in
            guard try tx.filter(.manageLimits) == .organization else { throw Refusal.forbidden(.manageLimits) }
            // One that ended meanwhile is as good as lifted, but then there is nothing to tell the audit log.
            guard let block = try limiter.visibleBlocks(in: tx.reading).first(where: { $0.id == input.id }) else {
                throw Refusal(.notFound, "not_found", "nobody is held off by this name, or not any more")
            }
            try limiter.lift(block, in: tx)
            try tx.audit(
                "kernel.limits.lifted",
                detail: .object(["policy": .string(block.policy), "who": .string(block.audited)]))
            return Nothing()
        }
    }
}
