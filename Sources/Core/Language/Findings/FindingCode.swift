import Model

/// The stable numbers of everything that can be wrong with a project, with what to do about it.
package enum FindingCode: String, Sendable, Hashable, CaseIterable {
    case syntax = "B0101"
    case tooLarge = "B0102"
    case duplicateKey = "B0103"
    case ambiguousKey = "B0104"
    case unsupportedYAML = "B0105"
    case wrongType = "B0106"
    case unknownKey = "B0107"
    case missingKey = "B0108"
    case notAllowed = "B0109"
    case outOfRange = "B0110"
    case invalidDuration = "B0111"
    case invalidName = "B0112"
    case stepForm = "B0113"
    case invalidExpression = "B0114"
    case invalidSchema = "B0115"
    case conflictingKeys = "B0116"
    case invalidCron = "B0117"
    case invalidTimeZone = "B0118"
    case invalidPattern = "B0119"
    case invalidLanguage = "B0120"
    case duplicateStep = "B0201"
    case unknownStep = "B0202"
    case stepUsedEarly = "B0203"
    case outsideLoop = "B0204"
    case unreachable = "B0205"
    case unknownOperation = "B0206"
    case wrongInput = "B0207"
    case unknownAuth = "B0208"
    case unknownWorkflow = "B0209"
    case duplicateWorkflow = "B0210"
    case unknownConfig = "B0211"
    case unknownAlert = "B0212"
    case nobodyWaits = "B0213"
    case plainSecret = "B0214"
    case unexpectedFile = "B0215"
    case noReply = "B0216"
    case heldReply = "B0217"
    case alertCycle = "B0218"
    case repeatedSubscription = "B2870"
    case unsignedBody = "B2871"
    case callCircle = "B2872"

    /// What it means and what to do, in one or two sentences.
    package var advice: String {
        switch self {
        case .syntax: "The file is not YAML. Mend it at the place that is named."
        case .tooLarge: "A file, a nesting or the number of its parts is over the limit. Split it."
        case .duplicateKey: "A key occurs twice in one mapping. Keep one."
        case .ambiguousKey: "YAML 1.1 readers make a boolean of it. Quote it or choose a name."
        case .unsupportedYAML: "Merge keys, tags and complex keys are left out. Write it plainly."
        case .wrongType: "The value has the wrong type. The message names the right one."
        case .unknownKey: "The key means nothing here. Mostly it is misspelt."
        case .missingKey: "A key that must be there is not."
        case .notAllowed: "The value is not one of those that are allowed."
        case .outOfRange: "The number or duration is outside its range."
        case .invalidDuration: "Durations are a number and a unit: 500ms, 40s, 5m, 2h, 7d."
        case .invalidName: "Names begin with a letter and hold letters, digits, _ and -."
        case .stepForm: "A step has exactly one form: run, reply, set, if, and so on."
        case .invalidExpression: "The expression cannot be compiled. See expressions.md."
        case .invalidSchema: "The JSON Schema cannot be compiled, or the default breaks it."
        case .conflictingKeys: "The two keys exclude one another. Keep one."
        case .invalidCron: "The cron expression cannot be read or never matches. See schedules.md."
        case .invalidTimeZone: "Time zones are UTC or an Area/City of the IANA database."
        case .invalidPattern: "The regular expression behind ~ or !~ cannot be compiled."
        case .invalidLanguage: "Language tags are those of RFC 5646, such as de or pt-br."
        case .duplicateStep: "Two steps of a workflow have the same id. Rename one."
        case .unknownStep: "No step has this id, so the value would always be null."
        case .stepUsedEarly: "The step runs later, so its output is null here. Change the order."
        case .outsideLoop: "break and next have a meaning inside a for_each alone."
        case .unreachable: "The step before it ends the workflow, so it never runs. Remove it."
        case .unknownOperation: "No connector has this operation. Mostly it is misspelt."
        case .wrongInput: "The `with` does not match what the operation declares."
        case .unknownAuth: "The solution has no auth slot of this name, nor the account."
        case .unknownWorkflow: "No workflow of the solution has this name and can be called."
        case .duplicateWorkflow: "Two workflows have the same name. Rename one."
        case .unknownConfig: "The solution has no config slot of this name, nor the account."
        case .unknownAlert: "No workflow with an `alert` trigger has this name."
        case .nobodyWaits: "No caller waits for this workflow, so nobody hears the reply."
        case .plainSecret:
            "Secrets do not belong in a project. Write { env: NAME } or { file: PATH }."
        case .unexpectedFile: "Nothing reads a file of this name at this place."
        case .noReply: "A caller waits, and no step replies: it gets the last step's output."
        case .heldReply: "A 2xx reply is told at the end only: steps after it hold the caller."
        case .alertCycle:
            "The alert workflow starts what would alert it again; such alerts climb past it."
        case .repeatedSubscription:
            "After a crash a subscription is made again. Say how to find it, or send a key."
        case .unsignedBody: "`signed_text` needs {body}, and {timestamp} with its header."
        case .callCircle: "The workflow calls itself, through others or not. Use for_each."
        }
    }

    package func finding(
        _ message: String,
        at place: SourcePlace,
        suggestion: String? = nil,
        severity: Finding.Severity = .error,
    ) -> Finding {
        Finding(
            code: rawValue,
            severity: severity,
            message: message,
            suggestion: suggestion,
            place: place,
        )
    }
}
