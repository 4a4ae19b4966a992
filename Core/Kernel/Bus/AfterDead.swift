/// What becomes of the events behind one that a consumer could not handle, however often it was tried.
///
/// Concerns events with the same ``DomainEvent/orderingKey`` only; all others go on in any case.
public enum AfterDead: Sendable, Equatable {
    /// They wait until somebody retries or drops the dead one, so that none is ever handled out of order.
    case park
    /// They are handled as if the dead one had not been.
    case `continue`
}
