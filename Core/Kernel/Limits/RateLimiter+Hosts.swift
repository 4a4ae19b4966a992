internal import AlmanacStorage

extension RateLimiter {
    /// Decides on a request as ``admit(_:_:)`` does, for classes that all hosts count together with the others.
    ///
    /// This host's own count comes first and needs no round trip; who passes it is counted in the database. When the
    /// database does not answer, this host's count decides alone: each of N hosts then allows what one would. Failing
    /// closed would lock everybody out of what works, and what is limited here needs the database anyway.
    public func decide(_ rateClass: RateClass, _ caller: LimitedCaller) async -> Admission {
        let own = self.admit(rateClass, caller)
        guard rateClass.isShared, let hosts = self.hosts, own.isAdmitted, !own.charges.isEmpty else { return own }
        do {
            switch try await hosts.charge(own.charges) {
            case .admitted(let debts):
                let standings = zip(own.charges, debts).map { charge, debt in
                    Self.standing(charge.policy, owing: debt, isViolated: false)
                }
                return Admission(
                    standings: Self.inOrder(standings), charges: own.charges, countedByHosts: true)
            case .refused(let debts):
                self.giveBack(own.charges)
                return self.refusal(own.charges, debts, caller)
            }
        } catch {
            self.noteHostsUnreachable(error)
            return own
        }
    }

    /// Takes back what one kind of policy has counted for a request, with all hosts too where they counted it.
    public func settle(_ admission: Admission, sparing subject: LimitPolicy.Subject) async {
        self.giveBack(admission, subject)
        let charges = admission.charges.filter { $0.policy.subject == subject }
        guard admission.countedByHosts, let hosts = self.hosts, !charges.isEmpty else { return }
        do { try await hosts.giveBack(charges) } catch { self.noteHostsUnreachable(error) }
    }

    private func refusal(_ charges: [Charge], _ debts: [Int: Int64], _ caller: LimitedCaller) -> Admission {
        let standings = charges.enumerated().map { index, charge in
            Self.standing(charge.policy, owing: debts[index] ?? 0, isViolated: debts[index] != nil)
        }
        for index in debts.keys.sorted() { self.report(charges[index], caller) }
        return Admission(standings: Self.inOrder(standings), charges: [])
    }

    private static func inOrder(_ standings: [Admission.Standing]) -> [Admission.Standing] {
        standings.sorted { $0.policy.number < $1.policy.number }
    }

    /// How somebody stands who owes so many microseconds.
    private static func standing(
        _ policy: LimitPolicy, owing debt: Int64, isViolated: Bool
    ) -> Admission.Standing {
        let (interval, tolerance) = (policy.limit.interval, policy.limit.tolerance)
        let debt = min(max(debt, 0), tolerance)
        let remaining = isViolated ? 0 : Int((tolerance - debt) / interval)
        // What is owed above what leaves room for one more than that.
        let more = debt - (tolerance - Int64(remaining + 1) * interval)
        return Admission.Standing(
            policy, remaining: remaining, microsecondsUntilMore: debt == 0 ? 0 : max(1, more),
            isViolated: isViolated)
    }
}
