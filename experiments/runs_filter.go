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
	RunParam
	RunMetric
)

// RunFields are the fields of runs that a filter can name.
func RunFields() *filter.Schema {
	var states, presets []string
	for _, state := range States() {
		states = append(states, string(state))
	}
	parameters := map[string]bool{}
	var names []string
	for _, preset := range models.Presets() {
		presets = append(presets, preset.Name)
		for _, p := range preset.Parameters {
			if !parameters[p.Name] {
				parameters[p.Name] = true
				names = append(names, p.Name)
			}
		}
	}
	return &filter.Schema{Rows: "runs", Fields: []filter.Field{
		RunNumber:    {Name: "run", Kind: filter.Number, Help: "number of the run", Words: true},
		RunName:      {Name: "name", Kind: filter.Text, Help: "its name", Words: true},
		RunState:     {Name: "state", Kind: filter.Text, Help: "where it stands", Values: states, Closed: true},
		RunPreset:    {Name: "preset", Kind: filter.Text, Help: "network and recipe", Values: presets, Words: true},
		RunAccuracy:  {Name: "accuracy", Kind: filter.Number, Help: "share of right answers on the holdout"},
		RunMacroF1:   {Name: "macro_f1", Also: "f1", Kind: filter.Number, Help: "mean F1 of the labels, on the holdout"},
		RunWithinOne: {Name: "within_one", Kind: filter.Number, Help: "share of answers that are off by at most one"},
		RunECE:       {Name: "ece", Kind: filter.Number, Help: "expected calibration error on the holdout"},
		RunSeed:      {Name: "seed", Kind: filter.Number, Help: "seed of the run"},
		RunEpoch:     {Name: "epoch", Kind: filter.Number, Help: "epochs done"},
		RunEpochs:    {Name: "epochs", Kind: filter.Number, Help: "epochs planned"},
		RunSeconds:   {Name: "seconds", Kind: filter.Number, Help: "how long it took, once it has ended"},
		RunTag:       {Name: "tag", Kind: filter.Text, Help: "one of its tags", Many: true, Words: true},
		RunVersion:   {Name: "version", Kind: filter.Text, Help: "the model version made of it, such as v3", Words: true},
		RunAuthor:    {Name: "by", Also: "author", Kind: filter.Text, Help: "who started it", Words: true},
		RunSplit:     {Name: "split", Kind: filter.Text, Help: "the split it learned from", Values: []string{"hash", "demo"}},
		RunSnapshot:  {Name: "snapshot", Kind: filter.Text, Help: "the snapshot it learned from"},
		RunCreated:   {Name: "created", Kind: filter.Time, Help: "when it was submitted"},
		RunStarted:   {Name: "started", Kind: filter.Time, Help: "when a worker took it"},
		RunEnded:     {Name: "ended", Kind: filter.Time, Help: "when it ended"},
		RunSilent:    {Name: "silent", Kind: filter.Bool, Help: "it is running, but its worker does not answer"},
		RunError:     {Name: "error", Kind: filter.Text, Help: "why it failed"},
		RunNote:      {Name: "note", Kind: filter.Text, Help: "what people wrote about it", Words: true},
		RunArchived:  {Name: "archived", Kind: filter.Bool, Help: "it was put away"},
		RunParam:     {Name: "param", Kind: filter.Any, Help: "a parameter, after a point", Keyed: true, Values: names},
		RunMetric:    {Name: "metric", Kind: filter.Number, Help: "last value of a curve, after a point", Keyed: true, Values: []string{"loss", "val_loss", "train_accuracy", "val_accuracy"}},
	}}
}

