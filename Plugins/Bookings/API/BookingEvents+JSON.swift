public import AlmanacStorage

// Events are written inside the transaction that makes them, while everybody else waits for the database: they write
// themselves, with the members of their `Codable` form.

extension BookingConfirmed: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("booking", self.booking)
            writer.member("eventType", self.eventType)
            writer.member("provider", self.provider)
            writer.member("customer", self.customer)
            writer.member("start", self.start)
            writer.member("end", self.end)
        }
    }
}

extension BookingCancelled: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("booking", self.booking)
            writer.member("provider", self.provider)
            writer.member("customer", self.customer)
            writer.member("start", self.start)
            writer.member("end", self.end)
        }
    }
}

extension BookingRescheduled: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("booking", self.booking)
            writer.member("customer", self.customer)
            writer.member("from", self.from)
            writer.member("to", self.to)
        }
    }
}

extension BookingRescheduled.Appointment: JSONStreamable {
    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("provider", self.provider)
            writer.member("start", self.start)
            writer.member("end", self.end)
        }
    }
}
