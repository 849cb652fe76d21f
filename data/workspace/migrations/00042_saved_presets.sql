-- +goose Up

-- Recipes that people keep by name: a preset with parameters of their own.
CREATE TABLE saved_presets (
	name          TEXT    PRIMARY KEY,
	preset        TEXT    NOT NULL,
	parameters    TEXT    NOT NULL, -- JSON object: what was changed, as typed
	author        TEXT    NOT NULL DEFAULT '',
	created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
