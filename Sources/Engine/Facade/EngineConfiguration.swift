import Breakers
import Definitions
import Model

/// How an engine runs; the project's limits come with the deployment.
package struct EngineConfiguration: Sendable {
    /// How long a worker's claims outlive its last heartbeat.
    package var lease = TimeSpan(milliseconds: 15_000)
    package var heartbeat = TimeSpan(milliseconds: 5_000)
    /// How often the store is asked for work that other workers or timers left.
    package var poll = TimeSpan(milliseconds: 1_000)
    /// A wait longer than this is given back to the store instead of kept in memory.
    package var residentWait = TimeSpan(milliseconds: 60_000)
    /// How long a shutdown waits for attempts in flight before it cancels and hands them back.
    package var drain = TimeSpan(milliseconds: 10_000)
    package var retentionInterval = TimeSpan(milliseconds: 60_000)
    /// Executions deleted in one transaction.
    package var retentionBatch = 200
    /// Executions that were accepted but could not begin for so long end as `expired`.
    package var queueTimeout = TimeSpan(milliseconds: 86_400_000)

    /// How long a claimed trigger is hidden from others; longer than a poll may take. When its
    /// worker dies, the trigger comes due again after it.
    package var triggerHide = TimeSpan(milliseconds: 75_000)

    /// Where the API is reached from outside, without a slash at its end: for links in alerts
    /// and for the addresses that services are told.
    package var publicURL: String?
    /// How often authentications are looked for that nobody used for long.
    package var authenticationInterval = TimeSpan(milliseconds: 30_000)
    /// When one that could not be renewed for a passing reason is tried again.
    package var authenticationHide = TimeSpan(milliseconds: 900_000)
    /// When connections break, what is parked then, and how it is resumed.
    package var breakers = BreakerPolicy()
    /// How long a broken connection that is tended is hidden from other processes; it is hidden
    /// anew while the work goes on. When its worker dies, it comes due again after it.
    package var connectionHide = TimeSpan(milliseconds: 30_000)
    /// How often this process writes down what it knows of rates and of failures in a row, and
    /// looks whether refused credentials have been replaced.
    package var connectionObservation = TimeSpan(milliseconds: 10_000)

    /// How long a claimed failure, group or alert is hidden from others, and how long until an alert
    /// that is being told is looked at again. When its worker dies, it comes due after it.
    package var alertHide = TimeSpan(milliseconds: 30_000)

    /// How often the reconciler looks whether every failure is accounted for.
    package var doctorInterval = TimeSpan(milliseconds: 300_000)

    package init() {}
}
