internal import AlmanacStorage

extension Runtime {
    /// Lets the watchdog send heartbeats through what every request of this process goes through.
    ///
    /// The cooperative pool stands still when each of its threads is held. On SQLite the writer is a thread of this
    /// process. PostgreSQL's connections are not watched: when the database itself stands still, the process must not.
    package func watchHeartbeats() {
        let database = self.database
        self.supervisor.watchdog.watch("the cooperative pool") { arrived in Task.detached { arrived() } }
        guard database.engine.name == "sqlite" else { return }
        self.supervisor.watchdog.watch("the storage writer") { arrived in
            Task.detached {
                // Whether it succeeds says nothing about whether it comes back.
                try? await database.write(in: .system(SystemScope("send a heartbeat through the writer"))) { _ in }
                arrived()
            }
        }
    }
}
