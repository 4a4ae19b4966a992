internal import AlmanacKernel

extension Refusal {
    static let unknownEventType = Refusal.invalid(
        "/eventType", "unknown_event_type", "there is no such event type: GET /event-types lists them")
    static let catalogChanged = Refusal(
        .conflict, "try_again", "what can be booked has just been changed: send the request again")
    static let unknownProvider = Refusal.invalid(
        "/provider", "unknown_provider", "there is no such provider: GET /providers lists them")

    /// The same refusal, naming the field that it is about.
    func at(_ pointer: String) -> Refusal {
        Refusal(
            self.kind, self.code, self.message, fields: [.init(pointer, self.code, self.message)],
            details: self.details)
    }
}
