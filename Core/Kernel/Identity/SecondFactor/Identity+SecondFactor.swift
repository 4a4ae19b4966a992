extension Identity {
    /// Lets users enrol, replace and remove their second factor.
    package nonisolated var secondFactors: SecondFactors {
        SecondFactors(
            factor: self.secondFactor, database: self.database, hasher: self.hasher, random: self.random,
            cache: self.cache)
    }
}
