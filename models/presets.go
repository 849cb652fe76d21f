package models

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"ringlab/internal/spelling"
)

// Preset is a named network or ensemble with its recipe.
type Preset struct {
	Name       string
	Summary    string
	Family     string // "cnn", "trees", "ensemble"
	Parameters []Parameter
}

// Parameter is one number or choice of a recipe.
type Parameter struct {
	Name     string
	Help     string
	Kind     string // "int", "float", "choice"
	Default  any    // int, float64 or string, by Kind
	Min, Max float64
	Choices  []string
	// Costs tells that time or memory of a training depend on it, other than by
	// the number of epochs.
	Costs bool
	// Formerly is what stored values mean that do not have it, because they are
	// from before there was such a parameter; nil: the default.
	Formerly any
}

// CostsOtherwise lists the parameters that decide what a training costs and in
// which two resolved values of the preset differ, in the preset's order.
func (p Preset) CostsOtherwise(a, b Values) []string {
	var names []string
	for _, parameter := range p.Parameters {
		if parameter.Costs && a[parameter.Name] != b[parameter.Name] {
			names = append(names, parameter.Name)
		}
	}
	return names
}

// Presets lists what can be trained, the quickest first. The caller owns the
// result.
func Presets() []Preset { return slices.Concat(treesPresets(), ensemblePresets(), cnnPresets()) }

// HasEpochs tells whether the preset learns in epochs, after each of which it
// answers the validation pictures.
func (p Preset) HasEpochs() bool {
	return slices.ContainsFunc(p.Parameters, func(q Parameter) bool { return q.Name == "epochs" })
}

// PresetByName finds a preset. The error lists the names there are.
func PresetByName(name string) (Preset, error) {
	all := Presets()
	names := make([]string, len(all))
	for i, p := range all {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	return Preset{}, fmt.Errorf("find preset %q: there is none of that name%s; presets: %s",
		name, didYouMean(name, names), strings.Join(names, ", "))
}

// Resolve checks set (parameter name to text) against the preset and fills in
// defaults. The error names the parameter, its range, and near names.
func (p Preset) Resolve(set map[string]string) (Values, error) {
	values := p.defaults()
	for _, name := range slices.Sorted(maps.Keys(set)) {
		parameter, err := p.parameter(name)
		if err != nil {
			return nil, err
		}
		value, err := parameter.Check(set[name])
		if err != nil {
			return nil, fmt.Errorf("preset %s: %w", p.Name, err)
		}
		values[name] = value
	}
	return values, nil
}

// Restore checks values that were stored, such as those of a run's spec read
// back from JSON: numbers are brought to the parameter's type (a stored 1 is
// the float 1.0 where the parameter is a float), what is missing gets its
// former value or default, and what the preset does not know or allow is an error.
func (p Preset) Restore(stored map[string]any) (Values, error) {
	texts := make(map[string]string, len(stored))
	for name, value := range stored {
		switch v := value.(type) {
		case string:
			texts[name] = v
		case float64: // without an exponent, so that a whole number reads as an int
			texts[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			texts[name] = fmt.Sprint(v)
		}
	}
	for _, parameter := range p.Parameters {
		if _, has := stored[parameter.Name]; !has && parameter.Formerly != nil {
			texts[parameter.Name] = fmt.Sprint(parameter.Formerly)
		}
	}
	return p.Resolve(texts)
}

func (p Preset) defaults() Values {
	values := make(Values, len(p.Parameters))
	for _, parameter := range p.Parameters {
		values[parameter.Name] = parameter.Default
	}
	return values
}

func (p Preset) parameter(name string) (Parameter, error) {
	names := make([]string, len(p.Parameters))
	for i, parameter := range p.Parameters {
		if parameter.Name == name {
			return parameter, nil
		}
		names[i] = parameter.Name
	}
	return Parameter{}, fmt.Errorf("preset %s has no parameter %q%s; its parameters: %s",
		p.Name, name, didYouMean(name, names), strings.Join(names, ", "))
}

// Check tells whether one text is a valid value of the parameter, and returns
// it as int, float64 or string by Kind. The error says what is allowed.
func (p Parameter) Check(text string) (any, error) {
	text = strings.TrimSpace(text)
	switch p.Kind {
	case "int":
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, fmt.Errorf("parameter %s: %q is not a whole number; it must be from %s to %s",
				p.Name, text, plainNumber(p.Min), plainNumber(p.Max))
		}
		if float64(n) < p.Min || float64(n) > p.Max {
			return nil, fmt.Errorf("parameter %s: %d is outside its range, %s to %s",
				p.Name, n, plainNumber(p.Min), plainNumber(p.Max))
		}
		return n, nil
	case "float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("parameter %s: %q is not a number; it must be from %s to %s",
				p.Name, text, plainNumber(p.Min), plainNumber(p.Max))
		}
		if f < p.Min || f > p.Max {
			return nil, fmt.Errorf("parameter %s: %s is outside its range, %s to %s",
				p.Name, plainNumber(f), plainNumber(p.Min), plainNumber(p.Max))
		}
		return f, nil
	case "choice":
		if slices.Contains(p.Choices, text) {
			return text, nil
		}
		return nil, fmt.Errorf("parameter %s: %q is not one of its choices%s; choices: %s",
			p.Name, text, didYouMean(text, p.Choices), strings.Join(p.Choices, ", "))
	}
	return nil, fmt.Errorf("parameter %s: kind %q is not known; this is a defect of the preset", p.Name, p.Kind)
}

func plainNumber(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// didYouMean is a part of a sentence that offers the nearest name, or nothing
// when none is near.
func didYouMean(got string, names []string) string {
	if best := spelling.Nearest(got, names); best != "" {
		return fmt.Sprintf(" (did you mean %q?)", best)
	}
	return ""
}
