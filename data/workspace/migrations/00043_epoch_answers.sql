-- +goose Up

-- The validation pictures of a run whose answers are kept while it trains.
CREATE TABLE run_watched (
	run_id   INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
	pictures INTEGER NOT NULL, -- for validation, of which those in records are some or all
	records  BLOB    NOT NULL  -- of each: how much more its id is than the one before (varint), its label (uvarint)
) STRICT;

-- What the network said of them after an epoch.
CREATE TABLE run_epoch_answers (
	run_id  INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	epoch   INTEGER NOT NULL,
	answers BLOB    NOT NULL, -- in the order of run_watched.records: label + 1 (uvarint), its share in 255ths (byte)
	PRIMARY KEY (run_id, epoch)
) STRICT;
