-- The embedding's objects. docs/internals/storage.md tells why it looks like this.

CREATE TABLE records (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    -- An end user's id; empty: the account itself.
    owner TEXT NOT NULL,
    version INTEGER NOT NULL,
    -- When it is to be claimed, in milliseconds since 1970; NULL: never.
    due_at INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    document BLOB NOT NULL
);
CREATE UNIQUE INDEX records_by_id ON records (kind, id);
CREATE INDEX records_by_owner ON records (kind, owner, id);
CREATE INDEX records_by_due ON records (kind, due_at, id) WHERE due_at IS NOT NULL;

-- What no two records of a kind share.
CREATE TABLE record_uniques (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (kind, name, value)
) WITHOUT ROWID;
CREATE INDEX record_uniques_by_record ON record_uniques (number);

-- What records are listed by; id and owner are the record's, so that a list needs no other index.
CREATE TABLE record_labels (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    id TEXT NOT NULL,
    owner TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (kind, name, value, id)
) WITHOUT ROWID;
CREATE INDEX record_labels_by_owner ON record_labels (kind, name, value, owner, id);
CREATE INDEX record_labels_by_record ON record_labels (number);
