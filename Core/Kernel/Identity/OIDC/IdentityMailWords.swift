/// What is said by mail when an account elsewhere signs in here, or no longer does.
enum IdentityMailWords {
    static func english(_ change: IdentityMail.Change) -> AccountMailWords.Phrases {
        switch change {
        case .linked:
            AccountMailWords.Phrases(
                subject: "{provider} now signs you in to {organization}",
                text: "An account at {provider} has just been linked with your account with {organization}: whoever "
                    + "signs in there can sign in here without your password.",
                otherwise:
                    "If that was not you, sign in, unlink it, end all sessions, choose a new password and tell us.")
        case .registered:
            AccountMailWords.Phrases(
                subject: "Welcome to {organization}",
                text: "Somebody who signed in at {provider} with this address now has an account with {organization}. "
                    + "It has no password; if you want one besides, ask for a new password with this address.",
                otherwise: "If that was not you, tell us at once.")
        case .unlinked:
            AccountMailWords.Phrases(
                subject: "{provider} no longer signs you in to {organization}",
                text: "The account at {provider} is no longer linked with your account with {organization}. Sign in "
                    + "with your password; if you have none, ask for a new one with this address.",
                otherwise: "If that was not you, ask for a new password at once and tell us.")
        }
    }

    static func german(_ change: IdentityMail.Change) -> AccountMailWords.Phrases {
        switch change {
        case .linked:
            AccountMailWords.Phrases(
                subject: "{provider} meldet Sie jetzt bei {organization} an",
                text:
                    "Ein Konto bei {provider} wurde soeben mit Ihrem Konto bei {organization} verknüpft: Wer sich dort "
                    + "anmeldet, kann sich hier ohne Ihr Passwort anmelden.",
                otherwise: "Wenn Sie das nicht waren, melden Sie sich an, lösen Sie die Verknüpfung, beenden Sie alle "
                    + "Sitzungen, wählen Sie ein neues Passwort und sagen Sie uns Bescheid.")
        case .registered:
            AccountMailWords.Phrases(
                subject: "Willkommen bei {organization}",
                text: "Jemand, der sich bei {provider} mit dieser Adresse angemeldet hat, hat jetzt ein Konto bei "
                    + "{organization}. Es hat kein Passwort; wenn Sie dazu eines möchten, fordern Sie mit dieser Adresse "
                    + "ein neues an.",
                otherwise: "Wenn Sie das nicht waren, sagen Sie uns sofort Bescheid.")
        case .unlinked:
            AccountMailWords.Phrases(
                subject: "{provider} meldet Sie nicht mehr bei {organization} an",
                text:
                    "Das Konto bei {provider} ist nicht mehr mit Ihrem Konto bei {organization} verknüpft. Melden Sie "
                    + "sich mit Ihrem Passwort an; wenn Sie keines haben, fordern Sie mit dieser Adresse ein neues an.",
                otherwise: "Wenn Sie das nicht waren, fordern Sie sofort ein neues Passwort an und sagen Sie uns "
                    + "Bescheid.")
        }
    }

    static func french(_ change: IdentityMail.Change) -> AccountMailWords.Phrases {
        switch change {
        case .linked:
            AccountMailWords.Phrases(
                subject: "{provider} vous connecte désormais à {organization}",
                text:
                    "Un compte chez {provider} vient d’être associé à votre compte auprès de {organization} : qui s’y "
                    + "connecte peut se connecter ici sans votre mot de passe.",
                otherwise:
                    "Si ce n’était pas vous, connectez-vous, dissociez ce compte, mettez fin à toutes les sessions, "
                    + "choisissez un nouveau mot de passe et prévenez-nous.")
        case .registered:
            AccountMailWords.Phrases(
                subject: "Bienvenue auprès de {organization}",
                text: "Quelqu’un qui s’est connecté chez {provider} avec cette adresse a désormais un compte auprès de "
                    + "{organization}. Il n’a pas de mot de passe ; si vous en souhaitez un, demandez un nouveau mot de "
                    + "passe avec cette adresse.",
                otherwise: "Si ce n’était pas vous, prévenez-nous aussitôt.")
        case .unlinked:
            AccountMailWords.Phrases(
                subject: "{provider} ne vous connecte plus à {organization}",
                text: "Le compte chez {provider} n’est plus associé à votre compte auprès de {organization}. "
                    + "Connectez-vous avec votre mot de passe ; si vous n’en avez pas, demandez-en un avec cette adresse.",
                otherwise: "Si ce n’était pas vous, demandez aussitôt un nouveau mot de passe et prévenez-nous.")
        }
    }
}
