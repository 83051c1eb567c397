import Kernel
import Model

extension Watchers {
    func stepStarted(_ request: AttemptRequest, at time: Timestamp, of id: ExecutionID) {
        publish(
            .stepStarted(
                id: request.stepID,
                occurrence: request.occurrence,
                kind: "\(request.connector).\(request.operation)",
                attempt: request.attempt,
                at: time,
            ),
            for: id,
        )
    }

    func stepEnded(
        _ request: AttemptRequest,
        _ event: Event,
        _ known: KnownSecrets,
        of id: ExecutionID,
    ) {
        guard var attempt = AttemptView(event) else { return }
        publish(
            {
                attempt.output = attempt.output.map { known.withhold($0)?.shown ?? $0 }
                return .stepFinished(
                    id: request.stepID,
                    occurrence: request.occurrence,
                    kind: "\(request.connector).\(request.operation)",
                    attempt: attempt,
                )
            }(),
            for: id,
        )
    }

    func retryScheduled(_ request: AttemptRequest, at time: Timestamp, of id: ExecutionID) {
        publish(
            .retryScheduled(id: request.stepID, occurrence: request.occurrence, at: time),
            for: id,
        )
    }
}

extension AttemptView {
    /// Nil unless the event ends an attempt.
    init?(_ event: Event) {
        switch event {
        case .attemptSucceeded(_, let number, let startedAt, let at, let output):
            self.init(
                number: number,
                startedAt: startedAt,
                finishedAt: at,
                output: output,
                problem: nil,
            )
        case .attemptFailed(_, let number, let startedAt, let at, let problem):
            self.init(
                number: number,
                startedAt: startedAt,
                finishedAt: at,
                output: nil,
                problem: problem,
            )
        default:
            return nil
        }
    }
}
