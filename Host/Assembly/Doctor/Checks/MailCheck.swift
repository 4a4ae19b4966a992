/// Whether and where mails are sent.
///
/// No mail is sent to find out: `almanac mail test` does that.
struct MailCheck: DoctorCheck {
    private static let name = "mail"

    func findings(_ subject: Doctor.Subject) async -> [Finding] {
        guard let mail = subject.blueprint.manifest.mail else {
            return [
                .warning(
                    Self.name, "no mail is sent: nobody can register or get a new password by mail",
                    advice: "say in the manifest's section mail where mails go; try it by `almanac mail test ADDRESS`")
            ]
        }
        return [.ok(Self.name, "mails go to \(mail.summary)")]
    }
}
