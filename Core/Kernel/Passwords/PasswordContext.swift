/// What everybody knows about an account, and who guesses its password tries: the context-specific words of NIST SP
/// 800-63B-4 §3.1.1.2 and of ASVS 6.1.2.
///
/// These are the product's name; of the organization its name and slug; of the user the address, the parts of it before
/// and after the @, the user name and the names of the person.
public struct PasswordContext: Sendable, Equatable {
    /// The words, in any spelling.
    public private(set) var words: [String]

    /// Nothing but the name of the product.
    public static let product = PasswordContext()

    private init() { self.words = ["almanac"] }

    /// Collects the words of an account.
    ///
    /// - Parameters:
    ///   - email: The address with which the user signs in.
    ///   - organization: Where the user is a person.
    ///   - names: What the person is called.
    public init(email: EmailAddress, organization: Organization? = nil, names: [String] = []) {
        self.init()
        self.words += Self.parts(email)
        if let organization { self.words += [organization.slug] + Self.withWords(organization.name) }
        self.words += names.flatMap(Self.withWords)
    }

    private static func parts(_ email: EmailAddress) -> [String] {
        let key = email.key.text
        let local = key.prefix { $0 != "@" }
        let separators: Set<Character> = [".", "_", "-", "+"]
        return [key, String(local)] + local.split(whereSeparator: separators.contains).map(String.init)
            + email.domain.split(separator: ".").dropLast().map(String.init)
    }

    /// A name, the name without spaces, and its words.
    private static func withWords(_ name: String) -> [String] {
        let words = name.split(separator: " ").map(String.init)
        return words.count > 1 ? [name, words.joined()] + words : words
    }
}
