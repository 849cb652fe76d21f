package models

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"ringlab/models/engine"
)

// benchPeak is how long each kernel's peak is measured, before a benchmark.
const benchPeak = 50 * time.Millisecond

// benchThreads runs a benchmark with 1 and 2 threads, whose work, in
// multiplies and adds, is reported in GFLOP/s and as a share of the machine's
// peak with as many threads in the same minute.
func benchThreads(b *testing.B, name string, pictures int, work float64, prepare func(*engine.Kernel, *engine.Pool) (func(), error)) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("%s/threads=%d", name, threads), func(b *testing.B) {
			kernel, err := engine.Best()
			if err != nil {
				b.Fatal(err)
			}
			pool := engine.NewPool(threads)
			defer pool.Close()
			run, err := prepare(kernel, pool)
			if err != nil {
				b.Fatal(err)
			}
			run()
			peak := engine.Peak(pool, benchPeak)
			var times []float64
			for b.Loop() {
				start := time.Now()
				run()
				times = append(times, time.Since(start).Seconds())
			}
			peak = max(peak, engine.Peak(pool, benchPeak))
			slices.Sort(times) // others may disturb: the least says what is possible
			seconds := times[len(times)/2]
			b.ReportMetric(seconds*1e3, "median-ms/op")
			b.ReportMetric(times[0]*1e3, "least-ms/op")
			b.ReportMetric(work/seconds/1e9, "GFLOP/s")
			b.ReportMetric(work/seconds/1e9/peak, "of-peak")
			b.ReportMetric(float64(pictures)/seconds, "pictures/s")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// BenchmarkStep is a whole step of training, BenchmarkConvolutions what its
// convolutions with their ReLU and max pool take of it, forward and backward.
// go test -run '^$' -bench 'Step|Convolutions|Answer' -count 10 ./models | tee new.txt; go tool benchstat -col /threads new.txt
func BenchmarkStep(b *testing.B) {
	for _, n := range timedNetworks() {
		name := fmt.Sprintf("net=%s/batch=%d", n.name, n.batch)
		benchThreads(b, name, n.batch, float64(n.batch)*n.step, func(k *engine.Kernel, p *engine.Pool) (func(), error) {
			s, err := n.build(k, p, n.batch, false, false)
			return s.train, err
		})
	}
}

func BenchmarkConvolutions(b *testing.B) {
	for _, n := range timedNetworks() {
		name := fmt.Sprintf("net=%s/batch=%d", n.name, n.batch)
		benchThreads(b, name, n.batch, float64(n.batch)*n.convolutionStep, func(k *engine.Kernel, p *engine.Pool) (func(), error) {
			s, err := n.build(k, p, n.batch, false, true)
			return s.convolve, err
		})
	}
}

// BenchmarkAnswer is inference of one picture and of 32 together.
func BenchmarkAnswer(b *testing.B) {
	for _, n := range timedNetworks() {
		for _, batch := range []int{1, 32} {
			name := fmt.Sprintf("net=%s/batch=%d", n.name, batch)
			benchThreads(b, name, batch, float64(batch)*n.answer, func(k *engine.Kernel, p *engine.Pool) (func(), error) {
				s, err := n.build(k, p, batch, true, false)
				return s.answer, err
			})
		}
	}
}
