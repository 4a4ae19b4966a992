internal import AlmanacStorage
internal import Logging

/// Handles deliveries that this host has taken, each in a transaction of its own.
struct DeliveryRunner: Sendable {
    private enum Outcome {
        case handled
        case repeated
        case failed(FailureNote)
    }

    let queue: DeliveryQueue
    let platform: Platform
    let inbox: any DeliveryInbox
    let random: any RandomSource
    let supervisor: Supervisor?
    let meter: DeliveryMeter
    let logger: Logger

    /// Handles deliveries one after the other, until one has to wait or the task is cancelled.
    func run(_ lane: [ClaimedDelivery]) async -> BusProgress {
        var progress = BusProgress()
        defer { if let consumer = lane.first?.consumer.id { self.meter.count(progress, of: consumer) } }
        for (index, delivery) in lane.enumerated() {
            let rest = Array(lane[index...].dropFirst())
            guard !Task.isCancelled else {
                progress += await self.giveBack([delivery] + rest)
                break
            }
            switch await self.handle(delivery) {
            case .handled: progress.handled += 1
            case .repeated: progress.repeated += 1
            case .failed(let note):
                guard await self.settle(delivery, note, rest, &progress) else { return progress }
            }
        }
        return progress
    }

    /// Lets others have what has not been begun.
    func giveBack(_ deliveries: [ClaimedDelivery]) async -> BusProgress {
        var progress = BusProgress()
        do {
            try await self.queue.giveBack(deliveries)
            progress.givenBack = deliveries.count
        } catch {
            self.logger.warning(
                "deliveries could not be given back: others get them when their lease ends",
                metadata: ["deliveries": "\(deliveries.count)", "error": "\(FailureNote(error).text)"])
        }
        return progress
    }

    /// Runs the handler, unless it has run before, and records that it has, all in one transaction.
    private func handle(_ delivery: ClaimedDelivery) async -> Outcome {
        let event = delivery.event
        let consumer = delivery.consumer
        let call = Call(
            organization: event.organization, principal: .system(consumer.id),
            origin: Origin(.job, requestID: event.id.description))
        let platform = self.platform
        do {
            let watch = self.supervisor?.watch(over: consumer.work)
            let database = self.queue.database.entering(consumer.owner.namespace).observing { _ in watch?.renew() }
            let isFirst = try await database.write(
                in: .organization(event.organization),
                attaching: { CallState(call: call, platform: platform, operation: consumer.id) },
                { tx in
                    let kernel = tx.entering(.kernel)
                    let isFirst = try self.inbox.admit(
                        event.id, to: consumer.id, of: event.organization, in: kernel)
                    if isFirst {
                        watch?.begin()
                        defer { watch?.end() }
                        try delivery.reading.handle(event, in: tx)
                    }
                    try self.queue.finish(delivery, in: kernel)
                    return isFirst
                })
            if isFirst {
                self.supervisor?.succeed(item: event.id.description, of: consumer.work)
                self.meter.handled(delivery, at: database.clock.now)
            }
            return isFirst ? .handled : .repeated
        } catch {
            self.supervisor?.fail(item: event.id.description, of: consumer.work, error)
            return .failed(FailureNote(error))
        }
    }

    /// Records a failure.
    ///
    /// - Returns: Whether those behind it go on.
    private func settle(
        _ delivery: ClaimedDelivery, _ note: FailureNote, _ rest: [ClaimedDelivery], _ progress: inout BusProgress
    ) async -> Bool {
        let facts: Logger.Metadata = [
            "consumer": "\(delivery.consumer.id)", "event": "\(delivery.event.id)",
            "name": "\(delivery.event.wire)", "attempt": "\(delivery.failures + 1)", "reason": "\(note.text)",
        ]
        do {
            switch try await self.queue.fail(delivery, note, rest: rest, random: self.random) {
            case .retried:
                progress.retried += 1
                self.logger.warning("an event could not be handled; it is tried again", metadata: facts)
                return false
            case .parked:
                progress.dead += 1
                self.logger.error(
                    "an event could not be handled and is dead; those behind it with its ordering key wait",
                    metadata: facts)
                return false
            case .passed:
                progress.dead += 1
                self.logger.error("an event could not be handled and is dead", metadata: facts)
                return true
            case .lost:
                progress.lost += 1
                return false
            }
        } catch {
            // The lease ends, and then somebody tries again.
            self.logger.warning(
                "an event could not be handled, nor the failure be recorded", metadata: facts)
            return false
        }
    }
}
