package models

import (
	"fmt"
	"slices"
	"strings"
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

// TestATrainingsTimeGrowsWithPicturesAndEpochs, worked out by hand.
func TestATrainingsTimeGrowsWithPicturesAndEpochs(t *testing.T) {
	network := TrainingSpeed{pictures: 10, rest: 5, restEach: .1, epoch: 2}
	for _, c := range []struct {
		epochs, pictures int
		want             time.Duration
	}{{3, 10, 11 * time.Second}, {3, 20, 18 * time.Second}, {6, 20, 30 * time.Second}, {1, 1, 4300 * time.Millisecond}} {
		got := network.Time(Values{"epochs": c.epochs}, c.pictures)
		if d := got - c.want; d > time.Microsecond || d < -time.Microsecond {
			t.Errorf("%d epochs on %d pictures: %v, want %v", c.epochs, c.pictures, got, c.want)
		}
	}
	trees := TrainingSpeed{pictures: 10, rest: 5, restEach: .1}
	if got, want := trees.Time(Values{}, 110), 15*time.Second; got.Round(time.Microsecond) != want {
		t.Errorf("trees on 110 pictures: %v, want %v", got, want)
	}
}

func TestTooFewPicturesToMeasureTraining(t *testing.T) {
	preset, err := PresetByName("trees")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := MeasureTraining(t.Context(), preset, make([]Sample, 15)); err == nil || !strings.Contains(err.Error(), "it takes 16 pictures to learn from, there are 15") {
		t.Errorf("15 samples: %v", err)
	}
}
