internal import AlmanacKernel
internal import CCurl

/// A handle of libcurl with its connections.
///
/// `@unchecked`: after `init`, only the serial queue of ``SMTPTransport`` uses it.
final class SMTPSession: @unchecked Sendable {
    private let configuration: SMTPTransport.Configuration
    private var handle: UnsafeMutableRawPointer?

    /// Seconds within which a connection must stand.
    private static let connectSeconds = 10
    /// libcurl wants this once before everything else; from 7.84 on it may be called by any thread.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    init(_ configuration: SMTPTransport.Configuration) { self.configuration = configuration }

    deinit {
        if let handle = self.handle { curl_easy_cleanup(handle) }
    }

    /// Sends a message to one recipient.
    ///
    /// - Returns: The server's last answer, on one line.
    func send(_ message: [UInt8], to recipient: String) throws -> String? {
        guard Self.isReady, let handle = self.handle ?? curl_easy_init() else {
            throw MailDeliveryError(isPermanent: false, reason: "libcurl has no memory")
        }
        self.handle = handle
        // Forgets the options of the mail before, and keeps the connection.
        curl_easy_reset(handle)
        guard let recipients = curl_slist_append(nil, "<\(recipient)>") else {
            throw MailDeliveryError(isPermanent: false, reason: "libcurl has no memory")
        }
        defer { curl_slist_free_all(recipients) }
        try self.describeServer(handle)
        let sender = "<\(self.configuration.sender.address.text)>"
        try Self.check(ccurl_set_text(handle, CURLOPT_MAIL_FROM, sender))
        try Self.check(ccurl_set_list(handle, CURLOPT_MAIL_RCPT, recipients))
        return try self.transfer(message, handle)
    }

    private func describeServer(_ handle: UnsafeMutableRawPointer) throws {
        let configuration = self.configuration
        try Self.check(ccurl_set_text(handle, CURLOPT_URL, configuration.url.location))
        try Self.check(ccurl_set_text(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps"))
        try Self.check(ccurl_set_text(handle, CURLOPT_PROXY, ""))
        // Signals belong to the program; libcurl resolves names on threads.
        try Self.check(ccurl_set_number(handle, CURLOPT_NOSIGNAL, 1))
        let seconds = configuration.timeoutSeconds
        try Self.check(ccurl_set_number(handle, CURLOPT_TIMEOUT, seconds))
        try Self.check(ccurl_set_number(handle, CURLOPT_CONNECTTIMEOUT, min(seconds, Self.connectSeconds)))
        try Self.check(ccurl_set_number(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds))
        if configuration.encryption == .required {
            try Self.check(ccurl_set_number(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)))
        }
        try Self.check(ccurl_set_number(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)))
        try Self.check(ccurl_set_number(handle, CURLOPT_SSL_VERIFYPEER, 1))
        try Self.check(ccurl_set_number(handle, CURLOPT_SSL_VERIFYHOST, 2))
        if let file = configuration.certificates { try Self.check(ccurl_set_text(handle, CURLOPT_CAINFO, file)) }
        if let user = configuration.url.user {
            try Self.check(ccurl_set_text(handle, CURLOPT_USERNAME, user))
            try Self.check(ccurl_set_text(handle, CURLOPT_PASSWORD, configuration.url.password?.reveal() ?? ""))
        }
    }

    private func transfer(_ message: [UInt8], _ handle: UnsafeMutableRawPointer) throws -> String? {
        var complaint = [CChar](repeating: 0, count: Int(CURL_ERROR_SIZE))
        var answer = ccurl_answer()
        let (code, response) = try complaint.withUnsafeMutableBufferPointer { complaint in
            try message.withUnsafeBytes { bytes in
                var upload = ccurl_upload(
                    bytes: bytes.bindMemory(to: CChar.self).baseAddress, count: bytes.count, offset: 0)
                return try withUnsafeMutablePointer(to: &upload) { upload in
                    try withUnsafeMutablePointer(to: &answer) { answer in
                        try Self.check(ccurl_set_error_buffer(handle, complaint.baseAddress))
                        try Self.check(ccurl_set_upload(handle, upload))
                        try Self.check(ccurl_set_answer(handle, answer))
                        let code = curl_easy_perform(handle)
                        // None of what it was given may be used once it is gone.
                        let response = ccurl_response_code(handle)
                        curl_easy_reset(handle)
                        return (code, response)
                    }
                }
            }
        }
        guard code != CURLE_OK else { return Self.line(answer) }
        let text = String(decoding: complaint.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        throw Self.failure(code, response, text)
    }

    /// What a server answered last, without what does not belong on a line; `nil` when it said nothing.
    private static func line(_ answer: ccurl_answer) -> String? {
        let text = withUnsafeBytes(of: answer.line) { String(decoding: $0.prefix(answer.count), as: UTF8.self) }
        let line = String(String.UnicodeScalarView(text.unicodeScalars.filter { HeaderText.isOneLine(String($0)) }))
        return line.isEmpty ? nil : line
    }

    private static func check(_ code: CURLcode) throws {
        guard code != CURLE_OK else { return }
        // The program and the library do not fit each other, or a setting is nonsense to it: no mail would go.
        throw MailDeliveryError(isPermanent: false, reason: String(cString: curl_easy_strerror(code)))
    }

    /// What became of a mail, in libcurl's words: they tell of hosts, certificates and codes, never of people.
    private static func failure(_ code: CURLcode, _ response: Int, _ complaint: String) -> MailDeliveryError {
        let words = complaint.isEmpty ? String(cString: curl_easy_strerror(code)) : complaint
        let reason = response == 0 || words.contains("\(response)") ? words : "\(words) (last answer \(response))"
        // RFC 5321 §4.2.1: 5yz will be the same next time. A server that will not encrypt may be in somebody's hands.
        let isPermanent = (500...599).contains(response) && code != CURLE_USE_SSL_FAILED
        return MailDeliveryError(isPermanent: isPermanent, reason: reason)
    }
}
