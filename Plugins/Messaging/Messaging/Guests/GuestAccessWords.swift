/// What is said in a mail with access to a booking.
struct GuestAccessWords: Sendable {
    /// One of the languages there are.
    let locale: String

    /// The words in the first language that there are some in; English when there are none.
    init(in languages: [String]) {
        self.locale = languages.flatMap(MessageLocale.lookup).first(where: DefaultTexts.locales.contains) ?? "en"
    }

    func subject(_ title: String) -> String {
        switch self.locale {
        case "de": "Zugang zu Ihrer Buchung: \(title)"
        case "fr": "Accès à votre réservation : \(title)"
        default: "Access to your booking: \(title)"
        }
    }

    /// Where the code need not be typed in.
    private func sentence(_ link: String) -> String {
        switch self.locale {
        case "de": "Oder Sie folgen diesem Link: \(link)"
        case "fr": "Ou suivez ce lien : \(link)"
        default: "Or follow this link: \(link)"
        }
    }

    /// The text of the mail; with a token for all of a series, or for one booking.
    ///
    /// A link holds the token behind the `#`, so that neither proxies nor the pages' own logs nor `Referer` get to see it.
    func text(
        _ name: String, of title: String, at start: String, number: String, token: String, link: String?,
        forSeries isSeries: Bool, from sender: String
    ) -> String {
        var paragraphs: [String]
        switch self.locale {
        case "de":
            paragraphs = [
                "Guten Tag \(name),",
                "mit diesem Code kommen Sie ohne Konto zu Ihrer Buchung \(number): \(title), \(start).",
                "    \(token)",
                isSeries
                    ? "Sie können sie und die anderen Termine der Serie damit ansehen, verlegen und absagen. Er gilt nur "
                        + "für diese Serie. Wer ihn kennt, kann das auch: Geben Sie ihn nicht weiter."
                    : "Sie können sie damit ansehen, verlegen und absagen. Er gilt nur für diese Buchung. Wer ihn kennt, "
                        + "kann das auch: Geben Sie ihn nicht weiter.",
            ]
        case "fr":
            paragraphs = [
                "Bonjour \(name),",
                "avec ce code, vous accédez sans compte à votre réservation \(number) : \(title), \(start).",
                "    \(token)",
                isSeries
                    ? "Il permet de consulter, de déplacer et d’annuler cette réservation et les autres rendez-vous de la "
                        + "série. Il ne vaut que pour cette série. Quiconque le connaît peut en faire autant : ne le "
                        + "transmettez pas."
                    : "Il permet de la consulter, de la déplacer et de l’annuler. Il ne vaut que pour cette réservation. "
                        + "Quiconque le connaît peut en faire autant : ne le transmettez pas.",
            ]
        default:
            paragraphs = [
                "Hello \(name),",
                "with this code you reach your booking \(number) without an account: \(title), \(start).",
                "    \(token)",
                isSeries
                    ? "You can look at it and the other appointments of its series, move and cancel them with the code, "
                        + "which is for this series only. Whoever knows the code can do so too: keep it to yourself."
                    : "You can look at it, move it and cancel it with the code, which is for this booking only. Whoever "
                        + "knows the code can do so too: keep it to yourself.",
            ]
        }
        if let link { paragraphs.insert(self.sentence(link), at: 3) }
        return (paragraphs + [sender]).joined(separator: "\n\n") + "\n"
    }
}
