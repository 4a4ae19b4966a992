public import AlmanacKernel

/// How bookings are made, for the public pages: which operation does what.
///
/// One plugin contributes it, next to its endpoints. The pages ask these operations and no others, as whoever looks at
/// them, and know no plugin. What does not fit is found at assembly: an operation that is not there, a field that pages
/// send and the operation does not take.
public struct BookingFlow: Contribution {
    /// The scheme with which tokens of guests are sent, as their plugin hands them out (``GuestPasses``).
    public let scheme: String
    /// The operations, by what they are for.
    public let operations: [BookingStep: ConsoleOperation]

    /// Describes the flow.
    public init(scheme: StaticString, _ operations: [BookingStep: ConsoleOperation]) {
        self.scheme = "\(scheme)"
        self.operations = operations
    }

    // swift-format-ignore: AllPublicDeclarationsHaveDocumentation
    public var label: String { "booking flow" }
}
