-- +goose Up
-- What the workbench remembers of each person: the page, filters, marks, panes.
CREATE TABLE workbench_state (
    person TEXT NOT NULL,
    name   TEXT NOT NULL, -- of the page, or "workbench"
    value  TEXT NOT NULL, -- JSON
    PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;
