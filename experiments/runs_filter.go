package experiments

import (
	"ringlab/data/filter"
	"ringlab/models"
)

// Fields of runs, in the order of their schema.
const (
	RunNumber = iota
	RunName
	RunState
	RunPreset
	RunAccuracy
	RunMacroF1
	RunWithinOne
	RunECE
	RunSeed
	RunEpoch
	RunEpochs
	RunSeconds
	RunTag
	RunVersion
	RunAuthor
	RunSplit
	RunSnapshot
	RunCreated
	RunStarted
	RunEnded
	RunSilent
	RunError
	RunNote
	RunArchived
	RunSweep
	RunParam
	RunMetric
)

// runColumns are what a filter can name of runs.
var runColumns = filter.Columns[*Run]{
	RunNumber: {Name: "run", Kind: filter.Number, Help: "number of the run", Words: true,
		Value: func(r *Run) filter.Value { return number(r.ID) }},
	RunName: {Name: "name", Kind: filter.Text, Help: "its name", Words: true,
		Value: func(r *Run) filter.Value { return filter.OfName(r.Name) }},
	RunState: {Name: "state", Kind: filter.Text, Help: "where it stands", Closed: true,
		Value: func(r *Run) filter.Value { return filter.OfText(string(r.State)) }},
	RunPreset: {Name: "preset", Kind: filter.Text, Help: "network and recipe", Words: true,
		Value: func(r *Run) filter.Value { return filter.OfText(r.Spec.Preset) }},
	RunAccuracy:  holdoutColumn(accuracyMetric, (*Run).holdoutValue),
	RunMacroF1:   holdoutColumn(macroF1Metric, (*Run).holdoutValue),
	RunWithinOne: holdoutColumn(withinOneMetric, (*Run).holdoutValue),
	RunECE:       holdoutColumn(eceMetric, (*Run).holdoutValue),
	RunSeed: {Name: "seed", Kind: filter.Number, Help: "seed of the run",
		Value: func(r *Run) filter.Value { return filter.OfNumber(float64(r.Spec.Seed)) }},
	RunEpoch: {Name: "epoch", Kind: filter.Number, Help: "epochs done",
		Value: func(r *Run) filter.Value { return filter.OfNumber(float64(r.Epoch)) }},
	RunEpochs: {Name: "epochs", Kind: filter.Number, Help: "epochs planned",
		Value: func(r *Run) filter.Value { return filter.OfNumber(float64(r.Epochs)) }},
	RunSeconds: {Name: "seconds", Kind: filter.Number, Help: "how long it took, once it has ended",
		Value: func(r *Run) filter.Value {
			if r.Started.IsZero() || r.Ended.IsZero() {
				return filter.Value{}
			}
			return filter.OfNumber(r.Ended.Sub(r.Started).Seconds())
		}},
	RunTag: {Name: "tag", Kind: filter.Text, Help: "one of its tags", Many: true, Words: true,
		Value: func(r *Run) filter.Value { return filter.OfList(r.Tags) }},
	RunVersion: {Name: "version", Kind: filter.Text, Help: "the model version made of it, such as v3", Words: true,
		Value: func(r *Run) filter.Value { return filter.OfName(r.Version) }},
	RunAuthor: {Name: "by", Also: "author", Kind: filter.Text, Help: "who started it", Words: true,
		Value: func(r *Run) filter.Value { return filter.OfName(r.Author) }},
	RunSplit: {Name: "split", Kind: filter.Text, Help: "the split it learned from", Values: []string{"hash", "demo"},
		Value: func(r *Run) filter.Value { return filter.OfText(r.Spec.Split) }},
	RunSnapshot: {Name: "snapshot", Kind: filter.Text, Help: "the snapshot it learned from",
		Value: func(r *Run) filter.Value { return filter.OfText(r.Spec.Snapshot) }},
	RunCreated: {Name: "created", Kind: filter.Time, Help: "when it was submitted",
		Value: func(r *Run) filter.Value { return filter.OfTime(r.Created) }},
	RunStarted: {Name: "started", Kind: filter.Time, Help: "when a worker took it",
		Value: func(r *Run) filter.Value { return filter.OfTime(r.Started) }},
	RunEnded: {Name: "ended", Kind: filter.Time, Help: "when it ended",
		Value: func(r *Run) filter.Value { return filter.OfTime(r.Ended) }},
	RunSilent: {Name: "silent", Kind: filter.Bool, Help: "it is running, but its worker does not answer",
		Value: func(r *Run) filter.Value { return filter.OfBool(r.Silent) }},
	RunError: {Name: "error", Kind: filter.Text, Help: "why it failed",
		Value: func(r *Run) filter.Value { return filter.OfName(r.Error) }},
	RunNote: {Name: "note", Kind: filter.Text, Help: "what people wrote about it", Words: true,
		Value: func(r *Run) filter.Value { return filter.OfName(r.Note) }},
	RunArchived: {Name: "archived", Kind: filter.Bool, Help: "it was put away",
		Value: func(r *Run) filter.Value { return filter.OfBool(r.Archived) }},
	RunSweep: {Name: "sweep", Kind: filter.Number, Help: "the first run of the sweep or the seeds that it is one of",
		Value: func(r *Run) filter.Value { return number(r.Sweep) }},
	RunParam: {Name: "param", Kind: filter.Any, Help: "a parameter, after a point",
		Keyed: func(r *Run, name string) filter.Value { return parameterValue(r.Spec.Parameters, name) }},
	RunMetric: {Name: "metric", Kind: filter.Number, Help: "last value of a curve, after a point",
		Values: []string{"loss", "val_loss", "train_accuracy", "val_accuracy"},
		Keyed: func(r *Run, name string) filter.Value {
			if value, ok := r.Metrics[name]; ok {
				return filter.OfNumber(value)
			}
			return filter.Value{}
		}},
}

