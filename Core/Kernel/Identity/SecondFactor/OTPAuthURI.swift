/// The address that authenticator apps read from a QR code: `otpauth://totp/…`.
enum OTPAuthURI {
    /// The address of a secret.
    ///
    /// - Parameters:
    ///   - issuer: Who asks for the codes, as the app will show it.
    ///   - account: Whose codes they are.
    ///   - secret: The shared secret.
    /// - Returns: The address.
    static func text(_ issuer: String, _ account: String, _ secret: [UInt8]) -> String {
        // A colon separates both in the label, so that neither may hold one.
        let (issuer, account) = (Self.escaped(issuer), Self.escaped(account))
        return "otpauth://totp/\(issuer):\(account)?secret=\(Base32.encode(secret))&issuer=\(issuer)"
            + "&algorithm=SHA1&digits=\(OneTimeCode.digits)&period=\(OneTimeCode.period)"
    }

    /// Percent-encodes all but unreserved characters (RFC 3986 §2.3).
    private static func escaped(_ text: String) -> String {
        let hex = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            default: bytes += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
