package import AlmanacStorage

/// Takes no locks at all: the negative control of every test that shows locks to be needed.
package struct NoLocking: PostgresLocking {
    package init() {}

    package func statements(for locks: [LockKey]) -> [SQL] { [] }
}
