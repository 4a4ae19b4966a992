internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import MessagingAPI

extension MessagingCore {
    /// What became of messages, for the staff.
    @ContributionBuilder var deliveryEndpoints: Contributions {
        Endpoint.get("/messages", self.listMessages, "Lists messages and what became of them, the latest first.")
            .inProduct()
        Endpoint.get("/messages/{id}", self.readMessage, "Shows what became of a message.").inProduct()
        Endpoint.post(
            "/messages/{id}/retry", self.retryMessage, status: 200, "Sends a message again that could not be sent."
        ).inProduct()
    }

    var listMessages: Query<ListMessages, Page<DeliveryView>> {
        Query("messages.list", .permission(.readMessages)) { [deliveries] input, call, tx in
            try deliveries.list(input, call, in: tx)
        }
    }

    var readMessage: Query<MessageByID, DeliveryView> {
        Query("messages.read", .permission(.readMessages)) { [deliveries] input, call, tx in
            try deliveries.find(input.id, call, in: tx)
        }
    }

    var retryMessage: Command<MessageByID, DeliveryView> {
        Command("messages.retry", .permission(.retryMessages)) { [deliveries] input, call, tx in
            try deliveries.retry(input.id, call, in: tx)
        }
    }
}
