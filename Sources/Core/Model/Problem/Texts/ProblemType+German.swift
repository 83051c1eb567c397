extension ProblemType {
    var german: ProblemWords {
        switch self {
        case .authentication:
            ProblemWords(
                "Der Dienst hat die Zugangsdaten abgelehnt",
                client:
                    "Ihre Verbindung ist abgelaufen oder wurde widerrufen. Bitte verbinden Sie sich neu.",
                support:
                    "Die gespeicherten Zugangsdaten wurden abgelehnt. Der Endkunde muss sich neu verbinden.",
            )
        case .authorization:
            ProblemWords(
                "Den Zugangsdaten fehlt eine Berechtigung",
                client:
                    "Ihrer Verbindung fehlt eine Berechtigung. Bitte verbinden Sie sich mit vollem Zugriff neu.",
                support: "Die Zugangsdaten gelten, dürfen dies aber nicht.",
            )
        case .rateLimit:
            ProblemWords(
                "Der Dienst begrenzt die Zahl der Anfragen",
                client:
                    "Der verbundene Dienst ist ausgelastet. Wir versuchen es gleich noch einmal.",
                support: "Der Dienst drosselt uns. Das gibt sich von selbst.",
            )
        case .timeout:
            ProblemWords(
                "Die Zeit ist abgelaufen",
                client: "Das hat zu lange gedauert. Bitte versuchen Sie es noch einmal.",
                support: "Es kam rechtzeitig keine Antwort.",
            )
        case .communication:
            ProblemWords(
                "Der Dienst war nicht erreichbar",
                client:
                    "Der verbundene Dienst war nicht erreichbar. Bitte versuchen Sie es noch einmal.",
                support: "Die Verbindung zum Dienst ist fehlgeschlagen.",
            )
        case .service:
            ProblemWords(
                "Der Dienst hat einen eigenen Fehler gemeldet",
                client: "Der verbundene Dienst hat eine Störung. Wir versuchen es noch einmal.",
                support: "Der Dienst hat mit einem Serverfehler geantwortet.",
            )
        case .request:
            ProblemWords(
                "Der Dienst hat die Anfrage abgelehnt",
                client: "Der verbundene Dienst hat die Daten nicht angenommen.",
                support: "Der Dienst hat die Anfrage so, wie sie war, abgelehnt.",
            )
        case .notFound:
            ProblemWords(
                "Das Gesuchte gibt es nicht",
                client: "Wir konnten den benötigten Datensatz nicht finden.",
                support: "Der Dienst kennt den Datensatz nicht.",
            )
        case .conflict:
            ProblemWords(
                "Der Zustand des Datensatzes lässt dies nicht zu",
                client: "Dieser Datensatz wurde geändert oder ist schon vorhanden.",
                support: "Der Dienst meldet einen Konflikt oder ein Duplikat.",
            )
        case .tooLarge:
            ProblemWords(
                "Etwas ist größer als erlaubt",
                client: "Die Daten sind zu groß, um verarbeitet zu werden.",
                support: "Eine Größengrenze wurde überschritten.",
            )
        default: germanOwn
        }
    }

    private var germanOwn: ProblemWords {
        switch self {
        case .validation:
            ProblemWords(
                "Die Daten passen nicht zu ihrem Schema",
                client: "Ein Teil der Daten fehlt oder hat die falsche Form.",
                support: "Daten entsprachen nicht dem festgelegten Schema.",
            )
        case .expression:
            ProblemWords(
                "Ein Ausdruck konnte nicht ausgewertet werden",
                client: "Bei uns ist etwas schiefgegangen. Wir wissen davon.",
                support: "Eine Zuordnung im Workflow hat einen Fehler.",
            )
        case .configuration:
            ProblemWords(
                "Die Konfiguration ist unvollständig oder falsch",
                client: "Die Integration ist nicht vollständig eingerichtet.",
                support: "Eine Einstellung oder Verbindung fehlt oder ist falsch.",
            )
        case .limit:
            ProblemWords(
                "Eine Grenze wurde erreicht",
                client: "Das braucht mehr, als erlaubt ist. Wir wissen davon.",
                support: "Eine Ausführung hat eine Grenze der Plattform erreicht.",
            )
        case .cancelled:
            ProblemWords(
                "Die Ausführung wurde abgebrochen",
                client: "Dies wurde abgebrochen.",
                support: "Jemand hat die Ausführung abgebrochen.",
            )
        case .raised:
            ProblemWords(
                "Der Workflow hat ein Problem gemeldet",
                client: "Dies konnte nicht abgeschlossen werden.",
                support: "Der Workflow hat dies als Fehler eingestuft.",
            )
        default:
            ProblemWords(
                "Die Engine ist fehlgeschlagen",
                client: "Bei uns ist etwas schiefgegangen. Wir wissen davon.",
                support: "Backstop selbst ist fehlgeschlagen; siehe Einzelheiten.",
            )
        }
    }
}
