internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface

extension MessagingCore {
    /// What everybody finds in the program itself.
    @ContributionBuilder var inboxEndpoints: Contributions {
        Endpoint.get("/me/inbox", self.listInbox, "Lists the caller's messages, the latest first.").inProduct()
        Endpoint.get("/me/inbox/unread", self.countUnread, "Counts the caller's messages that have not been read.")
            .inProduct()
        Endpoint.live(
            "/me/inbox/live", self.followInbox, "Tells the caller of messages as they come, by Server-Sent Events."
        ).inProduct()
        Endpoint.post("/me/inbox/{id}/read", self.readInbox, status: 200, "Marks a message as read.").inProduct()
        Endpoint.post(
            "/me/inbox/{id}/read-up-to", self.readInboxUpTo, status: 200,
            "Marks a message and all that came before it as read."
        ).inProduct()
    }

    var listInbox: Query<ListInbox, Page<InboxItem>> {
        Query("inbox.list", .signedIn) { [inbox] input, call, tx in try inbox.list(input, call, in: tx) }
    }

    var countUnread: Query<Nothing, InboxCount> {
        Query("inbox.unread", .signedIn) { [inbox] _, call, tx in try inbox.unread(call, in: tx) }
    }

    var followInbox: LiveQuery<Nothing, InboxFeed.Place> { self.feed.query }

    var readInbox: Command<InboxItemByID, InboxItem> {
        Command("inbox.read", .signedIn) { [inbox] input, call, tx in try inbox.read(input.id, call, in: tx) }
    }

    var readInboxUpTo: Command<InboxItemByID, InboxCount> {
        Command("inbox.read-up-to", .signedIn) { [inbox] input, call, tx in
            try inbox.readAll(upTo: input.id, call, in: tx)
        }
    }
}
