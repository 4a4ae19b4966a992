internal import AlmanacKernel

/// What keeps a deployment going: events, what could not be delivered, work in the background, plugins, measurements.
extension KernelConsole {
    static let operations = [events, deadLetters, jobs, plugins, checks, backups, metrics]

    private static let events = ConsoleResource(
        "events", ["en": "Events", "de": "Ereignisse", "fr": "Événements"], list: "kernel.events.list"
    )
    .one(["en": "event", "de": "Ereignis", "fr": "événement"])
    .named(by: "name")
    .columns("occurredAt", "name", .badge("state", tones: states), "deliveries", "version")
    .filtered(by: "name", "consumer", "state", "from")
    .shown(
        by: "kernel.events.read",
        ConsolePanel(nil, "id", "occurredAt", "name", "version", .badge("state", tones: states), "orderingKey"),
        ConsolePanel(["en": "Deliveries", "de": "Zustellungen", "fr": "Livraisons"], "deliveries"),
        ConsolePanel(["en": "Facts", "de": "Tatsachen", "fr": "Faits"], "facts")
    )
    .audited(as: "event")
    .inMenu(.operations, order: 10)

    private static let deadLetters = ConsoleResource(
        "dead-letters", ["en": "Undelivered", "de": "Unzustellbar", "fr": "Non livrés"],
        list: "kernel.dead-letters.list"
    )
    .named(by: "name")
    .columns("occurredAt", "name", "consumer", "failures", "lastError", "waitingBehind")
    .filtered(by: "consumer")
    .shown(
        by: "kernel.dead-letters.read",
        ConsolePanel(
            nil, "occurredAt", .reference("event", to: "events", named: "name"), "consumer", "failures", "lastError",
            "waitingBehind")
    )
    .acting(
        ConsoleAction(
            "kernel.dead-letters.retry", ["en": "Retry", "de": "Erneut versuchen", "fr": "Réessayer"],
            asking: [
                "en": "It is delivered again, as often as at first.",
                "de": "Es wird erneut zugestellt, so oft wie beim ersten Mal.",
                "fr": "La livraison recommence, avec autant d’essais qu’au début.",
            ], isBulk: true),
        ConsoleAction(
            "kernel.dead-letters.drop", ["en": "Give up", "de": "Aufgeben", "fr": "Abandonner"],
            asking: [
                "en": "It is never delivered; what waits behind it goes on.",
                "de": "Es wird nie zugestellt; was dahinter wartet, geht weiter.",
                "fr": "La livraison n’aura jamais lieu ; ce qui attend derrière continue.",
            ], isDestructive: true, isBulk: true)
    )
    .inMenu(.operations, order: 20)

    private static let jobs = ConsoleResource(
        "jobs", ["en": "Background work", "de": "Hintergrundarbeit", "fr": "Tâches de fond"], list: "kernel.jobs.list"
    )
    .named(by: "name")
    .columns("name", .badge("state", tones: states), "attempts", "runAt", "finishedAt", "lastError")
    .filtered(by: "state", "name")
    .shown(
        by: "kernel.jobs.read",
        ConsolePanel(
            nil, "id", "name", .badge("state", tones: states), "attempts", "lastError", "createdAt", "runAt",
            "finishedAt")
    )
    .acting(
        ConsoleAction(
            "kernel.jobs.retry", ["en": "Retry", "de": "Erneut versuchen", "fr": "Réessayer"], isBulk: true),
        ConsoleAction("kernel.jobs.hasten", ["en": "Run now", "de": "Jetzt ausführen", "fr": "Exécuter maintenant"]),
        ConsoleAction(
            "kernel.jobs.cancel", ["en": "Cancel", "de": "Abbrechen", "fr": "Annuler"], isDestructive: true,
            isBulk: true)
    )
    .audited(as: "job")
    .inMenu(.operations, order: 30)

    private static let plugins = ConsoleResource(
        "plugins", ["en": "Plugins", "de": "Plugins", "fr": "Extensions"], list: "kernel.deployment.plugins"
    )
    .named(by: "id")
    .columns("id", .badge("state", tones: states), "version", "summary", "restarts", "since", "reason", "work")
    .inMenu(.operations, order: 40)

    private static let checks = ConsoleResource(
        "health", ["en": "Health", "de": "Zustand", "fr": "État de santé"], list: "kernel.deployment.checks"
    )
    .named(by: "id")
    .columns("id", .badge("state", tones: ["fine": .good, "warning": .warning, "bad": .bad]), "count")
    .inMenu(.operations, order: 50)

