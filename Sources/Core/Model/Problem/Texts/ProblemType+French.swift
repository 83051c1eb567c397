extension ProblemType {
    var french: ProblemWords {
        switch self {
        case .authentication:
            ProblemWords(
                "Le service a refusé les identifiants",
                client:
                    "Votre connexion a expiré ou a été révoquée. Reconnectez-vous pour continuer.",
                support:
                    "Les identifiants enregistrés ont été refusés. Le client final doit se reconnecter.",
            )
        case .authorization:
            ProblemWords(
                "Il manque une autorisation aux identifiants",
                client:
                    "Il manque une autorisation à votre connexion. Reconnectez-vous avec un accès complet.",
                support: "Les identifiants sont valables mais n'autorisent pas cette action.",
            )
        case .rateLimit:
            ProblemWords(
                "Le service limite le nombre de requêtes",
                client: "Le service connecté est occupé. Nous allons réessayer sous peu.",
                support: "Le service tiers nous freine. Cela se rétablit tout seul.",
            )
        case .timeout:
            ProblemWords(
                "Le délai est dépassé",
                client: "Cela a pris trop de temps. Veuillez réessayer.",
                support: "Aucune réponse n'est arrivée à temps.",
            )
        case .communication:
            ProblemWords(
                "Le service est injoignable",
                client: "Le service connecté est injoignable. Veuillez réessayer.",
                support: "La connexion au service tiers a échoué.",
            )
        case .service:
            ProblemWords(
                "Le service a signalé une erreur interne",
                client: "Le service connecté rencontre un problème. Nous allons réessayer.",
                support: "Le service tiers a répondu par une erreur de serveur.",
            )
        case .request:
            ProblemWords(
                "Le service a refusé la requête",
                client: "Le service connecté n'a pas accepté les données.",
                support: "Le service tiers a refusé la requête telle quelle.",
            )
        case .notFound:
            ProblemWords(
                "L'élément demandé n'existe pas",
                client: "Nous n'avons pas trouvé l'enregistrement nécessaire.",
                support: "Le service tiers ne connaît pas l'enregistrement.",
            )
        case .conflict:
            ProblemWords(
                "L'état de l'enregistrement ne le permet pas",
                client: "Cet enregistrement a été modifié ou existe déjà.",
                support: "Le service tiers signale un conflit ou un doublon.",
            )
        case .tooLarge:
            ProblemWords(
                "Un élément dépasse la taille permise",
                client: "Les données sont trop volumineuses pour être traitées.",
                support: "Une limite de taille a été dépassée.",
            )
        default: frenchOwn
        }
    }

    private var frenchOwn: ProblemWords {
        switch self {
        case .validation:
            ProblemWords(
                "Les données ne correspondent pas à leur schéma",
                client: "Certaines données manquent ou n'ont pas la bonne forme.",
                support: "Des données ne correspondaient pas au schéma déclaré.",
            )
        case .expression:
            ProblemWords(
                "Une expression n'a pas pu être évaluée",
                client: "Une erreur s'est produite de notre côté. Nous en sommes informés.",
                support: "Une correspondance du workflow contient une erreur.",
            )
        case .configuration:
            ProblemWords(
                "La configuration est incomplète ou erronée",
                client: "L'intégration n'est pas entièrement configurée.",
                support: "Un réglage ou une connexion manque ou est erroné.",
            )
        case .limit:
            ProblemWords(
                "Une limite est atteinte",
                client: "Cela demande plus que ce qui est permis. Nous en sommes informés.",
                support: "Une exécution a atteint une limite de la plateforme.",
            )
        case .cancelled:
            ProblemWords(
                "L'exécution a été annulée",
                client: "Cette opération a été annulée.",
                support: "Quelqu'un a annulé l'exécution.",
            )
        case .raised:
            ProblemWords(
                "Le workflow a signalé un problème",
                client: "Cette opération n'a pas pu être terminée.",
                support: "Le workflow a décidé qu'il s'agit d'une erreur.",
            )
        default:
            ProblemWords(
                "Le moteur a échoué",
                client: "Une erreur s'est produite de notre côté. Nous en sommes informés.",
                support: "Backstop lui-même a échoué ; voir le détail.",
            )
        }
    }
}
