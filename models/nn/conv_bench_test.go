package nn

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"ringlab/models/engine"
)

// BenchmarkConvolution times each convolution of the networks of BenchmarkStep
// (in models) by itself, with its ReLU and max pool, on one thread.
// go test -run '^$' -bench Convolution -count 10 ./models/nn | go tool benchstat -col /pass -
func BenchmarkConvolution(b *testing.B) {
	for _, c := range []struct {
		side, in, out, padding, batch int
		first                         bool // needs no gradient of its input
	}{
		{300, 3, 32, 0, 4, true}, {149, 32, 64, 0, 4, false},
		{96, 1, 16, 1, 16, true}, {48, 16, 32, 1, 16, false}, {24, 32, 64, 1, 16, false}, {12, 64, 64, 1, 16, false},
	} {
		for _, pass := range []string{"forward", "backward"} {
			b.Run(fmt.Sprintf("side=%d/in=%d/out=%d/pass=%s", c.side, c.in, c.out, pass), func(b *testing.B) {
				builder := testBuilder(b, 1, c.batch)
				s, err := builder.Sequence("net", c.side, c.side, c.in, !c.first, Conv{Out: c.out, Kernel: 3, Padding: c.padding}, ReLU{}, MaxPool{Size: 2})
				if err != nil {
					b.Fatal(err)
				}
				builder.Build(1)
				rng := rand.New(rand.NewPCG(1, 2))
				write(rng, s.In, s.In.Value)
				write(rng, s.Out, s.Out.Grad)
				p := Pass{N: c.batch, Train: true}
				s.Forward(p)
				side := c.side + 2*c.padding - 2
				work := 2 * float64(c.batch*side*side*c.out) * float64(9*c.in)
				run := s.Forward
				if pass == "backward" {
					run = s.Backward
					if !c.first {
						work *= 2
					}
				}
				peak := engine.Peak(builder.pool, 20*time.Millisecond)
				least := time.Hour
				for b.Loop() {
					start := time.Now()
					run(p)
					least = min(least, time.Since(start))
				}
				b.ReportMetric(work/1e9/(b.Elapsed().Seconds()/float64(b.N)), "GFLOP/s")
				b.ReportMetric(work/1e9/least.Seconds()/peak, "most-of-peak")
				b.ReportMetric(least.Seconds()*1e3/float64(c.batch), "ms/picture")
			})
		}
	}
}