    private static let backups = ConsoleResource(
        "backups", ["en": "Backups", "de": "Sicherungen", "fr": "Sauvegardes"], list: "kernel.deployment.backups"
    )
    .columns(
        "beganAt", .badge("state", tones: ["verified": .good]), "place", "bytes", "rows", "seconds", "machine",
        "account", "failure"
    )
    .noting(
        ConsoleNote(
            [
                "en": "No backup has been made for more than a day.",
                "de": "Seit mehr als einem Tag wurde keine Sicherung gemacht.",
                "fr": "Aucune sauvegarde n’a été faite depuis plus d’un jour.",
            ], when: "overdue", tone: .warning),
        ConsoleNote(
            [
                "en": "The operator makes one with this command, best every hour and also while the server serves. "
                    + "It is read back and compared before it counts.",
                "de": "Der Betreiber macht sie mit diesem Befehl, am besten stündlich und auch während der Server "
                    + "läuft. Sie wird zurückgelesen und verglichen, bevor sie zählt.",
                "fr": "L’exploitant en fait une par cette commande, si possible toutes les heures et aussi pendant "
                    + "que le serveur fonctionne. Elle est relue et comparée avant de compter.",
            ], command: "almanac backup --manifest plugins.yaml --to /var/backups/almanac"),
        ConsoleNote(
            [
                "en": "Brings one back into an empty place that the manifest names. The file of keys is in no backup: "
                    + "keep a copy of it elsewhere.",
                "de": "Holt eine zurück an einen leeren Ort, den das Manifest nennt. Die Schlüsseldatei ist in keiner "
                    + "Sicherung: Eine Kopie davon gehört an einen anderen Ort.",
                "fr": "En restaure une dans un endroit vide que le manifeste désigne. Le fichier des clés n’est dans "
                    + "aucune sauvegarde : gardez-en une copie ailleurs.",
            ], command: "almanac restore /var/backups/almanac/NAME --manifest plugins.yaml"),
        ConsoleNote(
            [
                "en": "PostgreSQL can also go back to any moment, with base backups (pg_basebackup) and archived logs "
                    + "(archive_mode). Those are not listed here.",
                "de": "PostgreSQL kann auch zu jedem Zeitpunkt zurück, mit Basissicherungen (pg_basebackup) und "
                    + "archivierten Protokollen (archive_mode). Diese sind hier nicht aufgeführt.",
                "fr": "PostgreSQL peut aussi revenir à tout instant, avec des sauvegardes de base (pg_basebackup) "
                    + "et des journaux archivés (archive_mode). Elles ne figurent pas ici.",
            ], when: "onPostgres")
    )
    .inMenu(.operations, order: 55)

    private static let metrics = ConsoleResource(
        "metrics", ["en": "Measurements", "de": "Messwerte", "fr": "Mesures"], list: "kernel.deployment.metrics"
    )
    .identified(by: "name").named(by: "name")
    .columns("about", "value", "meanMilliseconds", "name")
    .filtered(by: "name")
    .inMenu(.operations, order: 60)

    private static let states: [String: ConsoleTone] = [
        "dead": .bad, "unreadable": .bad, "blocked": .warning, "pending": .info, "retrying": .warning,
        "quarantined": .bad, "running": .good,
    ]

    // MARK: Charts

    static let charts = [
        chart("requests", ["en": "Requests", "de": "Anfragen", "fr": "Requêtes"], KernelMetrics.requests, "operation"),
        chart(
            "latency", ["en": "Mean time of a request", "de": "Mittlere Dauer einer Anfrage", "fr": "Durée moyenne"],
            KernelMetrics.requestDuration, "operation", showing: "meanMilliseconds"),
        chart(
            "answers", ["en": "Answers by class", "de": "Antworten nach Klasse", "fr": "Réponses par classe"],
            KernelMetrics.requests, "status"),
        chart(
            "deliveries", ["en": "Deliveries", "de": "Zustellungen", "fr": "Livraisons"], KernelMetrics.deliveries,
            "outcome"),
        chart(
            "transactions", ["en": "Transactions", "de": "Transaktionen", "fr": "Transactions"],
            KernelMetrics.transactions, "kind"),
        figure(
            "requests-in-flight", ["en": "In progress", "de": "In Arbeit", "fr": "En cours"],
            KernelMetrics.requestsInFlight),
        figure(
            "writers-waiting",
            ["en": "Waiting to write", "de": "Warten aufs Schreiben", "fr": "En attente d’écriture"],
            KernelMetrics.sqliteQueue),
        figure(
            "connections-waiting",
            ["en": "Waiting for a connection", "de": "Warten auf Verbindung", "fr": "En attente de connexion"],
            KernelMetrics.postgresQueue),
        figure(
            "passwords-waiting",
            ["en": "Sign-ins waiting", "de": "Wartende Anmeldungen", "fr": "Connexions en attente"],
            KernelMetrics.passwordQueue),
    ]

    private static func chart(
        _ name: String, _ title: ConsoleText, _ metric: MetricDefinition, _ label: String,
        showing value: String = "value"
    ) -> ConsoleChart {
        ConsoleChart("metric-\(name)", title, of: "kernel.deployment.metrics")
            .bars(by: "group", showing: value)
            .asking(["name": .text(metric.name), "by": .text(label)])
            .beside("metrics")
    }

    private static func figure(_ name: String, _ title: ConsoleText, _ metric: MetricDefinition) -> ConsoleChart {
        ConsoleChart("metric-\(name)", title, of: "kernel.deployment.metrics")
            .figure(showing: "value")
            .asking(["name": .text(metric.name)])
            .beside("metrics")
    }
}
