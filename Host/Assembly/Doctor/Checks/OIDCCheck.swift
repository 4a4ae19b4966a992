internal import AlmanacKernel
internal import AlmanacOIDC

/// Whether the OpenID providers of the manifest can be reached, are who they should be, and agree on the time.
///
/// Whether they know this deployment as a client only a sign-in tells.
struct OIDCCheck: DoctorCheck {
    private static let name = "oidc"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        let providers = subject.blueprint.manifest.oidc?.providers ?? []
        guard !providers.isEmpty else { return [.ok(Self.name, "nobody signs in through OpenID providers")] }
        let client = OIDCClient(clock: subject.clock)
        var findings: [Finding] = []
        for provider in providers { findings += await Self.findings(provider, client) }
        await client.close()
        return findings
    }

    private static func findings(_ provider: OIDCProvider, _ client: OIDCClient) async -> [Finding] {
        let name = "\(self.name).\(provider.id)"
        do {
            let found = self.judge(try await client.examine(provider), of: provider)
            return found.isEmpty
                ? [.ok(name, "\(provider.issuer) answers; it must know the redirect address \(provider.redirectURI)")]
                : found
        } catch let failure as OIDCProviderFailure {
            return [
                .problem(
                    name, failure.description,
                    advice: "compare oidc.providers.\(provider.id).issuer with what the provider's "
                        + "/.well-known/openid-configuration says, and see whether this machine gets there")
            ]
        } catch {
            return [.problem(name, "the provider could not be tried: \(error)", advice: "try again")]
        }
    }

    /// What is wrong with a provider that answers.
    static func judge(_ found: OIDCExamination, of provider: OIDCProvider) -> [Finding] {
        let name = "\(self.name).\(provider.id)"
        var findings: [Finding] = []
        if !found.publishesKeys || !found.signsAcceptably {
            findings.append(
                .problem(
                    name, "the provider does not sign in a way that is accepted",
                    advice: "have it sign ID tokens for this client by RS256, PS256, ES256 or EdDSA"))
        }
        if found.takesChallenges == false {
            findings.append(
                .warning(
                    name, "the provider says that it takes no challenges by SHA-256 (PKCE)",
                    advice: "see whether it can be told to: stolen codes are of use without"))
        }
        let offset = found.clockOffset ?? 0
        if abs(offset) >= OIDCProvider.clockLeewaySeconds * 1_000_000 {
            findings.append(
                .problem(
                    name, "the provider's clock is \(abs(offset) / 1_000_000) s \(offset < 0 ? "behind" : "ahead")",
                    advice: "keep this machine's clock by a time service: tokens of another time are refused"))
        }
        return findings
    }
}
