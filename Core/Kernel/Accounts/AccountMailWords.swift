/// The words of the mails about accounts, in the languages that they are written in.
enum AccountMailWords {
    /// What one mail says; `{organization}` and `{provider}` stand for names.
    struct Phrases: Sendable {
        let subject: String
        /// What has happened, and what a link or code below is good for.
        let text: String
        /// What to do if the reader did not expect the mail.
        let otherwise: String
    }

    /// What is said below a link.
    static let aboutLink: [AccountMail.Language: String] = [
        .en: "The link works once, for ten minutes.",
        .de: "Der Link gilt einmal und zehn Minuten lang.",
        .fr: "Ce lien est valable une seule fois, pendant dix minutes.",
    ]

    /// What is said below a code.
    static let aboutCode: [AccountMail.Language: String] = [
        .en: "The code works once, for ten minutes. Tell it to nobody.",
        .de: "Der Code gilt einmal und zehn Minuten lang. Geben Sie ihn niemandem weiter.",
        .fr: "Ce code est valable une seule fois, pendant dix minutes. Ne le communiquez à personne.",
    ]

    static func phrases(for mail: AccountMail, in language: AccountMail.Language) -> Phrases {
        switch language {
        case .en: Self.english(mail)
        case .de: Self.german(mail)
        case .fr: Self.french(mail)
        }
    }

    private static func english(_ mail: AccountMail) -> Phrases {
        switch mail {
        case .verification:
            Phrases(
                subject: "Complete your registration with {organization}",
                text: "Somebody, most likely you, registered with {organization} with this address. Complete it here; "
                    + "who has an account with this address already uses its password:",
                otherwise: "If that was not you, do nothing: no account is made.")
        case .alreadyRegistered:
            Phrases(
                subject: "You have an account with {organization}",
                text: "Somebody, perhaps you, tried to register with {organization} with this address. There is an "
                    + "account already: sign in with it, or ask for a new password if you have forgotten yours.",
                otherwise: "If that was not you, you need not do anything.")
        case .passwordReset:
            Phrases(
                subject: "Choose a new password for {organization}",
                text: "Somebody, most likely you, asked for a new password for {organization}. Choose it here:",
                otherwise: "If that was not you, do nothing: your password stays as it is.")
        case .passwordChanged:
            Phrases(
                subject: "Your password has been changed",
                text: "The password of your account with {organization} has just been changed. All other devices have "
                    + "been signed out.",
                otherwise: "If that was not you, ask for a new password at once and tell us.")
        case .newAddress:
            Phrases(
                subject: "Confirm your new e-mail address",
                text: "You want to sign in to {organization} with this address. Confirm it here, signed in:",
                otherwise: "If that was not you, do nothing: nothing changes.")
        case .addressTaken:
            Phrases(
                subject: "Somebody wanted to use your e-mail address",
                text: "Somebody, perhaps you, wanted to use this address for another account with {organization}. An "
                    + "address belongs to one account, and this one belongs to yours.",
                otherwise: "You need not do anything.")
        case .invitation:
            Phrases(
                subject: "You are invited to {organization}",
                text:
                    "{organization} invites you to join. Register with this address within fourteen days: you get another mail then, to "
                    + "show that it is yours. Who has an account with this address already uses its password.",
                otherwise: "If you do not know {organization}, do nothing: no account is made.")
        case .addressChanged:
            Phrases(
                subject: "Your e-mail address has been changed",
                text: "Your account with {organization} has another e-mail address now; this one no longer signs in. "
                    + "All other devices have been signed out.",
                otherwise: "If that was not you, tell us at once.")
        case .identity(let mail): IdentityMailWords.english(mail.change)
        }
    }