// Value is the run as a row of RunFields.
func (r *Run) Value(field int, key string) filter.Value {
	switch field {
	case RunNumber:
		return number(r.ID)
	case RunName:
		return filter.OfName(r.Name)
	case RunState:
		return filter.OfText(string(r.State))
	case RunPreset:
		return filter.OfText(r.Spec.Preset)
	case RunAccuracy, RunMacroF1, RunWithinOne, RunECE:
		return r.holdoutValue(field - RunAccuracy)
	case RunSeed:
		return filter.OfNumber(float64(r.Spec.Seed))
	case RunEpoch:
		return filter.OfNumber(float64(r.Epoch))
	case RunEpochs:
		return filter.OfNumber(float64(r.Epochs))
	case RunSeconds:
		if r.Started.IsZero() || r.Ended.IsZero() {
			return filter.Value{}
		}
		return filter.OfNumber(r.Ended.Sub(r.Started).Seconds())
	case RunTag:
		return filter.OfList(r.Tags)
	case RunVersion:
		return filter.OfName(r.Version)
	case RunAuthor:
		return filter.OfName(r.Author)
	case RunSplit:
		return filter.OfText(r.Spec.Split)
	case RunSnapshot:
		return filter.OfText(r.Spec.Snapshot)
	case RunCreated:
		return filter.OfTime(r.Created)
	case RunStarted:
		return filter.OfTime(r.Started)
	case RunEnded:
		return filter.OfTime(r.Ended)
	case RunSilent:
		return filter.OfBool(r.Silent)
	case RunError:
		return filter.OfName(r.Error)
	case RunNote:
		return filter.OfName(r.Note)
	case RunArchived:
		return filter.OfBool(r.Archived)
	case RunParam:
		return parameterValue(r.Spec.Parameters, key)
	case RunMetric:
		if value, ok := r.Metrics[key]; ok {
			return filter.OfNumber(value)
		}
	}
	return filter.Value{}
}

// number is a run's or a version's number.
func number(id string) filter.Value {
	n, err := parseRunID(id)
	if err != nil {
		return filter.Value{}
	}
	return filter.OfNumber(float64(n))
}

// holdoutValue is one of holdoutMetrics, once there is a result. A run of a
// RunTable has it among its metrics only.
func (r *Run) holdoutValue(metric int) filter.Value {
	if r.Evaluation == nil && r.State == Finished {
		if value, ok := r.Metrics[holdoutMetrics[metric].name]; ok {
			return filter.OfNumber(value)
		}
	}
	return holdoutValue(r.Evaluation, metric)
}

// holdoutValue is one of holdoutMetrics; nothing before there is a result.
func holdoutValue(e *models.Evaluation, metric int) filter.Value {
	if e == nil {
		return filter.Value{}
	}
	return filter.OfNumber(holdoutMetrics[metric].of(e))
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

// VersionFields are the fields of model versions that a filter can name.
func VersionFields() *filter.Schema {
	return &filter.Schema{Rows: "model versions", Fields: []filter.Field{
		{Name: "version", Kind: filter.Text, Help: "its name, such as v3", Words: true},
		{Name: "run", Kind: filter.Number, Help: "the run it was made of", Words: true},
		{Name: "preset", Kind: filter.Text, Help: "network and recipe", Words: true},
		{Name: "accuracy", Kind: filter.Number, Help: "share of right answers on the holdout"},
		{Name: "macro_f1", Also: "f1", Kind: filter.Number, Help: "mean F1 of the labels, on the holdout"},
		{Name: "within_one", Kind: filter.Number, Help: "share of answers that are off by at most one"},
		{Name: "ece", Kind: filter.Number, Help: "expected calibration error on the holdout"},
		{Name: "alias", Kind: filter.Text, Help: "one of its aliases", Many: true, Values: []string{Production}, Words: true},
		{Name: "created", Kind: filter.Time, Help: "when it was registered"},
		{Name: "by", Also: "author", Kind: filter.Text, Help: "who registered it", Words: true},
	}}
}

// Value is the version as a row of VersionFields.
func (v *Version) Value(field int, _ string) filter.Value {
	switch field {
	case 0:
		return filter.OfText(v.Name)
	case 1:
		return number(v.Run)
	case 2:
		return filter.OfText(v.Preset)
	case 3, 4, 5, 6:
		return holdoutValue(&v.Evaluation, field-3)
	case 7:
		return filter.OfList(v.Aliases)
	case 8:
		return filter.OfTime(v.Created)
	case 9:
		return filter.OfName(v.Author)
	}
	return filter.Value{}
}
