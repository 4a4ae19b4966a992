public import AlmanacKernel
public import AlmanacStorage

/// What a message says, ready to be sent: every placeholder is filled in.
public struct MessageContent: Sendable, Equatable {
    /// An entry of the recipient's calendar that is made, moved or taken out (RFC 5546).
    public struct Invitation: Sendable, Equatable {
        /// What the recipient's calendar is to do.
        public enum Method: String, Sendable, Hashable, CaseIterable {
            /// Make the entry, or bring it up to date.
            case request = "REQUEST"
            /// Take the entry out.
            case cancel = "CANCEL"
        }

        /// What the recipient's calendar is to do.
        public let method: Method
        /// The entry as an iCalendar object (RFC 5545), lines ended by CRLF.
        public let object: String

        /// Describes an entry.
        public init(method: Method, object: String) {
            self.method = method
            self.object = object
        }
    }

    /// The language it is written in, as a BCP 47 tag.
    public let locale: String
    /// What it is about, on one line.
    public let subject: String
    /// What it says, as plain text.
    public let text: String
    /// The same as a whole document in HTML; `nil` for channels that take none.
    public let html: String?
    /// The entry of the recipient's calendar; `nil` where nothing about it changes, or the channel takes none.
    public let invitation: Invitation?

    /// Describes what a message says.
    public init(locale: String, subject: String, text: String, html: String? = nil, invitation: Invitation? = nil) {
        self.locale = locale
        self.subject = subject
        self.text = text
        self.html = html
        self.invitation = invitation
    }
}

/// Who gets a message, as a channel needs to know them.
public struct MessageRecipient: Sendable {
    /// The person.
    public let person: ID<Person>
    /// The name as it is shown; empty for somebody who was erased.
    public let name: String
    /// Where mail goes.
    public let email: String?
    /// Where calls go, as it was written.
    public let phone: String?

    /// Describes a recipient.
    public init(person: ID<Person>, name: String, email: String?, phone: String?) {
        self.person = person
        self.name = name
        self.email = email
        self.phone = phone
    }
}

/// One message to one person, on one channel.
public struct ChannelMessage: Sendable {
    /// Names the message for ever: a channel that is given it twice may tell by it that it has sent it already.
    public let identifier: String
    /// What it is about.
    public let type: MessageType
    /// For whom it is sent.
    public let organization: OrganizationID
    /// Where it goes, in the words of ``MessageChannel/address(of:)``.
    public let address: String
    /// What it says.
    public let content: MessageContent

    /// Describes a message.
    public init(
        identifier: String, type: MessageType, organization: OrganizationID, address: String, content: MessageContent
    ) {
        self.identifier = identifier
        self.type = type
        self.organization = organization
        self.address = address
        self.content = content
    }
}
