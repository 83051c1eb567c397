import Breakers
import Embedding
import Model
import StorePort

/// What goes on in the background for connections: changes are made durable, those of other
/// processes are read, and whoever is parked is resumed.
extension Engine {
    /// A number from 0 up to 1.
    func chance() -> Double {
        let bytes = random.bytes(2)
        return Double(Int(bytes[0]) << 8 | Int(bytes[1])) / 65_536
    }

    /// Makes what attempts taught durable, one change after the other.
    func settleConnections() async {
        for await settlement in connections.settlements.stream {
            _ = await connectionKeeper.apply(
                settlement.changes,
                to: settlement.id,
                settlement.facts,
                cause: settlement.cause,
                witness: settlement.witness,
            )
            connections.settled(settlement.id)
        }
    }

    func tendConnections() async {
        var nextObservation = clock.now()
        repeat {
            await connectionKeeper.refresh()
            let now = clock.now()
            if now >= nextObservation {
                nextObservation = now + configuration.connectionObservation
                await connectionKeeper.observe()
            }
            await tendDueConnections()
        } while await pause(configuration.poll)
    }

    /// Each connection is tended by one process at a time, and none waits for another.
    private func tendDueConnections() async {
        guard isReady else { return }
        let now = clock.now()
        let due: [Record]
        do throws(StoreError) {
            due = try await store.claimDue(
                .breaker,
                now: now,
                hideUntil: now + configuration.connectionHide,
                limit: RecordLimits.claimMax,
            )
        } catch {
            if error != .closed { logger.error("could not claim connections: \(error)") }
            return
        }
        await withDiscardingTaskGroup { group in
            for record in due { group.addTask { await self.connectionKeeper.tend(record) } }
        }
    }

    /// What the execution waits for, when it is parked.
    func parkings(of id: ExecutionID) async throws(StoreError) -> [Parking] {
        let records = try await store.records(
            RecordQuery(kind: .parked, scope: .account, labels: ["execution": id.description])
        )
        return records.compactMap(Parking.init)
    }
}

extension Parking {
    init?(_ record: Record) {
        guard case .success(let value) = Result(catching: { try JSONParser.parse(record.document) })
        else { return nil }
        self.init(json: value)
    }
}
