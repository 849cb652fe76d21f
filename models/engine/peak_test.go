package engine

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// The peak bounds whatever else is measured, so a tile in the first cache must
// not beat it. Of both the best of many counts, since others may disturb.
func TestNoTileIsFasterThanThePeak(t *testing.T) {
	pool := NewPool(1)
	rng := rand.New(rand.NewPCG(1, 1))
	var peak float64
	tiles := map[string]float64{}
	for range 20 {
		peak = max(peak, Peak(pool, 0))
		for _, k := range Kernels() {
			p, flops := warmTile(rng, k)
			var tile Product
			start := time.Now()
			for range 50 {
				k.Multiply(&p, &tile)
			}
			tiles[k.Name] = max(tiles[k.Name], 50*flops/time.Since(start).Seconds()/1e9)
		}
	}
	t.Logf("peak %.1f GFLOP/s, tiles %v", peak, tiles)
	for name, rate := range tiles {
		if rate > 1.05*peak {
			t.Errorf("%s: a tile runs at %.1f GFLOP/s, the machine's peak is %.1f", name, rate, peak)
		}
	}
}

// warmTile is a product of one tile whose operands fit the first cache.
func warmTile(rng *rand.Rand, k *Kernel) (p Product, flops float64) {
	const steps = 128
	return Product{M: k.Rows, N: k.Columns, K: steps, Segments: 1, A: random(rng, k.Rows*steps), ARow: steps, AStep: 1,
		B: random(rng, k.Columns*steps), BStep: k.Columns, C: make([]float32, k.Rows*k.Columns), CRow: k.Columns}, 2 * float64(k.Rows*k.Columns*steps)
}

// BenchmarkTile multiplies one tile whose operands stay in the first cache:
// what a kernel gives at best on this machine.
// go test -run '^$' -bench Tile -count 10 ./models/engine | go tool benchstat -col /kernel -
func BenchmarkTile(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range Kernels() {
		b.Run("kernel="+k.Name, func(b *testing.B) {
			p, flops := warmTile(rng, k)
			var tile Product
			for b.Loop() {
				k.Multiply(&p, &tile)
			}
			b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkPeak is the limit of this machine.
// go test -run '^$' -bench Peak -count 10 ./models/engine | go tool benchstat -col /threads -
func BenchmarkPeak(b *testing.B) {
	for _, k := range Kernels() {
		for _, threads := range []int{1, 2} {
			b.Run(fmt.Sprintf("kernel=%s/threads=%d", k.Name, threads), func(b *testing.B) {
				pool := NewPool(threads)
				defer pool.Close()
				best := 0.0
				for b.Loop() {
					best = max(best, k.Peak(pool, 0))
				}
				b.ReportMetric(best, "GFLOP/s")
			})
		}
	}
}
