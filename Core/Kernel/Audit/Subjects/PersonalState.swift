/// What can be said of the personal fields of an entry.
enum PersonalState: Sendable {
    /// It has none that are sealed: none at all, or in the clear as versions before 4 had them.
    case absent
    /// They can be read. While the key is ending, the search index is on its way to know nothing of them.
    case open(PersonalFields, isEnding: Bool)
    /// Their key is gone: nobody can read them any more.
    case erased
    /// Their key is there, but the ring of this deployment cannot open it.
    case unavailable(SecretsError)
    /// Their key is there and does not open them: it is not the one with which they were sealed.
    case forged
}
