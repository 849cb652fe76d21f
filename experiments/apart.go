package experiments

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ringlab/models"
)

// tellApart fills in Apart of runs: what differs between those of one sweep,
// then what differs from the preset.
func tellApart(runs []Run) {
	presets := map[string]models.Values{} // of each preset its defaults
	sweeps := map[string][]*Run{}
	for i := range runs {
		if run := &runs[i]; run.Sweep == "" {
			apartTogether([]*Run{run}, presets)
		} else {
			sweeps[run.Sweep] = append(sweeps[run.Sweep], run)
		}
	}
	for _, together := range sweeps {
		apartTogether(together, presets)
	}
}

func apartTogether(runs []*Run, presets map[string]models.Values) {
	first := &runs[0].Spec
	usual, known := presets[first.Preset]
	if !known {
		usual = models.Values{}
		if preset, err := models.PresetByName(first.Preset); err == nil {
			for _, p := range preset.Parameters {
				usual[p.Name] = p.Default
			}
		}
		presets[first.Preset] = usual
	}
	swept, seeds := map[string]bool{}, false
	for _, run := range runs[1:] {
		spec := &run.Spec
		seeds = seeds || spec.Seed != first.Seed
		if spec.group != "" && spec.group == first.group {
			continue // but for the seed they are the same
		}
		for name, value := range spec.Parameters {
			if other, ok := first.Parameters[name]; !ok || !sameValue(value, other) {
				swept[name] = true
			}
		}
	}
	order := slices.Sorted(maps.Keys(swept))
	for _, run := range runs {
		run.Apart = apart(&run.Spec, order, swept, usual, seeds)
	}
}

// apart names the parameters that were swept, the seed if there are several,
// and parameters that the preset has otherwise.
func apart(spec *Spec, order []string, swept map[string]bool, usual models.Values, seeds bool) string {
	var words, others []string
	for _, name := range order {
		if value, ok := spec.Parameters[name]; ok {
			words = append(words, name+"="+valueText(value))
		}
	}
	if seeds {
		words = append(words, seedPrefix+strconv.FormatUint(spec.Seed, 10))
	}
	for name, value := range spec.Parameters {
		if own, ok := usual[name]; ok && !swept[name] && !sameValue(value, own) {
			others = append(others, name+"="+valueText(value))
		}
	}
	slices.Sort(others)
	return strings.Join(append(words, others...), " ")
}

const seedPrefix = "seed="

// ApartTogether is Apart of several runs that differ by the seed alone.
func (r *Run) ApartTogether() string {
	words := slices.DeleteFunc(strings.Fields(r.Apart), func(word string) bool { return strings.HasPrefix(word, seedPrefix) })
	return strings.Join(words, " ")
}

// sameValue compares values of a parameter, of which numbers may be int or
// float64.
func sameValue(a, b any) bool {
	x, number := asNumber(a)
	y, other := asNumber(b)
	if number && other {
		return x == y
	}
	return a == b
}

func asNumber(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// valueText writes a value as people do: 1000000, not 1e+06.
func valueText(value any) string {
	v, number := asNumber(value)
	switch {
	case !number:
		return fmt.Sprint(value)
	case v == math.Trunc(v) && math.Abs(v) < 1e15:
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
