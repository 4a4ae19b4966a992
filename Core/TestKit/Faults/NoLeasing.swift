package import AlmanacKernel
package import AlmanacStorage

/// Leaves deliveries as they are: the negative control of every test that shows leases to be needed.
package struct NoLeasing: DeliveryLeasing {
    package init() {}

    package func picking(postgres: Bool) -> SQL { "" }

    package func marks(_ lease: ID<DeliveryLease>, until: SQL, host: String) -> SQL { "host = \(host)" }
}
