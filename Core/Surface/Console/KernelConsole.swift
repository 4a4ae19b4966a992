/// What the kernel itself adds to the console: users, roles, keys and what was done.
enum KernelConsole {
    static let resources = [users, invitations, roles, keys, sessions, blocks, settings, audit] + operations

    private static let users = ConsoleResource(
        "users", ["en": "Users", "de": "Benutzer", "fr": "Utilisateurs"], list: "kernel.users.list"
    )
    .one(["en": "user", "de": "Benutzer", "fr": "utilisateur"])
    .columns("name", "email", "roles", .badge("status"))
    .filtered(by: "status", "role")
    .shown(by: "kernel.users.read", ConsolePanel(nil, "name", "email", "status", "roles"))
    .acting(
        ConsoleAction("kernel.users.set-roles", ["en": "Roles", "de": "Rollen", "fr": "Rôles"]),
        ConsoleAction(
            "kernel.users.change", ["en": "Enable or disable", "de": "Sperren oder zulassen", "fr": "Activer ou non"]),
        ConsoleAction(
            "kernel.users.remove", ["en": "Remove", "de": "Entfernen", "fr": "Retirer"],
            asking: [
                "en": "The user loses all access to this organization at once.",
                "de": "Der Benutzer verliert sofort jeden Zugang zu dieser Organisation.",
                "fr": "L’utilisateur perd aussitôt tout accès à cette organisation.",
            ], isDestructive: true)
    )
    .referring(["role": "roles", "roles": "roles"])
    .audited(as: "user")
    .inMenu(.system, order: 10)

    private static let invitations = ConsoleResource(
        "invitations", ["en": "Invitations", "de": "Einladungen", "fr": "Invitations"],
        list: "kernel.users.invitations"
    )
    .one(["en": "invitation", "de": "Einladung", "fr": "invitation"])
    .named(by: "email")
    .columns("email", "givenName", "familyName", "roles", "createdAt", "expiresAt")
    .created(by: "kernel.users.invite", ["en": "Invite", "de": "Einladen", "fr": "Inviter"])
    .acting(
        ConsoleAction(
            "kernel.users.withdraw-invitation", ["en": "Withdraw", "de": "Zurückziehen", "fr": "Retirer"],
            isDestructive: true)
    )
    .referring(["roles": "roles"])
    .inMenu(.system, order: 20)

    private static let roles = ConsoleResource(
        "roles", ["en": "Roles", "de": "Rollen", "fr": "Rôles"], list: "kernel.roles.list"
    )
    .one(["en": "role", "de": "Rolle", "fr": "rôle"])
    .identified(by: "name").named(by: "title")
    .columns("title", "name", "summary", "parents", "system")
    .shown(
        by: "kernel.roles.read", ConsolePanel(nil, "title", "name", "summary", "system", "parents"),
        ConsolePanel(["en": "Permits", "de": "Erlaubt", "fr": "Permet"], "grants")
    )
    .created(by: "kernel.roles.create")
    .edited(by: "kernel.roles.change")
    .acting(
        ConsoleAction(
            "kernel.roles.delete", ["en": "Delete", "de": "Löschen", "fr": "Supprimer"], isDestructive: true)
    )
    .referring(["parents": "roles"])
    .audited(as: "role")
    .inMenu(.system, order: 30)

    private static let keys = ConsoleResource(
        "api-keys", ["en": "API keys", "de": "API-Schlüssel", "fr": "Clés d’API"], list: "kernel.api-keys.list"
    )
    .one(["en": "API key", "de": "API-Schlüssel", "fr": "clé d’API"])
    .columns("name", "hint", "scopes", "createdAt", "expiresAt", "lastUsedAt")
    .created(by: "kernel.api-keys.create", revealing: "key")
    .acting(
        ConsoleAction(
            "kernel.api-keys.revoke", ["en": "Revoke", "de": "Widerrufen", "fr": "Révoquer"],
            asking: [
                "en": "Programs that use this key are refused from now on.",
                "de": "Programme, die diesen Schlüssel benutzen, werden ab sofort abgewiesen.",
                "fr": "Les programmes qui utilisent cette clé sont désormais refusés.",
            ], isDestructive: true)
    )
    .inMenu(.system, order: 40)

    private static let sessions = ConsoleResource(
        "sessions-of-mine", ["en": "My sessions", "de": "Meine Sitzungen", "fr": "Mes sessions"],
        list: "kernel.sessions.list"
    )
    .one(["en": "session", "de": "Sitzung", "fr": "session"])
    .named(by: "device")
    .columns("device", "address", "lastSeenAt", "createdAt", "current")
    .acting(
        ConsoleAction("kernel.sessions.revoke", ["en": "End", "de": "Beenden", "fr": "Terminer"], isDestructive: true)
    )
    .inMenu(.system, order: 50)

    private static let blocks = ConsoleResource(
        "limit-blocks", ["en": "Rate limits", "de": "Drosselungen", "fr": "Limitations"], list: "kernel.limits.blocks"
    )
    .named(by: "who")
    .columns("who", "policy", "subject", "until")
    .acting(ConsoleAction("kernel.limits.lift", ["en": "Lift", "de": "Aufheben", "fr": "Lever"], isBulk: true))
    .inMenu(.system, order: 60)

    private static let settings = ConsoleResource(
        "settings", ["en": "Settings", "de": "Einstellungen", "fr": "Réglages"], list: "kernel.settings.list"
    )
    .identified(by: "plugin").named(by: "plugin")
    .columns("plugin", "version")
    .shown(by: "kernel.settings.read", ConsolePanel(nil, "settings"))
    .audited(as: "settings")
    .inMenu(.system, order: 70)

    private static let audit = ConsoleResource(
        "audit", ["en": "Audit log", "de": "Protokoll", "fr": "Journal"], list: "kernel.audit.search"
    )
    .named(by: "action")
    .columns(
        "at", .mention("actor", named: "actorName"), "action", .mention("object", named: "object/name"),
        .badge("outcome"), "channel", "address"
    )
    .filtered(by: "action", "user", "actor", "objectType", "objectId", "outcome", "from", "to")
    .referring(["user": "users"])
    .inMenu(.system, order: 80)
}