// RunFields are the fields of runs that a filter can name.
func RunFields() *filter.Schema {
	s := runColumns.Schema("runs")
	for _, state := range States() {
		s.Fields[RunState].Values = append(s.Fields[RunState].Values, string(state))
	}
	parameters := map[string]bool{}
	for _, preset := range models.Presets() {
		s.Fields[RunPreset].Values = append(s.Fields[RunPreset].Values, preset.Name)
		for _, p := range preset.Parameters {
			if !parameters[p.Name] {
				parameters[p.Name] = true
				s.Fields[RunParam].Values = append(s.Fields[RunParam].Values, p.Name)
			}
		}
	}
	return s
}

// Columns makes it a filter.Row.
func (*Run) Columns() filter.Columns[*Run] { return runColumns }

// Value is the run's value of a field of RunFields.
func (r *Run) Value(ref filter.Ref) filter.Value { return runColumns.Getter(ref)(r) }

// number is a run's or a version's number.
func number(id string) filter.Value {
	n, err := parseRunID(id)
	if err != nil {
		return filter.Value{}
	}
	return filter.OfNumber(float64(n))
}

// holdoutColumn is a column of a metric whose value a row knows.
func holdoutColumn[T any](m *holdoutMetric, value func(T, *holdoutMetric) filter.Value) filter.Column[T] {
	return filter.Column[T]{Name: m.name, Also: m.also, Kind: filter.Number, Help: m.help, Value: func(row T) filter.Value { return value(row, m) }}
}

// holdoutValue is a metric, once there is a result. A run of a RunTable has it
// among its metrics only.
func (r *Run) holdoutValue(m *holdoutMetric) filter.Value {
	if r.Evaluation != nil {
		return filter.OfNumber(m.of(r.Evaluation))
	}
	if value, ok := r.Metrics[m.name]; ok && r.State == Finished {
		return filter.OfNumber(value)
	}
	return filter.Value{}
}

func (v *Version) holdoutValue(m *holdoutMetric) filter.Value {
	return filter.OfNumber(m.of(&v.Evaluation))
}

func parameterValue(values models.Values, name string) filter.Value {
	switch v := values[name].(type) {
	case float64:
		return filter.OfNumber(v)
	case int:
		return filter.OfNumber(float64(v))
	case bool:
		return filter.OfBool(v)
	case string:
		return filter.OfText(v)
	}
	return filter.Value{}
}

// versionColumns are what a filter can name of model versions.
var versionColumns = filter.Columns[*Version]{
	{Name: "version", Kind: filter.Text, Help: "its name, such as v3", Words: true,
		Value: func(v *Version) filter.Value { return filter.OfText(v.Name) }},
	{Name: "run", Kind: filter.Number, Help: "the run it was made of", Words: true,
		Value: func(v *Version) filter.Value { return number(v.Run) }},
	{Name: "preset", Kind: filter.Text, Help: "network and recipe", Words: true,
		Value: func(v *Version) filter.Value { return filter.OfText(v.Preset) }},
	holdoutColumn(accuracyMetric, (*Version).holdoutValue),
	holdoutColumn(macroF1Metric, (*Version).holdoutValue),
	holdoutColumn(withinOneMetric, (*Version).holdoutValue),
	holdoutColumn(eceMetric, (*Version).holdoutValue),
	{Name: "alias", Kind: filter.Text, Help: "one of its aliases", Many: true, Values: []string{Production}, Words: true,
		Value: func(v *Version) filter.Value { return filter.OfList(v.Aliases) }},
	{Name: "created", Kind: filter.Time, Help: "when it was registered",
		Value: func(v *Version) filter.Value { return filter.OfTime(v.Created) }},
	{Name: "by", Also: "author", Kind: filter.Text, Help: "who registered it", Words: true,
		Value: func(v *Version) filter.Value { return filter.OfName(v.Author) }},
}

// VersionFields are the fields of model versions that a filter can name.
func VersionFields() *filter.Schema { return versionColumns.Schema("model versions") }

// Columns makes it a filter.Row.
func (*Version) Columns() filter.Columns[*Version] { return versionColumns }
