package experiments

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"ringlab/models"
)

// maxSweep bounds the runs of one sweep: a typing mistake should not queue a
// year of work.
const maxSweep = 1000

// Sweep turns one submission into many: every combination of the values on its
// axes, or with Samples that many random draws of them, each with Repeat seeds
// in a row. The zero value is the submission alone.
type Sweep struct {
	Axes    []Axis
	Samples int // 0: every combination
	Repeat  int // seeds of each, from the submission's own upwards; 0 is 1
}

// Axis is one parameter that a sweep changes: some values, or a range to draw
// from.
type Axis struct {
	Parameter string
	Values    []string // as typed; empty for a range
	Low, High float64
	Log       bool // draw so that each power of ten is as likely as the next
}

// ParseAxis reads KEY=A,B,C or KEY=LOW..HIGH or KEY=log:LOW..HIGH. Whether the
// preset knows the parameter and allows its values is checked by Expand.
func ParseAxis(text string) (Axis, error) {
	key, values, ok := strings.Cut(text, "=")
	if key = strings.TrimSpace(key); !ok || key == "" || strings.TrimSpace(values) == "" {
		return Axis{}, fmt.Errorf("sweep %.60q: write KEY=A,B,C, or KEY=LOW..HIGH to draw from a range", text)
	}
	low, high, isRange := strings.Cut(values, "..")
	if !isRange {
		axis := Axis{Parameter: key}
		for value := range strings.SplitSeq(values, ",") {
			value = strings.TrimSpace(value)
			if value == "" || slices.Contains(axis.Values, value) {
				return Axis{}, fmt.Errorf("sweep %.60q: a value is empty or there twice", text)
			}
			axis.Values = append(axis.Values, value)
		}
		return axis, nil
	}
	axis := Axis{Parameter: key}
	low, axis.Log = strings.CutPrefix(low, "log:")
	var errLow, errHigh error
	axis.Low, errLow = strconv.ParseFloat(strings.TrimSpace(low), 64)
	axis.High, errHigh = strconv.ParseFloat(strings.TrimSpace(high), 64)
	switch {
	case errLow != nil || errHigh != nil || !(axis.Low < axis.High) || math.IsInf(axis.High-axis.Low, 0):
		return Axis{}, fmt.Errorf("sweep %.60q: a range is two numbers, the smaller first, such as rate=0.001..0.01", text)
	case axis.Log && axis.Low <= 0:
		return Axis{}, fmt.Errorf("sweep %.60q: a logarithmic range begins above 0", text)
	}
	return axis, nil
}

// Runs is how many runs the sweep makes of one submission; above the limit of
// a sweep it may be fewer than that, and still above the limit.
func (w Sweep) Runs() int {
	factors := []int{w.Repeat}
	if w.Samples > 0 {
		factors = append(factors, w.Samples)
	} else {
		for _, axis := range w.Axes {
			factors = append(factors, len(axis.Values))
		}
	}
	runs := 1
	for _, n := range factors {
		// Neither factor is above the limit's next number: no overflow.
		runs = min(runs*min(max(n, 1), maxSweep+1), maxSweep+1)
	}
	return runs
}

// Expand lists the submissions, those that differ by the seed alone side by
// side. The draws of a random sweep follow from the submission's seed. Every
// parameter is checked against the preset; the error says what is wrong.
func (w Sweep) Expand(sub Submission) ([]Submission, error) {
	preset, err := models.PresetByName(sub.Preset)
	if err != nil {
		return nil, err
	}
	if err := w.check(sub); err != nil {
		return nil, err
	}
	var all []Submission
	for _, set := range w.points(preset, sub) {
		if _, err := preset.Resolve(set); err != nil {
			return nil, err
		}
		for seed := range max(w.Repeat, 1) {
			one := sub
			one.Set, one.Seed = set, sub.Seed+uint64(seed)
			all = append(all, one)
		}
	}
	return all, nil
}

func (w Sweep) check(sub Submission) error {
	if w.Repeat < 0 || w.Samples < 0 {
		return fmt.Errorf("a number of seeds or samples is negative")
	}
	seen := map[string]bool{}
	for _, axis := range w.Axes {
		if _, set := sub.Set[axis.Parameter]; set || seen[axis.Parameter] {
			return fmt.Errorf("parameter %s is given twice: set it or sweep it once", axis.Parameter)
		}
		seen[axis.Parameter] = true
		if len(axis.Values) == 0 && w.Samples == 0 {
			return fmt.Errorf("parameter %s has a range, which has no end of values: say how many to draw (--samples N), or list some", axis.Parameter)
		}
	}
	if w.Samples > 0 && len(w.Axes) == 0 {
		return fmt.Errorf("there is nothing to draw samples of: name a parameter to sweep")
	}
	if w.Runs() > maxSweep {
		return fmt.Errorf("a sweep of more than %d runs: take fewer values, or draw some of them (--samples N)", maxSweep)
	}
	return nil
}

// points lists the parameters of each combination or draw.
func (w Sweep) points(preset models.Preset, sub Submission) []map[string]string {
	base := maps.Clone(sub.Set)
	if base == nil {
		base = map[string]string{}
	}
	if w.Samples > 0 {
		random := rand.New(rand.NewPCG(sub.Seed, 0x5357454550)) // a stream of its own beside the training's
		points := make([]map[string]string, w.Samples)
		for i := range points {
			points[i] = maps.Clone(base)
			for _, axis := range w.Axes {
				points[i][axis.Parameter] = axis.draw(preset, random)
			}
		}
		return points
	}
	points := []map[string]string{base}
	for _, axis := range w.Axes {
		var next []map[string]string
		for _, point := range points {
			for _, value := range axis.Values {
				with := maps.Clone(point)
				with[axis.Parameter] = value
				next = append(next, with)
			}
		}
		points = next
	}
	return points
}

// draw picks one value, with four significant digits so that people can read
// and repeat it, and whole where the preset wants whole numbers.
func (a Axis) draw(preset models.Preset, random *rand.Rand) string {
	if len(a.Values) > 0 {
		return a.Values[random.IntN(len(a.Values))]
	}
	value := a.Low + random.Float64()*(a.High-a.Low)
	if a.Log {
		value = a.Low * math.Pow(a.High/a.Low, random.Float64())
	}
	for _, parameter := range preset.Parameters {
		if parameter.Name == a.Parameter && parameter.Kind == "int" {
			return strconv.FormatFloat(math.Round(value), 'f', -1, 64)
		}
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 4, 64), 64)
	if err != nil || rounded < a.Low || rounded > a.High { // rounding may step over an end
		rounded = value
	}
	return strconv.FormatFloat(rounded, 'g', -1, 64)
}
