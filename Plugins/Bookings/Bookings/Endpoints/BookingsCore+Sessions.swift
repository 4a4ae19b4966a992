internal import AlmanacKernel
internal import AlmanacStorage
internal import AlmanacSurface
internal import BookingsAPI

extension BookingsCore {
    /// Sessions and retreats: what is scheduled once, with seats.
    @ContributionBuilder var sessionEndpoints: Contributions {
        Endpoint.get("/sessions", self.listSessions, "Lists sessions with the seats that are left, by start.")
            .inProduct()
        Endpoint.document(
            "/sessions/export", self.exportSessions, as: .csv, "Gives sessions as a file that can be imported."
        ).inProduct()
        Endpoint.post("/sessions", self.createSession, "Makes a session, and takes the time of everything it takes.")
            .inProduct()
        Endpoint.get("/sessions/{id}", self.readSession, "Shows a session.").inProduct()
        Endpoint.put(
            "/sessions/{id}", self.replaceSession, "Replaces a session; its bookings move with it."
        ).inProduct()
        Endpoint.delete("/sessions/{id}", self.deleteSession, "Takes a draft of a session away.").inProduct()
        Endpoint.post("/sessions/{id}/schedule", self.scheduleSession, status: 200, "Publishes a draft of a session.")
            .inProduct()
        Endpoint.post(
            "/sessions/{id}/reschedule", self.rescheduleSession, status: 200,
            "Moves a session and its bookings to other times."
        ).inProduct()
        Endpoint.post(
            "/sessions/{id}/cancel", self.cancelSession, status: 200,
            "Cancels a session and its bookings, at no cost to those who have booked."
        ).inProduct()
        Endpoint.post(
            "/sessions/{id}/complete", self.completeSession, status: 200,
            "Notes that a session has taken place, and its bookings with it."
        ).inProduct()
    }

    var listSessions: Query<ListGroupSessions, Page<GroupSessionView>> {
        Query("sessions.list", .everyone) { [sessions] input, call, tx in
            try sessions.list(input, call, in: tx)
        }
    }

    var exportSessions: Query<ExportSessions, Document> {
        Query("sessions.export", .permission(.readSession)) { [catalogs] input, call, tx in
            try SessionExport(catalogs: catalogs).sessions(input, call, in: tx)
        }
    }

    var readSession: Query<GroupSessionByID, GroupSessionView> {
        Query("sessions.read", .everyone) { [sessions] input, call, tx in
            try sessions.find(input.id, call, in: tx)
        }
    }

    var createSession: Command<CreateGroupSession, GroupSessionView> {
        Command("sessions.create", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.create(input, call, in: tx)
        }
    }

    var replaceSession: Command<ReplaceGroupSession, GroupSessionView> {
        Command("sessions.replace", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.replace(input, call, in: tx)
        }
    }

    var deleteSession: Command<GroupSessionByID, Nothing> {
        Command("sessions.delete", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.delete(input, call, in: tx)
            return Nothing()
        }
    }

    var scheduleSession: Command<GroupSessionByID, GroupSessionView> {
        Command("sessions.schedule", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.schedule(input, call, in: tx)
        }
    }

    var rescheduleSession: Command<RescheduleGroupSession, GroupSessionView> {
        Command("sessions.reschedule", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.reschedule(input, call, in: tx)
        }
    }

    var cancelSession: Command<CancelGroupSession, GroupSessionView> {
        Command("sessions.cancel", .permission(.cancelSession)) { [sessionWriter] input, call, tx in
            try sessionWriter.cancel(input, call, in: tx)
        }
    }

    var completeSession: Command<GroupSessionByID, GroupSessionView> {
        Command("sessions.complete", .permission(.manageSessions)) { [sessionWriter] input, call, tx in
            try sessionWriter.complete(input, call, in: tx)
        }
    }
}
