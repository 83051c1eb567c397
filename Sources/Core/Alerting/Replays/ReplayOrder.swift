import Embedding
import Model

/// How executions are to run again.
package struct ReplayOrder: JSONDocument {
    package enum Mode: String, Sendable, Hashable, CaseIterable {
        /// The same execution goes on from its failed step.
        case resume
        /// A new execution.
        case replay
    }

    package enum Definition: String, Sendable, Hashable, CaseIterable {
        /// The one that the source ran on.
        case pinned
        /// The one that is deployed now; for an instance, of the version that it is pinned to now.
        case latest
    }

    package enum Keys: String, Sendable, Hashable, CaseIterable {
        /// Those of the source: a side effect that was done is not done twice.
        case same
        case new
    }

    package enum Start: Sendable, Hashable {
        case failedStep
        case beginning
        /// An id or path.
        case step(String)
    }

    package var mode: Mode
    package var start: Start
    package var definition: Definition
    package var keys: Keys
    /// A merge patch of the trigger's input: a webhook's `body`, else `input`. Like the other it is
    /// kept in ``sealedPatches`` alone.
    package var inputPatch: JSONValue?
    /// A merge patch of the whole `$trigger`.
    package var triggerPatch: JSONValue?
    package var sealedPatches: String?
    /// Also when another replay of the same source is under way.
    package var again: Bool
    /// Also what has not ended.
    package var unfinished: Bool
    /// Executions begun in a second.
    package var rate: Int

    package static let rates = 1...100
    package static let standardRate = 10

    package init(mode: Mode, start: Start = .failedStep) {
        self.mode = mode
        self.start = start
        definition = .pinned
        keys = .same
        again = false
        unfinished = false
        rate = Self.standardRate
    }

    package var isPatched: Bool {
        inputPatch != nil || triggerPatch != nil || sealedPatches != nil
    }

    /// The two patches, to be sealed; nil without any.
    package var patches: JSONValue? {
        guard inputPatch != nil || triggerPatch != nil else { return nil }
        var object = JSONObject()
        object["input"] = inputPatch
        object["trigger"] = triggerPatch
        return .object(object)
    }

    /// Everything but the patches, which are payloads.
    package var summary: JSONObject {
        var object = JSONObject()
        object["mode"] = .string(mode.rawValue)
        object["start"] = .string(start.text)
        object["definition"] = .string(definition.rawValue)
        object["keys"] = .string(keys.rawValue)
        object["patched"] = .bool(isPatched)
        object["again"] = .bool(again)
        object["unfinished"] = .bool(unfinished)
        object["rate"] = .integer(Int64(rate))
        return object
    }

    package var json: JSONValue {
        var object = summary
        object["sealed_patches"] = sealedPatches.map(JSONValue.string)
        return .object(object)
    }

    package init?(json: JSONValue) {
        guard let object = json.objectValue,
            let mode = object.get("mode", { $0.word(Mode.self) }),
            let start = object.get("start", \.stringValue),
            let definition = object.get("definition", { $0.word(Definition.self) }),
            let keys = object.get("keys", { $0.word(Keys.self) }),
            let again = object.get("again", \.boolValue),
            let unfinished = object.get("unfinished", \.boolValue),
            let rate = object.get("rate", \.countValue)
        else { return nil }
        self.init(mode: mode, start: Start(text: start))
        self.definition = definition
        self.keys = keys
        self.again = again
        self.unfinished = unfinished
        self.rate = rate
        sealedPatches = object["sealed_patches"]?.stringValue
    }
}

extension ReplayOrder.Start {
    /// `failed_step`, `beginning`, or the step's id or path.
    package var text: String {
        switch self {
        case .failedStep: "failed_step"
        case .beginning: "beginning"
        case .step(let name): name
        }
    }

    package init(text: String) {
        switch text {
        case "failed_step": self = .failedStep
        case "beginning": self = .beginning
        default: self = .step(text)
        }
    }
}
