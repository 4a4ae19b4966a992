public import AlmanacKernel

extension Manifest {
    /// How often callers may come.
    public struct Limits: Sendable {
        /// The limits of every class, with the usual ones where the manifest says nothing.
        public let rates: RateLimits
    }
}

extension Manifest.Limits: PluginSettings {
    /// Reads the section `limits`.
    public init(from read: inout SettingsReader) throws {
        let usual = RateLimits.standard
        let login: LoginLimits = try read.group("login", "How often somebody may try to sign in")
        let reset: ResetLimits = try read.group(
            "reset", "How often tokens may be mailed to an address, and mailed ones be tried")
        let payment: PaymentLimits = try read.group("payment", "How often somebody may pay, or try to")
        let reads: SignedInLimits = try read.group("reads", "How often users may read")
        let writes: SignedInLimits = try read.group("writes", "How often users may change something")
        let others: PublicLimits = try read.group("public", "How often anybody may use what needs no sign-in")
        var rates = usual
        rates[.login] = login.rules
        rates[.reset] = reset.rules
        rates[.payment] = payment.rules
        rates[.reads] = reads.rules
        rates[.writes] = writes.rules
        rates[.public] = others.rules
        self.rates = rates
    }
}

/// The limits of signing in.
private struct LoginLimits: PluginSettings {
    let rules: RateLimits.Rules

    init(from read: inout SettingsReader) throws {
        let usual = RateLimits.standard[.login]
        let perIdentifier: Rate = read(
            "perIdentifier", "Sign-ins with one e-mail address, right or wrong", default: Rate(usual.perIdentifier))
        let perAddress: Rate = read(
            "perAddress", "Failed sign-ins from one network address", default: Rate(usual.perAddress))
        self.rules = RateLimits.Rules(perAddress: perAddress.limit, perIdentifier: perIdentifier.limit)
    }
}

/// The limits of mails with tokens.
private struct ResetLimits: PluginSettings {
    let rules: RateLimits.Rules

    init(from read: inout SettingsReader) throws {
        let usual = RateLimits.standard[.reset]
        let perIdentifier: Rate = read(
            "perIdentifier", "Tokens asked for with one e-mail address", default: Rate(usual.perIdentifier))
        let perAddress: Rate = read(
            "perAddress", "Tokens asked for, and wrong ones tried, from one network address",
            default: Rate(usual.perAddress))
        self.rules = RateLimits.Rules(perAddress: perAddress.limit, perIdentifier: perIdentifier.limit)
    }
}

/// The limits of what moves money.
private struct PaymentLimits: PluginSettings {
    let rules: RateLimits.Rules

    init(from read: inout SettingsReader) throws {
        let usual = RateLimits.standard[.payment]
        let perUser: Rate = read("perUser", "Payments of one user", default: Rate(usual.perUser))
        let perRole = read.map(
            "perRole", "Payments of one user with this role, in place of perUser", names: RoleName.self,
            values: Rate.self)
        let perAddress: Rate = read("perAddress", "Payments from one network address", default: Rate(usual.perAddress))
        self.rules = RateLimits.Rules(
            perUser: perUser.limit, perRole: perRole.map { .init($0.name.role, $0.value.limit) },
            perAddress: perAddress.limit)
    }
}

/// The limits of what users do.
private struct SignedInLimits: PluginSettings {
    let rules: RateLimits.Rules

    init(from read: inout SettingsReader) throws {
        let perUser: Rate = read("perUser", "Requests of one user", default: .unlimited)
        let perRole = read.map(
            "perRole", "Requests of one user with this role, in place of perUser", names: RoleName.self,
            values: Rate.self)
        let perKey: Rate = read(
            "perKey", "Requests with one API key; they count for its owner too", default: .unlimited)
        let perAddress: Rate = read("perAddress", "Requests from one network address", default: .unlimited)
        self.rules = RateLimits.Rules(
            perUser: perUser.limit, perRole: perRole.map { .init($0.name.role, $0.value.limit) }, perKey: perKey.limit,
            perAddress: perAddress.limit)
    }
}

/// The limits of what anybody may do.
private struct PublicLimits: PluginSettings {
    let rules: RateLimits.Rules

    init(from read: inout SettingsReader) throws {
        let perAddress: Rate = read("perAddress", "Requests from one network address", default: .unlimited)
        self.rules = RateLimits.Rules(perAddress: perAddress.limit)
    }
}
