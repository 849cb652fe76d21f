-- +goose Up
-- What people write about runs, and which of them they have put away.
ALTER TABLE runs ADD COLUMN note     TEXT    NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN archived INTEGER NOT NULL DEFAULT 0 CHECK (archived IN (0, 1));
