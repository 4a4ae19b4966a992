internal import AlmanacStorage

/// One try to sign in: whose account is meant, by what it is counted, and the device it comes from.
struct SignInAttempt: Sendable {
    /// The user with the address; `nil` when there is none.
    let user: User?
    /// What was counted.
    let subjects: [SignInPace.Subject]
    /// The device, when it is one of the user's.
    let device: ID<KnownDevice>?
    /// The device's token: the one that was shown, or a new one.
    let token: DeviceToken

    /// Writes down that the try succeeded, in the transaction that begins the session.
    func settle(_ user: ID<User>, _ tx: Transaction) throws {
        try SignInPace.settle(self.subjects, tx)
        try KnownDevice.note(self.device, self.token, of: user, tx)
    }
}

extension Identity {
    /// Looks up whom a try is about and counts it.
    ///
    /// - Parameters:
    ///   - email: The address as it was sent; what is none is counted like one.
    ///   - device: The device token as it was sent, if any.
    ///   - origin: Through what.
    /// - Returns: The try, which may go on to its password.
    /// - Throws: ``Refusal`` `too_many_attempts` when it has to wait, whether or not there is such an account.
    func attempt(email: String, device: String?, _ origin: Origin) async throws -> SignInAttempt {
        let key = (try? EmailAddress(email))?.key
        let shown = device.flatMap { DeviceToken($0) }
        let (user, known) = try await self.database.read(in: .system(SystemScope("sign-in lookup"))) { tx in
            let user = try tx.fetchOne(
                "SELECT \(User.columns) FROM \(User.table) WHERE email_key = \(key ?? FoldKey(""))", as: User.self)
            // Asked for also where there is no user, so that it takes the same time.
            let owner = user?.id ?? ID(high: 0, low: 0)
            return (user, try shown.flatMap { try KnownDevice.find($0, of: owner, tx) })
        }
        var subjects = [known.map { .device($0) } ?? SignInPace.Subject.stranger(key ?? FoldKey(email))]
        // A device is counted by itself: neither strangers at large nor those next door slow it down.
        if known == nil, let address = origin.address.flatMap({ NetworkAddress($0) }) {
            subjects.append(.source(address))
        }
        let counted = subjects
        try await self.database.write(in: .system(SystemScope("count a try to sign in"))) { tx in
            try SignInPace.take(counted, tx)
        }
        let token = known == nil ? nil : shown
        return SignInAttempt(
            user: user, subjects: counted, device: known, token: token ?? DeviceToken(random: self.random))
    }

    /// Checks the password of somebody who has signed in already.
    ///
    /// - Parameters:
    ///   - password: What they say it is.
    ///   - holder: Whose.
    ///   - pointer: Where it stands in the input.
    /// - Throws: ``Refusal`` `password_wrong`; `too_many_attempts`.
    func prove(_ password: String, of holder: AccountHolder, pointer: String) async throws {
        let subject = SignInPace.Subject.user(holder.user)
        try await self.database.write(in: .system(SystemScope("count a try of a password"))) { tx in
            try SignInPace.take([subject], tx)
        }
        let fits = password.utf8.count <= PasswordRule.maximumBytes
        guard try await self.hasher.verify(fits ? password : "", against: holder.passwordHash), fits else {
            throw Refusal.invalid(pointer, "password_wrong", "this is not your password")
        }
        try await self.database.write(in: .system(SystemScope("forget tries of a password"))) { tx in
            try SignInPace.clear(subject, tx)
        }
    }
}
