package workspace

import (
	"database/sql"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/pressly/goose/v3"
)

// TestAnOlderDatabaseIsBroughtForward: from each earlier schema, what was
// written then is there after Open, and the schema is the newest.
func TestAnOlderDatabaseIsBroughtForward(t *testing.T) {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	all, err := fs.Glob(files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range all[:len(all)-1] {
		version, err := goose.NumericComponent(name)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			ctx, dir := t.Context(), t.TempDir()
			old := Workspace{dir: dir}
			db, err := sql.Open("sqlite", old.dsn(""))
			if err != nil {
				t.Fatal(err)
			}
			provider, err := goose.NewProvider(goose.DialectSQLite3, db, files)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := provider.UpTo(ctx, version); err != nil {
				t.Fatal(err)
			}
			if _, err := db.ExecContext(ctx, `
				UPDATE tasks SET label_name = 'circles';
				INSERT INTO ingests (folder, file, state, started_at_ms) VALUES ('/old', 'compounds.json', 'done', 1);`+insertRecord(version)); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			w := create(t, dir)
			if err := checkSchema(ctx, w.Reader()); err != nil {
				t.Error(err)
			}
			var name, record string
			if err := w.Reader().QueryRowContext(ctx, `SELECT label_name, CAST(body AS TEXT) FROM tasks, record_blocks`).Scan(&name, &record); err != nil || name != "circles" || record != recordOfThen {
				t.Errorf("found %q and %s, %v", name, record, err)
			}
			if _, err := os.Stat(filepath.Join(dir, "bundles")); err != nil {
				t.Error(err)
			}
		})
	}
}

// A migration with a lower number than the database has comes later where
// branches number theirs apart. It is applied, and until then a reader who
// cannot apply it is told.
func TestALateMigrationWithALowNumberIsApplied(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	w := create(t, dir)
	if _, err := w.writer.ExecContext(ctx, `
		DROP TABLE run_epoch_answers; DROP TABLE run_watched;
		DELETE FROM goose_db_version WHERE version_id = 43`); err != nil {
		t.Fatal(err)
	}
	if err := checkSchema(ctx, w.Reader()); err == nil {
		t.Error("a schema without migration 43 passes for the newest")
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = create(t, dir)
	if err := checkSchema(ctx, w.Reader()); err != nil {
		t.Error(err)
	}
	var n int
	if err := w.Reader().QueryRowContext(ctx, `SELECT count(*) FROM run_epoch_answers`).Scan(&n); err != nil {
		t.Error(err)
	}
}

const recordOfThen = `[[1117973,1,"c","aa","g","C1CC1","images/1.png","{ \"a\": 1.0 }"]]`

// insertRecord is SQL that stores a record as a schema had it.
func insertRecord(schema int64) string {
	if schema >= 31 {
		return `INSERT INTO record_blocks (first_record, records, ingest_id, body) VALUES (1, 1, 1, CAST('` + recordOfThen + `' AS BLOB))`
	}
	return `INSERT INTO records (ingest_id, compound_id, smiles, label, picture, image, group_key, content, fields)
		VALUES (1, 1117973, 'C1CC1', 1, 'aa', 'images/1.png', 'g', 'c', '{ "a": 1.0 }')`
}
