package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ringlab/data/picture"
	"ringlab/models"
)

const (
	// defaultBenchPictures is the size of the set that the presets are judged on.
	defaultBenchPictures = 2800
	defaultBenchTime     = time.Second
)

func (a *app) benchCommand() *cobra.Command {
	var pictures int
	var each time.Duration
	c := &cobra.Command{
		Use:   "bench",
		Short: "Measure what this machine gives: its peak, steps, answers, and how long each preset takes",
		Long: `Times the training engine on this machine: how many float32 multiply-adds it can
do at best, what a whole training step of two networks makes of that (reference
is the replaced demo's network on 300×300 pictures, compact a small one), how
fast a picture is decoded and answered, and how long each preset would train on
a number of pictures. It takes about half a minute on two cores and writes
nothing. Other programs that run meanwhile slow it down.

$RINGLAB_KERNEL names another kernel than the fastest: avx512, avx2, neon, go.`,
		Example: "ringlab bench\nringlab bench --json --pictures 75",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			if pictures < 1 || pictures > 1e6 {
				return usage(c, "--pictures %d: it must be from 1 to 1,000,000", pictures)
			}
			if each <= 0 || each > time.Minute {
				return usage(c, "--each %s: it must be above 0 and up to 1m", each)
			}
			return a.bench(c.Context(), pictures, each)
		},
	}
	c.Flags().IntVar(&pictures, "pictures", defaultBenchPictures, "estimate the training time on this `NUMBER` of pictures")
	c.Flags().DurationVar(&each, "each", defaultBenchTime, "time for each of the eight figures of the networks")
	return c
}

// benched is what bench --json prints.
type benched struct {
	CPU string `json:"cpu"`
	models.Speed
	DecodeMS float64                  `json:"decode_ms"` // one picture, one thread
	Pictures int                      `json:"pictures"`  // that the presets are estimated for
	Presets  map[string]presetMinutes `json:"presets"`
}

type presetMinutes struct {
	Minutes float64 `json:"minutes"`
}

func (a *app) bench(ctx context.Context, pictures int, each time.Duration) error {
	p := a.progress()
	defer p.clear()
	b := benched{CPU: cpuName(), Pictures: pictures, Presets: map[string]presetMinutes{}}
	p.line("bench: measuring for about half a minute; Ctrl-C stops")
	samples, err := benchSamples(a.program.Demo)
	if err != nil {
		return err
	}
	if b.DecodeMS, err = decodeMilliseconds(ctx, samples); err != nil {
		return err
	}
	if b.Speed, err = models.Benchmark(ctx, each, func(what string) { p.line("bench: %s", what) }); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	presets := models.Presets()
	for _, preset := range presets {
		p.line("bench: the preset %s", preset.Name)
		took, err := models.TrainingTime(ctx, preset, pictures, samples)
		if err != nil {
			return fmt.Errorf("bench preset %s: %w", preset.Name, err)
		}
		b.Presets[preset.Name] = presetMinutes{took.Minutes()}
	}
	p.clear()
	if a.json {
		return a.printJSON(b)
	}
	a.printBench(b, presets)
	return nil
}

func (a *app) printBench(b benched, presets []models.Preset) {
	a.print("%s, %s, kernel %s", clean(b.CPU), plural(b.Threads, "thread", "threads"), b.Kernel)
	a.print("peak: %.0f GFLOP/s (float32 multiply-adds in registers)", b.PeakGFLOPS)
	a.print("")
	t := newTable("training step", ">pictures", ">ms", ">GFLOP/s", ">of peak", ">convolutions", ">pictures/s")
	for _, name := range models.NetworkNames() {
		s := b.Steps[name]
		t.row(name, s.Batch, milliseconds(s.MedianMS), fmt.Sprintf("%.0f", s.GFLOPS), percent(s.OfPeak), percent(s.ConvolutionOfPeak), fmt.Sprintf("%.0f", s.PicturesPerSecond))
	}
	a.printTable(t)
	a.print("")
	t = newTable("answer", ">ms for 1", ">ms for 32", ">pictures/s in 32s")
	for _, name := range models.NetworkNames() {
		s := b.Steps[name]
		t.row(name, milliseconds(s.AnswerMS), milliseconds(s.Answer32MS), fmt.Sprintf("%.0f", 32e3/s.Answer32MS))
	}
	a.printTable(t)
	a.print("decoding a picture of 300×300: %s ms on one thread", milliseconds(b.DecodeMS))
	a.print("")
	t = newTable("preset", fmt.Sprintf(">training on %s, about", plural(b.Pictures, "picture", "pictures")))
	for _, preset := range presets {
		t.row(preset.Name, seconds(60*b.Presets[preset.Name].Minutes))
	}
	a.printTable(t)
}

// milliseconds keeps three digits of small numbers.
func milliseconds(ms float64) string {
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// benchSamples are the demo's pictures that can be read, decoded anew each time.
func benchSamples(demo fs.FS) ([]models.Sample, error) {
	list, err := fs.ReadFile(demo, "compounds.json")
	if err != nil {
		return nil, fmt.Errorf("read the demo's data: %w", err)
	}
	var compounds []struct {
		ID    int64  `json:"compound_id"`
		Rings int    `json:"num_rings"`
		Image string `json:"image"`
	}
	if err := json.Unmarshal(bytes.TrimPrefix(list, []byte("\xef\xbb\xbf")), &compounds); err != nil {
		return nil, fmt.Errorf("read the demo's data: %w", err)
	}
	var samples []models.Sample
	for _, c := range compounds {
		file, err := fs.ReadFile(demo, c.Image)
		if err != nil {
			continue // one of its two bad records
		}
		load := func(context.Context) (*picture.Picture, error) { return picture.Decode(file, picture.DefaultLimits) }
		if _, err := load(context.Background()); err != nil {
			continue
		}
		samples = append(samples, models.Sample{Record: c.ID, Label: c.Rings, Load: load})
	}
	return samples, nil
}

// decodeMilliseconds is the median over the samples.
func decodeMilliseconds(ctx context.Context, samples []models.Sample) (float64, error) {
	var all []float64
	for _, s := range samples {
		start := time.Now()
		if _, err := s.Load(ctx); err != nil {
			return 0, fmt.Errorf("bench: decode picture of record %d: %w", s.Record, err)
		}
		all = append(all, 1e3*time.Since(start).Seconds())
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}
