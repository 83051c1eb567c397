import GRDB

/// The writer's prepared statements. They must be gone before the connection closes.
struct LedgerStatements {
    let begin: Prepared
    let commit: Prepared
    let rollback: Prepared

    let insertExecution: Prepared
    let insertJournal: Prepared
    let finish: Prepared
    let setStatus: Prepared
    let release: Prepared
    let hold: Prepared
    let giveBack: Prepared
    let makeDue: Prepared
    let readTransition: Prepared
    let requestCancel: Prepared

    let findKey: Prepared
    let forgetKey: Prepared

    let promote: Prepared
    let nextInstance: Prepared
    let ready: Prepared

    init(_ database: Database) throws {
        func prepare(_ sql: String) throws -> Prepared { try Prepared(sql, on: database) }
        begin = try prepare("BEGIN IMMEDIATE")
        commit = try prepare("COMMIT")
        rollback = try prepare("ROLLBACK")
        insertExecution = try prepare(
            """
            INSERT INTO executions (id, number, origin, workflow, instance, status, finished_at,
                held_by, due_at, correlation, parent, parent_occurrence, parent_waits,
                idempotency_key, fingerprint, idempotent_until, replay_of, root)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        )
        insertJournal = try prepare("INSERT INTO journal (key, frames) VALUES (?, ?)")
        finish = try prepare(
            """
            UPDATE executions SET status = 1, reason = ?2, finished_at = ?3, problem = ?4,
                held_by = NULL, due_at = NULL WHERE id = ?1
            """
        )
        setStatus = try prepare("UPDATE executions SET status = ?2 WHERE id = ?1")
        release = try prepare(
            "UPDATE executions SET status = ?2, due_at = ?3, held_by = NULL WHERE id = ?1"
        )
        hold = try prepare("UPDATE executions SET held_by = ?2, due_at = NULL WHERE id = ?1")
        giveBack = try prepare("UPDATE executions SET held_by = NULL, due_at = 0 WHERE id = ?")
        makeDue = try prepare(
            """
            UPDATE executions SET due_at = 0 WHERE id = ? AND status <> 1 AND held_by IS NULL
            """
        )
        readTransition = try prepare(
            """
            SELECT status, held_by, instance, number, parent, parent_waits FROM executions
            WHERE id = ?
            """
        )
        requestCancel = try prepare(
            """
            UPDATE executions SET cancel_requested_by = ?2
            WHERE id = ?1 AND cancel_requested_by IS NULL
            """
        )
        findKey = try prepare(
            """
            SELECT id, fingerprint, idempotent_until FROM executions
            WHERE workflow = ? AND instance = ? AND idempotency_key = ?
            """
        )
        forgetKey = try prepare("UPDATE executions SET idempotency_key = NULL WHERE id = ?")
        promote = try prepare(
            """
            UPDATE executions SET due_at = 0 WHERE id IN (
                SELECT id FROM executions INDEXED BY unfinished
                WHERE status <> 1 AND due_at > 0 AND due_at <= ? ORDER BY due_at LIMIT ?)
            """
        )
        nextInstance = try prepare(
            """
            SELECT instance FROM executions INDEXED BY unfinished
            WHERE status <> 1 AND due_at = 0 AND instance > ? ORDER BY instance LIMIT 1
            """
        )
        ready = try prepare(
            """
            SELECT id FROM executions INDEXED BY unfinished
            WHERE status <> 1 AND due_at = 0 AND instance = ? ORDER BY id LIMIT ?
            """
        )
    }
}
