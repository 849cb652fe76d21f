-- +goose Up

-- Records in blocks: a row holds the records first_record to first_record +
-- records - 1, all of one ingest. Ids rise by one in the order of ingest. Blocks
-- past the newest snapshot's last_record are staged by an ingest that has not
-- ended, and are swept when it died.
CREATE TABLE record_blocks (
	first_record INTEGER PRIMARY KEY,
	records      INTEGER NOT NULL CHECK (records > 0),
	ingest_id    INTEGER NOT NULL REFERENCES ingests (id),
	body         BLOB    NOT NULL -- as in data/blocks.go
) STRICT;
CREATE TABLE compounds (
	compound_id INTEGER PRIMARY KEY CHECK (compound_id > 0),
	record_id   INTEGER NOT NULL
) STRICT;

INSERT INTO record_blocks (first_record, records, ingest_id, body)
	SELECT min(id), count(*), ingest_id,
		CAST(json_group_array(json_array(compound_id, label, content, picture, group_key, smiles, image, fields) ORDER BY id) AS BLOB)
	FROM records GROUP BY ingest_id, id / 500;
INSERT INTO compounds SELECT compound_id, id FROM records;

-- The first record that shows a picture names it where it is exported.
CREATE TABLE pictures_new (
	sum         TEXT    PRIMARY KEY, -- blob
	label       INTEGER NOT NULL,
	group_key   TEXT    NOT NULL,
	compound_id INTEGER NOT NULL, -- the first that shows it
	ingest_id   INTEGER NOT NULL REFERENCES ingests (id)
) STRICT, WITHOUT ROWID;
INSERT INTO pictures_new (sum, label, group_key, compound_id, ingest_id)
	SELECT sum, label, group_key, coalesce(first.compound_id, 0), ingest_id FROM pictures
	LEFT JOIN (SELECT picture, compound_id, min(id) FROM records GROUP BY picture) AS first ON first.picture = pictures.sum;
DROP TABLE pictures;
ALTER TABLE pictures_new RENAME TO pictures;

-- As before, except that no row stands for a record that could be referred to.
CREATE TABLE run_predictions_new (
	run_id        INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
	record_id     INTEGER NOT NULL,
	label         INTEGER NOT NULL,
	predicted     INTEGER NOT NULL,
	confidence    REAL    NOT NULL,
	probabilities TEXT    NOT NULL, -- JSON object, label to share
	PRIMARY KEY (run_id, record_id)
) STRICT, WITHOUT ROWID;
INSERT INTO run_predictions_new (run_id, record_id, label, predicted, confidence, probabilities)
	SELECT run_id, record_id, label, predicted, confidence, probabilities FROM run_predictions;
DROP TABLE run_predictions;
ALTER TABLE run_predictions_new RENAME TO run_predictions;

DROP TABLE records;
