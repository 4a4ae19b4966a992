internal import AlmanacStorage

/// The jobs of the enabled plugins; frozen with the platform.
struct JobCatalog: Sendable {
    /// A job with the plugin whose code it is.
    struct Bound: Sendable {
        let owner: PluginID
        let job: any AnyJob

        /// The name under which it is stored.
        var fullName: String { "\(self.owner).\(self.job.jobName)" }

        /// What whoever watches is told of.
        var work: WorkName { WorkName("job.\(self.job.jobName)", of: self.owner) }
    }

    /// Wakes the loop of this process when something has been enqueued.
    let waker = JobWaker()
    /// All schedules, with the plugins whose they are.
    let schedules: [OwnedSchedule]
    private let byFullName: [String: Bound]
    private let byRoom: [Namespace: [String: Bound]]

    init(_ graph: Graph) {
        var byFullName: [String: Bound] = [:]
        var byRoom: [Namespace: [String: Bound]] = [:]
        var schedules: [OwnedSchedule] = []
        for plugin in graph.plugins {
            let owner = plugin.declaration.id
            for item in plugin.contributions.items {
                if let schedule = item as? Schedule {
                    schedules.append(OwnedSchedule(owner: owner, schedule: schedule))
                }
                guard let job = (item as? any AnyJob) ?? (item as? Schedule)?.job else { continue }
                let bound = Bound(owner: owner, job: job)
                byFullName[bound.fullName] = bound
                byRoom[owner.namespace, default: [:]][job.jobName] = bound
            }
        }
        self.byFullName = byFullName
        self.byRoom = byRoom
        self.schedules = schedules
    }

    /// The names of all jobs that this process can run, sorted.
    var names: [String] { self.byFullName.keys.sorted() }

    /// The names of those that wait while deliveries are held.
    var outbound: Set<String> { Set(self.byFullName.filter(\.value.job.isOutbound).keys) }

    /// The job that is stored under a name.
    func find(_ fullName: String) -> Bound? { self.byFullName[fullName] }

    /// The job of the plugin whose code runs.
    ///
    /// - Throws: ``UndeclaredUse`` when that plugin contributes no such job, or one with another input.
    func bound<Input>(_ key: JobKey<Input>, by room: Namespace) throws -> Bound {
        guard let bound = self.byRoom[room]?[key.name] else {
            throw UndeclaredUse("\(room) enqueues the job \(key.name), but does not contribute it")
        }
        guard bound.job.inputType == ObjectIdentifier(Input.self) else {
            throw UndeclaredUse("\(room) enqueues the job \(key.name) with an input that the job does not take")
        }
        return bound
    }
}
