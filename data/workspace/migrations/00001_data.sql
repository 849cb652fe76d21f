-- +goose Up

-- What is learned: which field of a record is the label, and its range.
CREATE TABLE tasks (
	id           INTEGER PRIMARY KEY CHECK (id = 1),
	label_field  TEXT    NOT NULL, -- key in compounds.json
	label_name   TEXT    NOT NULL, -- shown to people
	label_min    INTEGER NOT NULL,
	label_max    INTEGER NOT NULL,
	picture_side INTEGER NOT NULL  -- pixels, after normalising
) STRICT;
INSERT INTO tasks VALUES (1, 'num_rings', 'rings', 0, 1000, 300);

CREATE TABLE ingests (
	id            INTEGER PRIMARY KEY,
	folder        TEXT    NOT NULL, -- absolute
	file          TEXT    NOT NULL, -- inside folder
	state         TEXT    NOT NULL CHECK (state IN ('staging', 'done')),
	started_at_ms INTEGER NOT NULL,
	ended_at_ms   INTEGER,
	read          INTEGER NOT NULL DEFAULT 0,
	kept          INTEGER NOT NULL DEFAULT 0,
	repeated      INTEGER NOT NULL DEFAULT 0,
	dead          INTEGER NOT NULL DEFAULT 0,
	snapshot      TEXT
) STRICT;

-- Ids rise in the order of ingest; rows past the newest snapshot's last_record
-- are staged by an ingest that has not ended, and are swept when it died.
CREATE TABLE records (
	id          INTEGER PRIMARY KEY,
	ingest_id   INTEGER NOT NULL REFERENCES ingests (id),
	compound_id INTEGER NOT NULL UNIQUE CHECK (compound_id > 0),
	smiles      TEXT    NOT NULL,
	label       INTEGER NOT NULL CHECK (label >= 0),
	picture     TEXT    NOT NULL, -- blob, SHA-256 of the file
	image       TEXT    NOT NULL, -- path in the source folder
	group_key   TEXT    NOT NULL, -- records of one group never cross sides; '' joins two groups and is on no side
	content     TEXT    NOT NULL, -- SHA-256 of the canonical record, to know a repeat
	fields      TEXT    NOT NULL  -- the record as it came, JSON
) STRICT;

-- What later records are judged by: the first record of each picture and of
-- each molecule's graph. Smaller than indexes of records, where many records
-- share a picture.
CREATE TABLE pictures (
	sum       TEXT    PRIMARY KEY, -- blob
	label     INTEGER NOT NULL,
	group_key TEXT    NOT NULL,
	ingest_id INTEGER NOT NULL REFERENCES ingests (id)
) STRICT, WITHOUT ROWID;
CREATE TABLE graphs (
	graph     TEXT    PRIMARY KEY,
	group_key TEXT    NOT NULL, -- another than graph where the record's picture had a group
	ingest_id INTEGER NOT NULL REFERENCES ingests (id)
) STRICT, WITHOUT ROWID;

-- A snapshot is the records up to last_record. Its id is a hash of their content.
CREATE TABLE snapshots (
	id            TEXT    PRIMARY KEY,
	ingest_id     INTEGER NOT NULL REFERENCES ingests (id),
	last_record   INTEGER NOT NULL,
	records       INTEGER NOT NULL,
	created_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE dead_letters (
	id               INTEGER PRIMARY KEY,
	source           TEXT    NOT NULL, -- the file, absolute
	folder           TEXT    NOT NULL, -- that its image paths start from, absolute
	raw_sum          TEXT    NOT NULL, -- SHA-256 of raw
	raw              BLOB    NOT NULL, -- the record's original bytes
	compound_id      INTEGER,          -- where it could be read
	code             TEXT    NOT NULL,
	reason           TEXT    NOT NULL,
	row              INTEGER NOT NULL, -- 0-based, where it was last seen
	byte_offset      INTEGER NOT NULL,
	seen             INTEGER NOT NULL, -- times
	first_ingest_id  INTEGER NOT NULL REFERENCES ingests (id),
	last_ingest_id   INTEGER NOT NULL REFERENCES ingests (id),
	first_seen_at_ms INTEGER NOT NULL,
	last_seen_at_ms  INTEGER NOT NULL,
	state            TEXT    NOT NULL CHECK (state IN ('waiting', 'ingested', 'discarded')),
	settled_at_ms    INTEGER,
	settled_by       TEXT,
	settled_why      TEXT,
	UNIQUE (source, raw_sum)
) STRICT;
CREATE INDEX dead_letters_state ON dead_letters (state);

-- What an ingest that has not ended will tell the dead letters: a code for a
-- record that it refused, '' for a record with an open letter that now passes.
CREATE TABLE staged_letters (
	id          INTEGER PRIMARY KEY,
	ingest_id   INTEGER NOT NULL REFERENCES ingests (id),
	source      TEXT    NOT NULL,
	folder      TEXT    NOT NULL,
	raw_sum     TEXT    NOT NULL,
	raw         BLOB    NOT NULL, -- empty where the letter exists already
	compound_id INTEGER,
	code        TEXT    NOT NULL,
	reason      TEXT    NOT NULL,
	row         INTEGER NOT NULL,
	byte_offset INTEGER NOT NULL
) STRICT;
