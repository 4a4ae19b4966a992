/// The policies of one class, ready to be looked up.
struct ClassPolicies: Sendable {
    var perUser: LimitPolicy?
    var perRole: [(role: Role, policy: LimitPolicy?)] = []
    var perKey: LimitPolicy?
    var perAddress: LimitPolicy?
    var perIdentifier: LimitPolicy?

    var isEmpty: Bool {
        self.perUser == nil && self.perRole.allSatisfy { $0.policy == nil } && self.perKey == nil
            && self.perAddress == nil && self.perIdentifier == nil
    }

    /// The policy for a user with these roles, if there is one.
    func policy(for roles: [Role]) -> LimitPolicy? {
        var isListed = false
        var best: LimitPolicy?
        for (role, policy) in self.perRole where roles.contains(role) {
            guard let policy else { return nil }
            isListed = true
            if let known = best, !policy.limit.isMoreGenerous(than: known.limit) { continue }
            best = policy
        }
        return isListed ? best : self.perUser
    }
}

extension ClassPolicies {
    /// Numbers the limits of a class, adding them to `all`.
    init(_ rateClass: RateClass, _ rules: RateLimits.Rules, adding all: inout [LimitPolicy]) {
        func add(_ limit: RateLimit?, _ subject: LimitPolicy.Subject, _ suffix: String = "") -> LimitPolicy? {
            guard let limit else { return nil }
            let name = "\(rateClass.rawValue)-\(subject.rawValue)\(suffix)"
            let policy = LimitPolicy(number: all.count, name: name, subject: subject, limit: limit)
            all.append(policy)
            return policy
        }
        self.perUser = add(rules.perUser, .user)
        self.perRole = rules.perRole.map { ($0.role, add($0.limit, .user, "-\($0.role.name)")) }
        self.perKey = add(rules.perKey, .key)
        self.perAddress = add(rules.perAddress, .address)
        self.perIdentifier = add(rules.perIdentifier, .identifier)
    }
}
