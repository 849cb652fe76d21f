package experiments

import (
	"context"
	"database/sql"
	"math"

	"ringlab/data/workspace"
	"ringlab/models"
)

// metricPoint is a point of a named metric on its way into the database.
type metricPoint struct {
	key string
	Point
}

// writePoints stores points; one that is there already is replaced, as a run
// that was resumed passes the same steps again.
func writePoints(ctx context.Context, tx *sql.Tx, run int64, points []metricPoint) error {
	keys := make(map[string]int64)
	for _, p := range points {
		key, ok := keys[p.key]
		if !ok {
			if _, err := tx.ExecContext(ctx, `INSERT INTO metric_keys (name) VALUES (?) ON CONFLICT DO NOTHING`, p.key); err != nil {
				return err
			}
			if err := tx.QueryRowContext(ctx, `SELECT id FROM metric_keys WHERE name = ?`, p.key).Scan(&key); err != nil {
				return err
			}
			keys[p.key] = key
		}
		value := sql.NullFloat64{Float64: p.Value, Valid: !math.IsNaN(p.Value)}
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO metric_points (run_id, key_id, step, value, time_ms) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT DO UPDATE SET value = excluded.value, time_ms = excluded.time_ms`,
			run, key, p.Step, value, p.Time.UnixMilli()); err != nil {
			return err
		}
	}
	return nil
}

const pointsOfMetric = ` FROM metric_points WHERE run_id = ?1 AND key_id = (SELECT id FROM metric_keys WHERE name = ?2)`

// samplePoints keeps as many points in memory as it returns. It reads the
// steps and their two neighbours; points is 0 for all of them.
func (s *Store) samplePoints(ctx context.Context, run int64, key string, steps Steps, points int) ([]Point, error) {
	var count int
	var first, last sql.NullInt64
	err := s.ws.Reader().QueryRowContext(ctx, `
		WITH edges AS (SELECT
			ifnull((SELECT max(step)`+pointsOfMetric+` AND step < ?3), ?3) AS low,
			ifnull((SELECT min(step)`+pointsOfMetric+` AND step > ?4), ?4) AS high)
		SELECT count(*), min(step), max(step)`+pointsOfMetric+` AND step BETWEEN (SELECT low FROM edges) AND (SELECT high FROM edges)`,
		run, key, steps.First, steps.Last).
		Scan(&count, &first, &last)
	if err != nil || count == 0 {
		return nil, err
	}
	steps = Steps{first.Int64, last.Int64}
	if points == 0 || count <= points {
		all := make([]Point, 0, count)
		err := s.eachPoint(ctx, run, key, steps, func(p Point) { all = append(all, p) })
		return all, err
	}
	sampler := newSampler(steps.First, steps.Last, points)
	if err := s.eachPoint(ctx, run, key, steps, sampler.add); err != nil {
		return nil, err
	}
	sampler.flush()
	return sampler.sampled, nil
}

func (s *Store) eachPoint(ctx context.Context, run int64, key string, steps Steps, each func(Point)) error {
	return workspace.EachRow(ctx, s.ws.Reader(), `SELECT step, value, time_ms`+pointsOfMetric+` AND step BETWEEN ?3 AND ?4 ORDER BY step`,
		[]any{run, key, steps.First, steps.Last}, func(rows *sql.Rows) error {
			var p Point
			var value sql.NullFloat64
			var ms int64
			if err := rows.Scan(&p.Step, &value, &ms); err != nil {
				return err
			}
			p.Value, p.Time = math.NaN(), fromMS(ms)
			if value.Valid {
				p.Value = value.Float64
			}
			each(p)
			return nil
		})
}

func (s *Store) readMetricKeys(ctx context.Context, run int64) ([]string, error) {
	return workspace.AllRows(ctx, s.ws.Reader(), `
		WITH RECURSIVE found (id) AS (
			SELECT min(key_id) FROM metric_points WHERE run_id = ?1
			UNION ALL
			SELECT (SELECT min(key_id) FROM metric_points WHERE run_id = ?1 AND key_id > found.id) FROM found WHERE found.id IS NOT NULL)
		SELECT name FROM found JOIN metric_keys USING (id) ORDER BY name`, []any{run}, workspace.Scanned[string])
}

// addMetrics fills in each run's Metrics.
func (s *Store) addMetrics(ctx context.Context, runs []Run) error {
	if len(runs) == 0 {
		return nil
	}
	ids := make([]string, len(runs))
	byID := make(map[string]*Run, len(runs))
	for i := range runs {
		run := &runs[i]
		run.Metrics = make(map[string]float64)
		ids[i], byID[run.ID] = run.ID, run
	}
	list, err := asJSON(ids)
	if err != nil {
		return err
	}
	// The points are clustered by run, key and step: from each key of a run to
	// its next is one seek, and its last value another. Looking for every key
	// that any run has would take seconds where there are thousands.
	err = workspace.EachRow(ctx, s.ws.Reader(), `
		WITH RECURSIVE found (run, key) AS (
			SELECT CAST(value AS INTEGER), (SELECT min(key_id) FROM metric_points WHERE run_id = CAST(value AS INTEGER)) FROM json_each(?)
			UNION ALL
			SELECT run, (SELECT min(key_id) FROM metric_points WHERE run_id = found.run AND key_id > found.key) FROM found WHERE key IS NOT NULL)
		SELECT run, k.name,
			(SELECT value FROM metric_points WHERE run_id = found.run AND key_id = found.key ORDER BY step DESC LIMIT 1) AS last
		FROM found JOIN metric_keys AS k ON k.id = found.key WHERE last IS NOT NULL`, []any{list}, func(rows *sql.Rows) error {
		var id, key string
		var value float64
		if err := rows.Scan(&id, &key, &value); err != nil {
			return err
		}
		if key == "accuracy" {
			key = "train_accuracy"
		}
		if !math.IsInf(value, 0) {
			byID[id].Metrics[key] = value
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range runs {
		if e := runs[i].Evaluation; e != nil {
			for _, m := range holdoutMetrics {
				runs[i].Metrics[m.name] = m.of(e)
			}
		}
	}
	return nil
}

// holdoutMetric is a figure of an evaluation that stands for a run.
type holdoutMetric struct {
	name, also, help string // as in filter.Field
	of               func(*models.Evaluation) float64
}

var (
	accuracyMetric = &holdoutMetric{name: "accuracy", help: "share of right answers on the holdout",
		of: func(e *models.Evaluation) float64 { return e.Accuracy }}
	macroF1Metric = &holdoutMetric{name: "macro_f1", also: "f1", help: "mean F1 of the labels, on the holdout",
		of: func(e *models.Evaluation) float64 { return e.MacroF1 }}
	withinOneMetric = &holdoutMetric{name: "within_one", help: "share of answers that are off by at most one",
		of: func(e *models.Evaluation) float64 { return e.WithinOne }}
	eceMetric = &holdoutMetric{name: "ece", help: "expected calibration error on the holdout",
		of: func(e *models.Evaluation) float64 { return e.ECE }}

	holdoutMetrics = [...]*holdoutMetric{accuracyMetric, macroF1Metric, withinOneMetric, eceMetric}
)
