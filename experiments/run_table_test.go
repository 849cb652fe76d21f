package experiments

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"testing"

	"ringlab/data/filter"
)

// TestARunTableHoldsWhatRunsLists, but no evaluations, and the metrics asked for.
func TestARunTableHoldsWhatRunsLists(t *testing.T) {
	s := newTrainedStore(t)
	if _, err := s.Tag(t.Context(), "1", []string{"baseline", "a b"}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Note(t.Context(), "1", "the first\nof all"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Archive(t.Context(), "1", true); err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(t.Context(), RunQuery{})
	if err != nil {
		t.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(runs[0].Metrics))
	table, err := s.ReadRuns(t.Context(), nil, keys, 0)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.ReadRuns(t.Context(), table, keys, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []*RunTable{table, again} {
		if table.Len() != len(runs) {
			t.Fatalf("%d runs in the table, want %d", table.Len(), len(runs))
		}
		for i, want := range runs {
			got := table.Runs[i]
			for field, f := range RunFields().Fields {
				for _, key := range append(keys, "trees", "epochs") {
					ref := filter.Ref{Field: field, Key: key}
					a, b := got.Value(ref), want.Value(ref)
					if fmt.Sprint(a) != fmt.Sprint(b) {
						t.Errorf("run %s: %s (%s) is %v, want %v", want.ID, f.Name, key, a, b)
					}
				}
			}
		}
	}
	if _, err := s.Note(t.Context(), "99", "x"); err == nil {
		t.Error("a run that is not there takes a note")
	}
	if _, err := s.Note(t.Context(), "1", "bell\a"); err == nil {
		t.Error("a note may hold control characters")
	}
}

// TestRunsOfOneSpecAreAGroup whose numbers are means.
func TestRunsOfOneSpecAreAGroup(t *testing.T) {
	spec := func(preset string, seed uint64) Spec { return Spec{Preset: preset, Seed: seed} }
	table := NewRunTable([]Run{
		{ID: "4", State: Finished, Spec: spec("a", 2), Metrics: map[string]float64{"accuracy": .8}},
		{ID: "3", State: Finished, Spec: spec("b", 1), Metrics: map[string]float64{"accuracy": .7}},
		{ID: "2", State: Finished, Spec: spec("a", 1), Metrics: map[string]float64{"accuracy": .4}},
		{ID: "1", State: Queued, Spec: spec("a", 3)},
	})
	groups := table.Group([]int32{0, 1, 2, 3})
	rows, err := filter.Select(t.Context(), groups, filter.Filter{}, []filter.Order{{Ref: filter.Ref{Field: RunAccuracy}, Down: true}})
	if err != nil || !slices.Equal(rows, []int32{1, 0}) || !slices.Equal(groups.Rows(0), []int32{0, 2, 3}) {
		t.Errorf("got %v, %v, %v", rows, groups.Rows(0), err)
	}
	mean, spread, n := table.Spread(groups.Rows(0), filter.Ref{Field: RunAccuracy})
	if n != 2 || mean < .599 || mean > .601 || spread < .282 || spread > .284 {
		t.Errorf("mean %v, spread %v of %d", mean, spread, n)
	}
}

// fillRuns adds runs straight into the tables: a workspace that was used for
// years. Each has a handful of metrics, one has keys of its own.
func fillRuns(tb testing.TB, s *Store, runs, ownKeys int) {
	tb.Helper()
	err := s.ws.Write(tb.Context(), func(tx *sql.Tx) error {
		var spec, snapshot, evaluation string
		err := tx.QueryRowContext(tb.Context(), `SELECT spec, snapshot, evaluation FROM runs WHERE id = 1`).Scan(&spec, &snapshot, &evaluation)
		if err != nil {
			return err
		}
		for _, query := range []string{
			`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
			INSERT INTO runs (name, state, spec, preset, snapshot, created_at_ms, started_at_ms, ended_at_ms, epoch, epochs, evaluation)
			SELECT 'run-' || i, 'finished', json_set(?2, '$.seed', i), 'trees', ?3, i * 1000, i * 1000, i * 1000 + 500, 1, 1, ?4 FROM n`,
			`INSERT OR IGNORE INTO metric_keys (name) SELECT 'own/' || value FROM json_each('[' || substr(replace(hex(zeroblob(?5)), '00', ',1'), 2) || ']')`,
			`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?5) INSERT OR IGNORE INTO metric_keys (name) SELECT 'own/' || i FROM n`,
			`INSERT OR IGNORE INTO metric_points SELECT 1, id, 1, 0.5, 1 FROM metric_keys WHERE name LIKE 'own/%'`,
			`INSERT OR IGNORE INTO metric_points SELECT r.id, k.id, s.value, 1.0 / s.value, 1 FROM runs AS r, metric_keys AS k, json_each('[1,2,3,4]') AS s
			WHERE k.name IN ('loss', 'val_loss', 'accuracy', 'val_accuracy')`,
		} {
			if _, err := tx.ExecContext(tb.Context(), query, runs, spec, snapshot, evaluation, ownKeys); err != nil {
				return fmt.Errorf("%.60s: %w", query, err)
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestManyRunsAndKeysAreListed: 12,000 different metric keys and thousands of runs
// break nothing. How long it takes, BenchmarkReadRuns says.
func TestManyRunsAndKeysAreListed(t *testing.T) {
	s := newTrainedStore(t)
	fillRuns(t, s, 2_000, 12_000)
	ctx := t.Context()
	runs, err := s.Runs(ctx, RunQuery{Limit: 60})
	if err != nil || len(runs) != 60 {
		t.Fatal(len(runs), err)
	}
	if _, ok := runs[0].Metrics["val_loss"]; !ok {
		t.Errorf("the newest run has the metrics %v", runs[0].Metrics)
	}
	first, err := s.Run(ctx, "1")
	if err != nil || len(first.Metrics) < 12_000 {
		t.Errorf("run 1 has %d metrics: %v", len(first.Metrics), err)
	}
	keys, err := s.MetricKeys(ctx, "1")
	if err != nil || len(keys) < 12_000 {
		t.Errorf("run 1 has %d keys: %v", len(keys), err)
	}
	table, err := s.ReadRuns(ctx, nil, []string{"val_loss"}, 0)
	if err != nil || table.Len() < 2_000 {
		t.Fatal(table.Len(), err)
	}
}

// Reading all runs, at first and again after one changed:
//
//	go test -run '^$' -bench ReadRuns -benchtime 5x ./experiments
func BenchmarkReadRuns(b *testing.B) {
	s := withRuns.copy(b)
	fillRuns(b, s, 10_000, 12_000)
	var table *RunTable
	for _, name := range []string{"first", "again"} {
		b.Run("look="+name, func(b *testing.B) {
			for b.Loop() {
				old := table
				if name == "first" {
					old = nil
				}
				var err error
				if table, err = s.ReadRuns(b.Context(), old, []string{"val_loss"}, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
