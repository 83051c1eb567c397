import Model

/// What makes failures one issue.
///
/// `v1:` and the first 32 hex digits of a digest over the parts, each with its length. A later
/// version of the rules gets a new number, so that old issues stay what they are. A problem's code,
/// or a fingerprint of its own, stands for the message.
package enum Fingerprint {
    /// What a fingerprint can be made of.
    package enum Part: String, Sendable, Hashable, CaseIterable {
        case solution, workflow, step, type, connector, operation, message, instance, kind

        /// All but the instance: the same mistake in many instances is one issue.
        package static let standard: [Part] = [
            .solution, .workflow, .step, .type, .connector, .operation, .message, .kind,
        ]
    }

    package static let version = "v1"

    /// - Parameter digest: hex SHA-256.
    package static func make(
        _ failure: Failure,
        parts: [Part] = Part.standard,
        digest: ([UInt8]) -> String,
    ) -> String {
        var bytes: [UInt8] = []
        for part in parts {
            let text = text(part, of: failure)
            bytes += Array("\(part.rawValue):\(text.utf8.count):\(text);".utf8)
        }
        return "\(version):\(digest(bytes).prefix(32))"
    }

    private static func text(_ part: Part, of failure: Failure) -> String {
        let problem = failure.problem
        switch part {
        case .solution: return failure.solution ?? ""
        case .workflow: return failure.workflow ?? ""
        case .step: return problem.step ?? problem.path ?? ""
        case .type: return problem.type.rawValue
        case .connector: return problem.connector ?? ""
        case .operation: return problem.operation ?? ""
        case .message:
            if let own = problem.fingerprint { return own }
            if let code = problem.code { return code }
            return MessageNormaliser.fold(problem.detail ?? problem.title)
        case .instance: return failure.instance?.description ?? ""
        case .kind: return failure.kind.rawValue
        }
    }
}
