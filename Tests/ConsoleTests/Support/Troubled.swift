import AlmanacKernel
import AlmanacStorage
import AlmanacSurface

/// Something that nobody can handle.
struct Trouble: DomainEvent {
    static let wire = WireName("troubled.trouble", version: 1)
    let number: Int
}

/// A plugin whose work fails for good.
struct Troubled: Plugin {
    static let work = JobKey<Trouble>("work")

    static let declaration = Declaration(
        id: "troubled", version: "1.0.0", summary: "Whose work fails", events: [Trouble.self])

    init(settings: NoSettings, kernel: Kernel<Self>) throws {}

    var contributions: Contributions {
        On<Trouble>("listen") { _, _ in
            throw DeliveryFailure("smtp.internal.example is away", isPermanent: true)
        }
        Job(Self.work) { _, _ in throw JobFailure.permanent("smtp.internal.example is away") }
    }

    /// Makes an event and a job.
    static let begin = Command<Int, Void>("troubled.begin", .everyone) { number, _, tx in
        try tx.emit(Trouble(number: number))
        try tx.enqueue(Self.work, Trouble(number: number))
    }
}
