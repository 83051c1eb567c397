import Model

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The machine's own clock.
package struct SystemClock: EngineClock {
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(
            milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    package func sleep(until deadline: Timestamp) async throws(CancellationError) {
        let span = deadline.milliseconds - now().milliseconds
        guard span > 0 else { return }
        do {
            try await ContinuousClock().sleep(for: .milliseconds(span))
        } catch {
            throw CancellationError()
        }
    }
}
