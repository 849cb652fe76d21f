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

// TrainingSpeed is how fast a preset with its defaults learned here, on few
// pictures. The zero value tells nothing.
type TrainingSpeed struct {
	pictures int     // that it was measured on
	rest     float64 // seconds of all that is no epoch
	restEach float64 // what each further picture adds to them
	epoch    float64 // seconds of an epoch, 0 for a preset without
}

// fewestTimed samples are needed to measure a TrainingSpeed; mostTimed are used.
const fewestTimed, mostTimed = 16, 64

// MeasureTraining trains a preset with its defaults twice, for two epochs, on
// a few of samples, on all cores: for seconds, tens of them with the largest
// preset. A tenth of them is for validation. It ends early with ctx's error.
func MeasureTraining(ctx context.Context, preset Preset, samples []Sample) (TrainingSpeed, error) {
	if len(samples) < fewestTimed {
		return TrainingSpeed{}, fmt.Errorf("measure training of %s: it takes %d pictures to learn from, there are %d", preset.Name, fewestTimed, len(samples))
	}
	samples = samples[:min(mostTimed, len(samples))]
	c := Config{Preset: preset.Name, Values: preset.defaults(), PictureSide: DefaultPictureSide}
	if _, err := preset.parameter("epochs"); err == nil {
		c.Values["epochs"] = 2
	}
	fewRest, _, err := timeTraining(ctx, c, samples[:fewestTimed])
	if err != nil {
		return TrainingSpeed{}, err
	}
	s := TrainingSpeed{pictures: len(samples)}
	if s.rest, s.epoch, err = timeTraining(ctx, c, samples); err != nil {
		return TrainingSpeed{}, err
	}
	s.restEach = max(0, s.rest-fewRest) / float64(max(1, len(samples)-fewestTimed))
	return s, nil
}

// Time estimates how long Train takes with values of the preset that was
// measured, on a number of pictures, those for validation included: an epoch's
// time grows with the pictures, and for the rest a line is laid through both
// measurements. Values other than the epochs are taken not to matter.
func (s TrainingSpeed) Time(values Values, pictures int) time.Duration {
	seconds := s.rest + s.restEach*float64(pictures-s.pictures)
	if s.epoch > 0 {
		seconds += s.epoch * float64(Epochs(values, max(1, pictures*9/10))) * float64(pictures) / float64(s.pictures)
	}
	return time.Duration(max(0, seconds) * float64(time.Second))
}

// TrainingTime estimates how long Train takes here with the preset's defaults
// on a number of pictures, preparing included, a tenth of them for validation.
// See MeasureTraining and TrainingSpeed.Time.
func TrainingTime(ctx context.Context, preset Preset, pictures int, samples []Sample) (time.Duration, error) {
	speed, err := MeasureTraining(ctx, preset, samples)
	if err != nil {
		return 0, err
	}
	return speed.Time(preset.defaults(), pictures), nil
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
