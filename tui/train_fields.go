package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ringlab/data"
	"ringlab/experiments"
	"ringlab/models"
)

// Names of the fields that every preset has.
const (
	fieldPreset  = "preset"
	fieldName    = "name"
	fieldSplit   = "split"
	fieldSeed    = "seed"
	fieldRepeat  = "repeat"
	fieldSamples = "samples" // only where a parameter is swept
)

// recipe is a preset by name, with what was saved under that name.
func (p *trainPage) recipe(name string) (preset models.Preset, saved map[string]string) {
	for _, one := range p.around.saved {
		if one.Name == name {
			name, saved = one.Preset, one.Set
		}
	}
	for _, one := range p.presets {
		if one.Name == name {
			return one, saved
		}
	}
	return p.presets[0], nil
}

// fields makes the form for a preset, with its defaults, or what was saved.
func (p *trainPage) fields(name string) []formField {
	names := make([]string, 0, len(p.presets)+len(p.around.saved))
	for _, one := range p.presets {
		names = append(names, one.Name)
	}
	for _, one := range p.around.saved {
		names = append(names, one.Name)
	}
	preset, saved := p.recipe(name)
	summary := preset.Summary
	if saved != nil {
		summary = fmt.Sprintf("kept by name: %s with parameters of its own", preset.Name)
	}
	fields := []formField{
		{name: fieldPreset, initial: name, value: name, choices: names, help: summary},
		{name: fieldName, help: "a name for the run, to know it again; may be empty", check: checkName},
		{name: fieldSplit, initial: "hash", value: "hash",
			help:    "how the holdout is chosen: hash (by group), hash:0.25, or demo (the notebook's own 75/25)",
			allowed: "hash, hash:SHARE or demo",
			check: func(text string) error {
				_, err := data.ParseSplit(text)
				return err
			}},
		{name: fieldSeed, initial: "1", value: "1", help: "the same seed gives the same model",
			allowed: "a whole number from 0", check: checkSeed},
		{name: fieldRepeat, initial: "1", value: "1", help: "trains with this many seeds, from the one above upwards, to see the spread",
			allowed: "a whole number from 1", check: checkCount(fieldRepeat, 1)},
	}
	for _, parameter := range preset.Parameters {
		initial := parameterText(parameter.Default)
		if value, ok := saved[parameter.Name]; ok {
			initial = value
		}
		fields = append(fields, formField{
			name: parameter.Name, help: parameter.Help, allowed: allowed(parameter),
			initial: initial, value: initial, choices: parameter.Choices,
			check: func(text string) error {
				_, err := parameter.Check(text)
				return err
			},
			sweep: func(text string) error { return checkSweep(parameter, text) },
		})
	}
	return fields
}

// checkSweep checks several values of a parameter, or the ends of a range.
func checkSweep(parameter models.Parameter, text string) error {
	axis, err := experiments.ParseAxis(parameter.Name + "=" + text)
	if err != nil {
		return err
	}
	values := axis.Values
	if len(values) == 0 {
		values = []string{parameterText(axis.Low), parameterText(axis.High)}
	}
	for _, value := range values {
		if _, err := parameter.Check(value); err != nil {
			return err
		}
	}
	return nil
}

func checkCount(name string, least int) func(string) error {
	return func(text string) error {
		if n, err := strconv.Atoi(text); err != nil || n < least {
			return fmt.Errorf("%s: %q is not a whole number from %d", name, text, least)
		}
		return nil
	}
}

func checkName(text string) error {
	if len(text) > 100 {
		return fmt.Errorf("name: %d bytes; at most 100 are kept", len(text))
	}
	return nil
}

func checkSeed(text string) error {
	if _, err := strconv.ParseUint(text, 10, 64); err != nil {
		return fmt.Errorf("seed: %q is not a whole number from 0", text)
	}
	return nil
}

func parameterText(value any) string {
	if f, ok := value.(float64); ok {
		// Whole numbers are written as people write them: 1000000, not 1e+06.
		if f == math.Trunc(f) && math.Abs(f) < 1e15 {
			return strconv.FormatFloat(f, 'f', 0, 64)
		}
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return fmt.Sprint(value)
}

func allowed(p models.Parameter) string {
	if p.Kind == "choice" {
		return strings.Join(p.Choices, ", ")
	}
	kind := "a number"
	if p.Kind == "int" {
		kind = "a whole number"
	}
	return fmt.Sprintf("%s from %s to %s", kind, parameterText(p.Min), parameterText(p.Max))
}

// samplesField is how many draws a sweep takes; it keeps what was filled in.
func samplesField(old []formField) formField {
	field := formField{name: fieldSamples, initial: "0", value: "0", allowed: "a whole number from 0",
		help: "0 takes every combination; a number draws that many at random", check: checkCount(fieldSamples, 0)}
	for _, before := range old {
		if before.name == fieldSamples {
			field.value = before.value
		}
	}
	return field
}
