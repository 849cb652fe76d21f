-- +goose Up

CREATE TABLE runs (
	id               INTEGER PRIMARY KEY AUTOINCREMENT,
	name             TEXT    NOT NULL,
	state            TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'finished', 'failed', 'cancelled', 'interrupted')),
	spec             TEXT    NOT NULL, -- JSON: all that is needed to repeat the run
	preset           TEXT    NOT NULL,
	snapshot         TEXT    NOT NULL REFERENCES snapshots (id),
	created_at_ms    INTEGER NOT NULL,
	started_at_ms    INTEGER,
	ended_at_ms      INTEGER,
	epoch            INTEGER NOT NULL DEFAULT 0,
	epochs           INTEGER NOT NULL DEFAULT 0,
	phase            TEXT    NOT NULL DEFAULT '', -- what the worker is doing, for people
	error            TEXT    NOT NULL DEFAULT '',
	cancel_requested INTEGER NOT NULL DEFAULT 0,
	worker           TEXT    NOT NULL DEFAULT '', -- host:pid:nonce of the lease's owner
	lease_until_ms   INTEGER NOT NULL DEFAULT 0,  -- of a queued run: until then it waits for whoever submitted it
	attempt          INTEGER NOT NULL DEFAULT 0,  -- times that a worker took it
	crashes          INTEGER NOT NULL DEFAULT 0,  -- attempts whose worker died, since it was last queued by a person
	bundle           TEXT    NOT NULL DEFAULT '', -- folder below bundles/
	bundle_sum       TEXT    NOT NULL DEFAULT '', -- SHA-256 of its model.json
	evaluation       TEXT,   -- JSON, of the holdout
	author           TEXT    NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX runs_state ON runs (state, lease_until_ms);

CREATE TABLE run_tags (
	run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	tag    TEXT    NOT NULL,
	PRIMARY KEY (run_id, tag)
) STRICT, WITHOUT ROWID;

CREATE TABLE metric_keys (
	id   INTEGER PRIMARY KEY,
	name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE metric_points (
	run_id  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	key_id  INTEGER NOT NULL REFERENCES metric_keys (id),
	step    INTEGER NOT NULL,
	value   REAL, -- NULL is NaN
	time_ms INTEGER NOT NULL,
	PRIMARY KEY (run_id, key_id, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE run_artifacts (
	run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	name   TEXT    NOT NULL,
	media  TEXT    NOT NULL,
	blob   TEXT    NOT NULL,
	bytes  INTEGER NOT NULL,
	PRIMARY KEY (run_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_artifacts_blob ON run_artifacts (blob);

-- The answer of a run's model for each record of its holdout.
CREATE TABLE run_predictions (
	run_id        INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	record_id     INTEGER NOT NULL REFERENCES records (id),
	label         INTEGER NOT NULL,
	predicted     INTEGER NOT NULL,
	confidence    REAL    NOT NULL,
	probabilities TEXT    NOT NULL, -- JSON object, label to share
	PRIMARY KEY (run_id, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE model_versions (
	number        INTEGER PRIMARY KEY AUTOINCREMENT,
	run_id        INTEGER NOT NULL UNIQUE REFERENCES runs (id),
	bundle_sum    TEXT    NOT NULL, -- SHA-256 of model.json, which names the hashes of the rest
	created_at_ms INTEGER NOT NULL,
	author        TEXT    NOT NULL DEFAULT ''
) STRICT;

CREATE TABLE aliases (
	name    TEXT    PRIMARY KEY,
	version INTEGER NOT NULL REFERENCES model_versions (number)
) STRICT, WITHOUT ROWID;

CREATE TABLE promotions (
	id         INTEGER PRIMARY KEY,
	alias      TEXT    NOT NULL,
	version    INTEGER NOT NULL REFERENCES model_versions (number),
	previous   INTEGER REFERENCES model_versions (number),
	kind       TEXT    NOT NULL CHECK (kind IN ('promote', 'rollback')),
	forced     INTEGER NOT NULL,
	gates      TEXT    NOT NULL, -- JSON
	reason     TEXT    NOT NULL,
	author     TEXT    NOT NULL,
	time_ms    INTEGER NOT NULL
) STRICT;

-- Server processes on this workspace, renewed by each while it lives.
CREATE TABLE servers (
	id            TEXT    PRIMARY KEY,
	host          TEXT    NOT NULL,
	pid           INTEGER NOT NULL,
	address       TEXT    NOT NULL,
	version       TEXT    NOT NULL DEFAULT '', -- model version that it answers with, '' for none
	started_at_ms INTEGER NOT NULL,
	seen_at_ms    INTEGER NOT NULL,
	requests      INTEGER NOT NULL DEFAULT 0,
	errors        INTEGER NOT NULL DEFAULT 0,
	p50_ms        REAL    NOT NULL DEFAULT 0,
	p99_ms        REAL    NOT NULL DEFAULT 0
) STRICT;
