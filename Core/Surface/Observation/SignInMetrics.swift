internal import AlmanacKernel
internal import Metrics

/// Counts attempts to sign in; made once, with everything that there is to count.
struct SignInMetrics: Sendable {
    /// What is counted where the refusal is none of those that are told apart.
    private static let other = "other"

    /// With what callers sign in, by operation.
    private let operations: [String: SignInMeans]
    private let counters: [SignInMeans: [String: Counter]]

    /// - Parameters:
    ///   - operations: With what callers sign in, by the operations with which they do.
    ///   - factory: Makes the metrics.
    init(_ operations: [String: SignInMeans], _ factory: any MetricsFactory) {
        self.operations = operations
        var counters: [SignInMeans: [String: Counter]] = [:]
        for means in SignInMeans.allCases {
            for outcome in ["success"] + Self.refusals(of: means) + [Self.other] {
                counters[means, default: [:]][outcome] = Counter(
                    label: KernelMetrics.signIns.name, dimensions: [("means", means.rawValue), ("outcome", outcome)],
                    factory: factory)
            }
        }
        self.counters = counters
    }

    /// Counts an answer, if its operation is one with which callers sign in.
    ///
    /// Which second factor a user has is known once their password was right; a refusal says so by its code.
    func end(_ facts: RequestNotes.Facts, status: Int) {
        guard let declared = self.operations[facts.operation] else { return }
        let isSuccess = status < 400
        let outcome = isSuccess ? "success" : facts.code ?? Self.other
        let known = isSuccess ? facts.means : outcome.hasPrefix("second_factor_") ? .secondFactor : nil
        let counters = self.counters[known ?? declared]
        (counters?[outcome] ?? counters?[Self.other])?.increment()
    }

    /// The refusals that are told apart.
    private static func refusals(of means: SignInMeans) -> [String] {
        switch means {
        case .password:
            ["invalid_credentials", "organization_required", "rate_limited", "too_many_attempts", "too_many_sign_ins"]
        case .secondFactor: ["second_factor_required", "second_factor_invalid", "second_factor_blocked"]
        case .recoveryCode: []
        case .refreshToken: ["refresh_invalid", "refresh_superseded", "refresh_reused", "rate_limited"]
        case .passwordReset: ["token_invalid", "rate_limited"]
        case .registration: ["token_invalid", "registration_closed", "rate_limited"]
        case .openID: ["rate_limited"]
        }
    }
}
