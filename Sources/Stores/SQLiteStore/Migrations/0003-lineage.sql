-- What an execution is a replay of, and how often it was opened again. Columns that are NULL or 0
-- take one byte of a row at most.
ALTER TABLE executions ADD COLUMN replay_of INTEGER;
ALTER TABLE executions ADD COLUMN root INTEGER;
ALTER TABLE executions ADD COLUMN resumed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX executions_by_source ON executions (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX executions_by_root ON executions (root) WHERE root IS NOT NULL;
