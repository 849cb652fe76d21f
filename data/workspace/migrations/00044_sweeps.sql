-- +goose Up
-- Which runs were submitted together: the number of the first of them. NULL is
-- a run by itself, and one that was submitted before this was written down.
ALTER TABLE runs ADD COLUMN sweep INTEGER;
