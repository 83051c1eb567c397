import Embedding
import Model
import StorePort

extension Engine {
    /// How many authentications are looked after at once.
    private static let batch = 32

    /// Finds what ended before somebody needs it: renews tokens that were not used for long, marks
    /// those that cannot be renewed, and forgets connect links that ended.
    func lookAfterAuthentications() async {
        repeat {
            do throws(StoreError) {
                while try await lookAfterDue() {}
                while try await forgetLinks() {}
            } catch {
                logger.error("authentications cannot be looked after: \(error)")
            }
        } while await pause(configuration.authenticationInterval)
    }

    /// True when there may be more.
    private func lookAfterDue() async throws(StoreError) -> Bool {
        let now = clock.now()
        let due = try await store.claimDue(
            .authentication,
            now: now,
            // What fails for a while comes back by itself then.
            hideUntil: now + configuration.authenticationHide,
            limit: Self.batch,
        )
        await withDiscardingTaskGroup { group in
            for record in due { group.addTask { await self.lookAfter(record) } }
        }
        return due.count == Self.batch && isReady
    }

    private func lookAfter(_ record: Record) async {
        do throws(Problem) {
            let authentication: AuthenticationRecord = try directory.read(record)
            guard authentication.kind == .oauth2 else { return }
            _ = try await keeper.tokens(for: record.id)
        } catch {
            // The keeper wrote down what needs somebody; all else is tried again.
            logger.info(
                "an authentication could not be renewed: \(error.detail ?? error.title)",
                metadata: ["authentication": "\(record.id)"],
            )
        }
    }

    private func forgetLinks() async throws(StoreError) -> Bool {
        let now = clock.now()
        let due = try await store.claimDue(
            .connectLink,
            now: now,
            hideUntil: now + configuration.authenticationHide,
            limit: Self.batch,
        )
        guard !due.isEmpty else { return false }
        let changes = due.map {
            RecordChange.delete(.connectLink, id: $0.id, expected: .version($0.version))
        }
        _ = try await store.change(changes, now: now)
        return due.count == Self.batch && isReady
    }
}