    private static func german(_ mail: AccountMail) -> Phrases {
        switch mail {
        case .verification:
            Phrases(
                subject: "Ihre Anmeldung bei {organization} abschließen",
                text: "Jemand, vermutlich Sie, hat sich mit dieser Adresse bei {organization} registriert. Schließen "
                    + "Sie die Registrierung hier ab; wer mit dieser Adresse schon ein Konto hat, nimmt dessen Passwort:",
                otherwise: "Wenn Sie das nicht waren, tun Sie nichts: Es entsteht kein Konto.")
        case .alreadyRegistered:
            Phrases(
                subject: "Sie haben ein Konto bei {organization}",
                text: "Jemand, vielleicht Sie, wollte sich mit dieser Adresse bei {organization} registrieren. Es gibt "
                    + "schon ein Konto: Melden Sie sich damit an, oder fordern Sie ein neues Passwort an, wenn Sie "
                    + "Ihres vergessen haben.",
                otherwise: "Wenn Sie das nicht waren, müssen Sie nichts tun.")
        case .passwordReset:
            Phrases(
                subject: "Neues Passwort für {organization} wählen",
                text: "Jemand, vermutlich Sie, hat ein neues Passwort für {organization} angefordert. Wählen Sie es "
                    + "hier:",
                otherwise: "Wenn Sie das nicht waren, tun Sie nichts: Ihr Passwort bleibt, wie es ist.")
        case .passwordChanged:
            Phrases(
                subject: "Ihr Passwort wurde geändert",
                text: "Das Passwort Ihres Kontos bei {organization} wurde soeben geändert. Alle anderen Geräte wurden "
                    + "abgemeldet.",
                otherwise: "Wenn Sie das nicht waren, fordern Sie sofort ein neues Passwort an und sagen Sie uns "
                    + "Bescheid.")
        case .newAddress:
            Phrases(
                subject: "Ihre neue E-Mail-Adresse bestätigen",
                text: "Sie möchten sich bei {organization} mit dieser Adresse anmelden. Bestätigen Sie sie hier, "
                    + "während Sie angemeldet sind:",
                otherwise: "Wenn Sie das nicht waren, tun Sie nichts: Es ändert sich nichts.")
        case .addressTaken:
            Phrases(
                subject: "Jemand wollte Ihre E-Mail-Adresse verwenden",
                text: "Jemand, vielleicht Sie, wollte diese Adresse für ein anderes Konto bei {organization} "
                    + "verwenden. Eine Adresse gehört zu einem Konto, und diese gehört zu Ihrem.",
                otherwise: "Sie müssen nichts tun.")
        case .invitation:
            Phrases(
                subject: "Einladung von {organization}",
                text:
                    "{organization} lädt Sie ein. Registrieren Sie sich binnen vierzehn Tagen mit dieser Adresse: Sie bekommen dann "
                    + "eine zweite Mail, um zu zeigen, dass sie Ihnen gehört. Wer mit dieser Adresse schon ein Konto hat, "
                    + "nimmt dessen Passwort.",
                otherwise: "Wenn Sie {organization} nicht kennen, tun Sie nichts: Es entsteht kein Konto.")
        case .addressChanged:
            Phrases(
                subject: "Ihre E-Mail-Adresse wurde geändert",
                text: "Ihr Konto bei {organization} hat jetzt eine andere E-Mail-Adresse; mit dieser können Sie sich "
                    + "nicht mehr anmelden. Alle anderen Geräte wurden abgemeldet.",
                otherwise: "Wenn Sie das nicht waren, sagen Sie uns sofort Bescheid.")
        case .identity(let mail): IdentityMailWords.german(mail.change)
        }
    }

    private static func french(_ mail: AccountMail) -> Phrases {
        switch mail {
        case .verification:
            Phrases(
                subject: "Terminez votre inscription auprès de {organization}",
                text: "Quelqu’un, sans doute vous, s’est inscrit auprès de {organization} avec cette adresse. Terminez "
                    + "l’inscription ici ; si un compte existe déjà pour cette adresse, utilisez son mot de passe :",
                otherwise: "Si ce n’était pas vous, ne faites rien : aucun compte ne sera créé.")
        case .alreadyRegistered:
            Phrases(
                subject: "Vous avez un compte auprès de {organization}",
                text: "Quelqu’un, peut-être vous, a voulu s’inscrire auprès de {organization} avec cette adresse. Il "
                    + "existe déjà un compte : connectez-vous, ou demandez un nouveau mot de passe si vous avez oublié "
                    + "le vôtre.",
                otherwise: "Si ce n’était pas vous, vous n’avez rien à faire.")
        case .passwordReset:
            Phrases(
                subject: "Choisissez un nouveau mot de passe pour {organization}",
                text: "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour {organization}. "
                    + "Choisissez-le ici :",
                otherwise: "Si ce n’était pas vous, ne faites rien : votre mot de passe reste inchangé.")
        case .passwordChanged:
            Phrases(
                subject: "Votre mot de passe a été modifié",
                text: "Le mot de passe de votre compte auprès de {organization} vient d’être modifié. Tous les autres "
                    + "appareils ont été déconnectés.",
                otherwise: "Si ce n’était pas vous, demandez aussitôt un nouveau mot de passe et prévenez-nous.")
        case .newAddress:
            Phrases(
                subject: "Confirmez votre nouvelle adresse e-mail",
                text: "Vous souhaitez vous connecter à {organization} avec cette adresse. Confirmez-la ici, une fois "
                    + "connecté :",
                otherwise: "Si ce n’était pas vous, ne faites rien : rien ne change.")
        case .addressTaken:
            Phrases(
                subject: "Quelqu’un a voulu utiliser votre adresse e-mail",
                text: "Quelqu’un, peut-être vous, a voulu utiliser cette adresse pour un autre compte auprès de "
                    + "{organization}. Une adresse appartient à un seul compte, et celle-ci appartient au vôtre.",
                otherwise: "Vous n’avez rien à faire.")
        case .invitation:
            Phrases(
                subject: "Invitation de {organization}",
                text:
                    "{organization} vous invite à rejoindre son équipe. Inscrivez-vous avec cette adresse dans les quatorze jours : "
                    + "vous recevrez alors un second message pour montrer qu’elle est à vous. Si vous avez déjà un compte avec "
                    + "cette adresse, utilisez son mot de passe.",
                otherwise: "Si vous ne connaissez pas {organization}, ne faites rien : aucun compte n’est créé.")
        case .addressChanged:
            Phrases(
                subject: "Votre adresse e-mail a été modifiée",
                text: "Votre compte auprès de {organization} a désormais une autre adresse e-mail ; celle-ci ne permet "
                    + "plus de se connecter. Tous les autres appareils ont été déconnectés.",
                otherwise: "Si ce n’était pas vous, prévenez-nous aussitôt.")
        case .identity(let mail): IdentityMailWords.french(mail.change)
        }
    }
}
