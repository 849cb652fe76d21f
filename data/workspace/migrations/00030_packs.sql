-- +goose Up

-- Files below blobs/packs that hold many blobs each. batch is the name of the
-- batch that still writes them, '' once they are there to stay.
CREATE TABLE blob_packs (
	id    INTEGER PRIMARY KEY,
	batch TEXT    NOT NULL
) STRICT;

-- Where in a pack a blob lies. A blob without a row is a file of its own.
CREATE TABLE packed_blobs (
	sum    BLOB    PRIMARY KEY, -- SHA-256 of the content, 32 bytes
	pack   INTEGER NOT NULL REFERENCES blob_packs (id),
	start  INTEGER NOT NULL, -- of the content in the pack's file, bytes
	length INTEGER NOT NULL  -- of the content, bytes
) STRICT, WITHOUT ROWID;
