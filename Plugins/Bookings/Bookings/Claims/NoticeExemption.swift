internal import AlmanacKernel
internal import AlmanacStorage

/// With whom the minimum notice does not bind a caller: the notice is for customers, not for those who book for others.
enum NoticeExemption: Sendable, Hashable {
    /// It binds with everybody: the caller books for themselves.
    case nobody
    /// It does not bind with the provider whom the caller is.
    case provider(ID<Person>)
    /// It binds with nobody: the caller books for the whole organization.
    case everybody

    /// How far a caller is exempt who asks for, makes or moves a booking by this permission.
    init(_ call: Call?, by permission: Permission) {
        switch call?.principal.scope(of: permission) {
        case .organization?: self = .everybody
        case .assigned?: self = call?.principal.user.map { .provider($0.person) } ?? .nobody
        case .own?, nil: self = .nobody
        }
    }

    /// Whether the notice does not bind with a provider.
    func covers(_ provider: ProviderEntry) -> Bool {
        switch self {
        case .nobody: false
        case .provider(let person): provider.person == person
        case .everybody: true
        }
    }

    /// The terms that bind the caller with a provider.
    func terms(_ terms: EventTypeTerms, with provider: ProviderEntry) -> EventTypeTerms {
        self.covers(provider) ? Self.withoutNotice(terms) : terms
    }

    /// The terms for those whom the notice does not bind.
    static func withoutNotice(_ terms: EventTypeTerms) -> EventTypeTerms {
        var terms = terms
        terms.minimumNoticeMinutes = 0
        return terms
    }
}
