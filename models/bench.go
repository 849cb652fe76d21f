package models

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"time"

	"ringlab/models/engine"
)

// Speed is what this machine makes of the engine. GFLOP/s count a multiply and
// an add as two; shares are of PeakGFLOPS.
type Speed struct {
	Kernel     string  `json:"kernel"`
	Threads    int     `json:"threads"`
	PeakGFLOPS float64 `json:"peak_gflops"` // multiply-adds in registers, all threads
	// Steps by the name of the network: reference, compact.
	Steps map[string]StepSpeed `json:"steps"`
}

// StepSpeed is how fast one network learns and answers.
type StepSpeed struct {
	Batch             int     `json:"batch"` // pictures in one step
	MedianMS          float64 `json:"median_ms"`
	GFLOPS            float64 `json:"gflops"`
	OfPeak            float64 `json:"of_peak"`
	ConvolutionOfPeak float64 `json:"convolutions_of_peak"` // with their ReLU and max pool
	PicturesPerSecond float64 `json:"pictures_per_second"`
	AnswerMS          float64 `json:"answer_ms"`    // one picture
	Answer32MS        float64 `json:"answer_32_ms"` // 32 together
}

// NetworkNames are the keys of Speed.Steps, the larger network first.
func NetworkNames() []string { return []string{"reference", "compact"} }

const (
	peakShare   = 4 // the peak of each kernel takes this part of a figure's time, up to longestPeak
	longestPeak = 250 * time.Millisecond
	repeatLeast = 3
)

// Benchmark times training and answering on all threads: the network of the
// replaced demo and a small one, on noise, beside the machine's own peak. Each
// figure is the median of what fits in the time, 3 at least, of 8 figures in
// all. It ends early with ctx's error. doing, if not nil, hears what is measured.
func Benchmark(ctx context.Context, each time.Duration, doing func(what string)) (Speed, error) {
	kernel, err := engine.Best()
	if err != nil {
		return Speed{}, err
	}
	if doing == nil {
		doing = func(string) {}
	}
	pool := engine.NewPool(runtime.GOMAXPROCS(0))
	defer pool.Close()
	s := Speed{Kernel: kernel.Name, Threads: pool.Workers(), Steps: map[string]StepSpeed{}}
	doing("the machine's peak")
	s.PeakGFLOPS = engine.Peak(pool, min(each/peakShare, longestPeak))
	for _, network := range timedNetworks() {
		doing("the network " + network.name)
		if s.Steps[network.name], err = network.measure(ctx, each, kernel, pool); err != nil {
			return Speed{}, err
		}
	}
	s.PeakGFLOPS = max(s.PeakGFLOPS, engine.Peak(pool, min(each/peakShare, longestPeak)))
	for name, step := range s.Steps {
		step.OfPeak, step.ConvolutionOfPeak = step.GFLOPS/s.PeakGFLOPS, step.ConvolutionOfPeak/s.PeakGFLOPS
		s.Steps[name] = step
	}
	return s, ctx.Err()
}

// measure leaves ConvolutionOfPeak in GFLOP/s.
func (n timedNetwork) measure(ctx context.Context, each time.Duration, kernel *engine.Kernel, pool *engine.Pool) (StepSpeed, error) {
	speed := StepSpeed{Batch: n.batch}
	median := func(batch int, answers, convolutionsOnly bool, run func(*timedStep)) (float64, error) {
		step, err := n.build(kernel, pool, batch, answers, convolutionsOnly)
		if err != nil {
			return 0, err
		}
		return medianSeconds(ctx, each, func() { run(step) })
	}
	step, err := median(n.batch, false, false, (*timedStep).train)
	if err != nil {
		return speed, err
	}
	work := float64(n.batch) * n.step
	speed.MedianMS, speed.GFLOPS, speed.PicturesPerSecond = 1e3*step, work/step/1e9, float64(n.batch)/step
	convolutions, err := median(n.batch, false, true, (*timedStep).convolve)
	if err != nil {
		return speed, err
	}
	speed.ConvolutionOfPeak = float64(n.batch) * n.convolutionStep / convolutions / 1e9
	one, err := median(1, true, false, (*timedStep).answer)
	if err != nil {
		return speed, err
	}
	many, err := median(32, true, false, (*timedStep).answer)
	speed.AnswerMS, speed.Answer32MS = 1e3*one, 1e3*many
	return speed, err
}

// medianSeconds repeats run, after once to warm up, for the given time but at
// least repeatLeast times.
func medianSeconds(ctx context.Context, during time.Duration, run func()) (float64, error) {
	run()
	var all []float64
	for begin := time.Now(); len(all) < repeatLeast || time.Since(begin) < during; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		start := time.Now()
		run()
		all = append(all, time.Since(start).Seconds())
	}
	slices.Sort(all)
	return all[len(all)/2], nil
}

// TrainingTime estimates how long Train takes here with the preset's defaults
// on a number of pictures, preparing included, a tenth of them for validation.
// It trains twice on a few of samples, which must be 16 or more: an epoch's
// time grows with the pictures, and for the rest a line is laid through both.
func TrainingTime(ctx context.Context, preset Preset, pictures int, samples []Sample) (time.Duration, error) {
	const least, most = 16, 64
	if len(samples) < least || pictures < 1 {
		return 0, fmt.Errorf("estimate training of %s: it takes %d samples, there are %d", preset.Name, least, len(samples))
	}
	many := samples[:min(most, len(samples))]
	c := Config{Preset: preset.Name, Values: preset.defaults(), PictureSide: DefaultPictureSide}
	epochs := 0
	if _, err := preset.parameter("epochs"); err == nil {
		all := make([]Sample, max(1, pictures*9/10))
		for i := range all {
			all[i] = samples[i%len(samples)]
		}
		_, recipe, err := planCNN(c, all, nil)
		if err != nil {
			return 0, err
		}
		epochs, c.Values["epochs"] = recipe.Epochs, 2
	}
	fewRest, _, err := timeTraining(ctx, c, many[:least])
	if err != nil {
		return 0, err
	}
	manyRest, epoch, err := timeTraining(ctx, c, many)
	if err != nil {
		return 0, err
	}
	slope := max(0, manyRest-fewRest) / float64(max(1, len(many)-least))
	seconds := manyRest + slope*float64(pictures-len(many)) + epoch*float64(epochs*pictures)/float64(len(many))
	return time.Duration(seconds * float64(time.Second)), nil
}

// timeTraining is the time of the last epoch, and of all that is not an epoch,
// in seconds.
func timeTraining(ctx context.Context, c Config, samples []Sample) (rest, epoch float64, err error) {
	var epochs float64
	validation := max(1, len(samples)/10)
	start := time.Now()
	_, err = Train(ctx, c, samples[validation:], samples[:validation], Hooks{Epoch: func(e Epoch) error {
		if e.Epochs > 1 {
			epoch = e.Seconds
			epochs += e.Seconds
		}
		return nil
	}})
	return max(0, time.Since(start).Seconds()-epochs), epoch, err
}
