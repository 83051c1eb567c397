-- Executions, their journals, data storage and settings. See docs/internals/storage.md.

-- What many executions share is written once and named by a small number.
CREATE TABLE workflows (id INTEGER PRIMARY KEY, name TEXT NOT NULL, solution TEXT);
CREATE INDEX workflows_by_name ON workflows (name, solution);

CREATE TABLE instances (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);

CREATE TABLE origins (
    id INTEGER PRIMARY KEY,
    workflow INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    digest TEXT NOT NULL,
    UNIQUE (workflow, instance, digest)
);
CREATE INDEX origins_by_instance ON origins (instance);

CREATE TABLE definitions (
    digest TEXT NOT NULL UNIQUE,
    workflow TEXT NOT NULL,
    solution TEXT,
    source TEXT NOT NULL
);

-- The heads. Rows keep their size from the start to the end of an execution, so that pages which
-- were filled in order are never split: finished_at holds the time of creation until then, and the
-- codes of the common states (0 and 1) take no space.
CREATE TABLE executions (
    id INTEGER PRIMARY KEY,
    -- Where the journal is: rows number << 24 and up.
    number INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    workflow INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    -- 0 running, 1 finished, 2 queued, 3 waiting
    status INTEGER NOT NULL,
    -- 0 none yet, 1 succeeded, 2 handled, 3 failed, 4 timed_out, 5 never_started, 6 cancelled,
    -- 7 expired
    reason INTEGER NOT NULL DEFAULT 0,
    finished_at INTEGER NOT NULL,
    held_by INTEGER,
    -- When it may be claimed, in milliseconds since 1970; 0 at once; NULL: not by time.
    due_at INTEGER,
    problem TEXT,
    cancel_requested_by TEXT,
    correlation TEXT,
    parent INTEGER,
    parent_occurrence TEXT,
    parent_waits INTEGER,
    idempotency_key TEXT,
    fingerprint INTEGER,
    idempotent_until INTEGER
);
-- Claims, timers, recovery, lists by status: only what has not finished.
CREATE INDEX unfinished ON executions (due_at, instance, id, status) WHERE status <> 1;
CREATE INDEX unsuccessful ON executions (reason) WHERE reason > 1;
CREATE INDEX executions_by_origin ON executions (origin);
CREATE INDEX executions_by_correlation ON executions (correlation) WHERE correlation IS NOT NULL;
CREATE INDEX executions_by_parent ON executions (parent, parent_occurrence)
    WHERE parent IS NOT NULL;
CREATE UNIQUE INDEX executions_by_idempotency_key
    ON executions (workflow, instance, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- One row for each write: key = number << 24 | (sequence of its first entry + 1), and
-- number << 24 for the row that the creation wrote. Frames are described in JournalFrames.swift.
CREATE TABLE journal (key INTEGER PRIMARY KEY, frames BLOB NOT NULL);

CREATE TABLE workers (id INTEGER PRIMARY KEY AUTOINCREMENT, number INTEGER NOT NULL);

CREATE TABLE data (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    expires_at INTEGER,
    value BLOB NOT NULL,
    UNIQUE (scope, key)
);
CREATE INDEX data_by_expiry ON data (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
