import Alerting
import Embedding
import Model
import StorePort

extension Engine {
    /// How many of each kind the server looks at by itself; a person may ask for more.
    static let doctorDepth = 2_000
    package static let doctorDepthMax = 1_000_000

    /// Looks whether the promises of the error plane hold.
    ///
    /// - Parameters:
    ///   - repairs: whether what is found is mended; needs `manage_alerts`, a look `read_alerts`.
    ///   - depth: the newest of each kind that are looked at, 1...``doctorDepthMax``.
    package func examine(
        repairs: Bool,
        depth: Int,
        by actor: Actor,
    ) async throws(Problem) -> DoctorReport {
        if let problem = Access.check(actor, repairs ? .manageAlerts : .readAlerts) {
            throw problem
        }
        let report = try await Doctor(engine: self, repairs: repairs, depth: depth).examine()
        if repairs, report.entries.contains(where: { $0.repaired > 0 }) {
            _ = try await directory.write([
                directory.audit(
                    "doctor.repair",
                    .init(kind: "account", id: "account"),
                    by: actor,
                    owner: nil,
                    before: nil,
                    after: report.json,
                )
            ])
        }
        return report
    }

    /// The reconciler: mends what a crash left, and says so.
    func reconcile() async {
        while !Task.isCancelled {
            do { try await clock.sleep(until: clock.now() + configuration.doctorInterval) } catch {
                return
            }
            guard isReady else { continue }
            do throws(Problem) {
                try await directory.endSilences()
                let doctor = Doctor(engine: self, repairs: true, depth: Self.doctorDepth)
                let report = try await doctor.examine()
                for entry in report.entries where entry.repaired > 0 {
                    logger.error(
                        "mended what a crash left: \(entry.check.promise)",
                        metadata: [
                            "repaired": "\(entry.repaired)",
                            "examples": "\(entry.examples.joined(separator: " "))",
                        ],
                    )
                }
            } catch {
                logger.error("the reconciler failed: \(error.detail ?? error.title)")
            }
        }
    }
}
