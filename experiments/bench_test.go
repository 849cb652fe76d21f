package experiments

import (
	"context"
	"database/sql"
	"testing"
)

// go test -run '^$' -bench Store ./experiments
func BenchmarkStore(b *testing.B) {
	ctx := context.Background()
	s := withRecords.copy(b)
	var first int64
	for i := range 1000 {
		run, err := s.Submit(ctx, quickTrees(uint64(i)))
		if err != nil {
			b.Fatal(err)
		}
		if i == 0 {
			first, _ = parseRunID(run.ID)
		}
	}
	const steps = 200_000
	points := make([]metricPoint, steps)
	for i := range points {
		points[i] = metricPoint{key: "loss", Point: Point{Step: int64(i), Value: float64(i)}}
	}
	if err := s.ws.Write(ctx, func(tx *sql.Tx) error { return writePoints(ctx, tx, first, points) }); err != nil {
		b.Fatal(err)
	}
	b.Run("Curve/steps=200000/points=600", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Curve(ctx, "1", "loss", 600); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Runs/runs=1000", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Runs(ctx, RunQuery{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Runs/runs=1000/limit=50", func(b *testing.B) {
		for b.Loop() {
			if _, err := s.Runs(ctx, RunQuery{Limit: 50}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
