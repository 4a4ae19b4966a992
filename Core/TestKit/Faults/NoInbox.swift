package import AlmanacKernel
package import AlmanacStorage

/// Remembers nothing: the negative control of every test that shows an effect to happen once.
package struct NoInbox: DeliveryInbox {
    package init() {}

    package func admit(
        _ event: ID<AnyEvent>, to consumer: String, of organization: OrganizationID, in tx: Transaction
    ) throws -> Bool { true }
}
