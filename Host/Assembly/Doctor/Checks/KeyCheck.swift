internal import AlmanacKernel

/// Whether the keys are there with which values are encrypted, and only their owner can read them.
struct KeyCheck: DoctorCheck {
    private static let name = "keys"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        let source = subject.blueprint.keySource
        do {
            guard let list = try source.read() else { return [Self.missing(source)] }
            let count = list.keys.count == 1 ? "the only key" : "one of \(list.keys.count) keys"
            return [.ok(Self.name, "\(source.name) holds \(count) with which values are encrypted")]
        } catch {
            return [
                .problem(
                    Self.name, "the keys cannot be used: \(error)",
                    advice: "restore the keys from your backup or from another host of this deployment")
            ]
        }
    }

    private static func missing(_ source: any KeySource) -> Finding {
        source.makesFirstKey
            ? .ok(Self.name, "there is no key yet: the first start makes one in \(source.name)")
            : .problem(
                Self.name, "\(source.name) has no keys",
                advice: "run `almanac keys create`, or restore the keys from your backup")
    }
}
