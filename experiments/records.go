package experiments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"ringlab/data"
)

// RecordTable holds what is filtered, sorted and listed of a snapshot's
// records, in columns: a hundred thousand records take some thirty megabytes,
// and a filter looks through them in milliseconds. It is filled in slices with
// More; after that it is only read, by any number of goroutines.
type RecordTable struct {
	Snapshot data.Snapshot
	Task     data.Task
	Split    data.Split
	Model    string // whose answers Predicted holds: a version or a run; "" for nobody's

	ids       []int64
	compounds []int64
	labels    []int32
	since     []int32 // the first snapshot with the record, from 1
	sides     []data.Side
	smiles    []string
	formulas  []string
	images    []string
	groups    members
	pictures  members
	others    map[string]*otherColumn
	answers   map[int64]answer
	snapshots []data.Snapshot // oldest first
}

// members numbers what records share: their group, or their picture. Number 0
// is "": nothing is shared.
type members struct {
	numbers map[string]uint32
	names   []string
	of      []uint32 // by record
	sizes   []uint32 // by number
}

// name is what a record shares, "" for nothing.
func (m *members) name(record int) string { return m.names[m.of[record]] }

// size is how many records share what this one has; itself counts.
func (m *members) size(record int) int { return max(int(m.sizes[m.of[record]]), 1) }

func newMembers() members {
	return members{numbers: map[string]uint32{"": 0}, names: []string{""}, sizes: []uint32{0}}
}

func (m *members) add(name string) {
	number, known := m.numbers[name]
	if !known {
		number = uint32(len(m.sizes))
		m.numbers[name] = number
		m.names, m.sizes = append(m.names, name), append(m.sizes, 0)
	}
	m.of = append(m.of, number)
	if number > 0 {
		m.sizes[number]++
	}
}

// clone shares nothing that add changes: the older table may still be read.
func (m members) clone() members {
	return members{maps.Clone(m.numbers), slices.Clip(m.names), slices.Clip(m.of), slices.Clone(m.sizes)}
}

// otherColumn is a field of the records as they came: numbers or texts.
// present counts from the first record on.
type otherColumn struct {
	numbers []float64
	texts   []string
	there   []bool
}

const (
	mostOthers    = 16  // fields of the records' own that are kept
	mostOtherText = 200 // bytes of one value
)

// NewRecordTable prepares the table of the newest snapshot with the answers of
// a model, named as in Resolve; with "" those of the model in production, if
// there is one. Nothing was ingested yet: data.ErrNoSnapshot.
func (s *Store) NewRecordTable(ctx context.Context, model string) (*RecordTable, error) {
	const doing = "list records"
	newest, err := s.data.Snapshot(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	snapshots, err := s.data.Snapshots(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	slices.Reverse(snapshots)
	t := &RecordTable{
		Snapshot: newest, snapshots: snapshots,
		groups:   newMembers(),
		pictures: newMembers(),
		others:   map[string]*otherColumn{},
	}
	if t.Task, err = s.data.Task(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	t.Split, err = data.ParseSplit(defaultSplit)
	if err != nil {
		return nil, err
	}
	if err := s.addAnswers(ctx, t, model); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return t, nil
}

// TableOf is a table of records at hand, which may be only the first of the
// snapshot's. answers are those of the model.
func TableOf(snapshot data.Snapshot, task data.Task, records []data.Record, model string, answers []HoldoutPrediction) (*RecordTable, error) {
	split, err := data.ParseSplit(defaultSplit)
	if err != nil {
		return nil, err
	}
	t := &RecordTable{
		Snapshot: snapshot, Task: task, Split: split, Model: model, snapshots: []data.Snapshot{snapshot},
		groups: newMembers(), pictures: newMembers(), others: map[string]*otherColumn{}, answers: map[int64]answer{},
	}
	for _, a := range answers {
		t.answers[a.Record.ID] = answer{record: a.Record.ID, predicted: a.Predicted, confidence: a.Confidence}
	}
	for _, r := range records {
		t.add(r)
	}
	if len(records) < snapshot.Records {
		return t, nil
	}
	return t, t.cut()
}

// Snapshots are those of the workspace, the oldest first: the numbers of the
// field snapshot count them from 1.
func (t *RecordTable) Snapshots() []data.Snapshot { return t.snapshots }

// Whole tells that all records of the snapshot are there.
func (t *RecordTable) Whole() bool { return len(t.ids) >= t.Snapshot.Records }

// addAnswers looks up what the model said of its holdout, and takes over its
// split, so that "holdout" is what the model was judged on.
func (s *Store) addAnswers(ctx context.Context, t *RecordTable, model string) error {
	found, err := s.Resolve(ctx, model)
	if _, none := errors.AsType[*NotFoundError](err); none && model == "" {
		return nil
	}
	if err != nil {
		return err
	}
	if IsBuiltin(found.Name) {
		return nil // it was judged elsewhere
	}
	run, err := s.Run(ctx, found.Run)
	if err != nil {
		return err
	}
	if t.Split, err = data.RestoreSplit(run.Spec.Split); err != nil {
		return err
	}
	answers, err := s.answers(ctx, found.Run)
	if err != nil {
		return err
	}
	t.Model, t.answers = found.Name, make(map[int64]answer, len(answers))
	for _, a := range answers {
		a.probabilities = nil
		t.answers[a.record] = a
	}
	return nil
}

// More reads up to most further records; done tells that all are there.
func (t *RecordTable) More(ctx context.Context, store *data.Store, most int) (done bool, err error) {
	left := t.Snapshot.Records - len(t.ids)
	if left > 0 {
		records, err := store.Records(ctx, data.Query{Snapshot: t.Snapshot.ID, Offset: len(t.ids), Limit: min(most, left)})
		if err != nil {
			return false, err
		}
		if len(records) == 0 {
			return false, fmt.Errorf("list records: snapshot %.12s names %d, and there are %d", t.Snapshot.ID, t.Snapshot.Records, len(t.ids))
		}
		for _, r := range records {
			t.add(r)
		}
	}
	if len(t.ids) < t.Snapshot.Records {
		return false, nil
	}
	return true, t.cut()
}

// Grow gives a table of a newer snapshot the records of this one, which it
// begins with; More reads the rest. False: it must be read from the start.
func (t *RecordTable) Grow(newer *RecordTable) bool {
	at := slices.IndexFunc(newer.snapshots, func(s data.Snapshot) bool { return s.ID == t.Snapshot.ID })
	if at < 0 || len(t.ids) != t.Snapshot.Records {
		return false
	}
	newer.ids, newer.compounds, newer.labels, newer.since = slices.Clip(t.ids), slices.Clip(t.compounds), slices.Clip(t.labels), slices.Clip(t.since)
	newer.smiles, newer.formulas, newer.images = slices.Clip(t.smiles), slices.Clip(t.formulas), slices.Clip(t.images)
	newer.groups, newer.pictures = t.groups.clone(), t.pictures.clone()
	for name, c := range t.others {
		newer.others[name] = &otherColumn{slices.Clip(c.numbers), slices.Clip(c.texts), slices.Clip(c.there)}
	}
	return true
}

func (t *RecordTable) add(r data.Record) {
	i := len(t.ids)
	t.ids, t.compounds, t.labels = append(t.ids, r.ID), append(t.compounds, r.CompoundID), append(t.labels, int32(r.Label))
	t.smiles, t.images = append(t.smiles, r.SMILES), append(t.images, r.Image)
	t.since = append(t.since, t.firstSnapshot(i))
	t.groups.add(r.Group)
	t.pictures.add(r.Picture)
	formula := ""
	eachScalar(r.Fields, func(name string, value jsontext.Value) {
		switch name {
		case "molecular_formula":
			formula = scalarText(value)
		case "compound_id", "smiles", "image", t.Task.LabelField:
		default:
			t.addOther(name, i, value)
		}
	})
	t.formulas = append(t.formulas, formula)
}

// firstSnapshot is the number of the first snapshot with record i, 0 for none.
func (t *RecordTable) firstSnapshot(i int) int32 {
	at := sort.Search(len(t.snapshots), func(n int) bool { return t.snapshots[n].Records > i })
	if at == len(t.snapshots) {
		return 0
	}
	return int32(at + 1) //nolint:gosec // there are not that many snapshots
}

// added is when the first snapshot with record i was made.
func (t *RecordTable) added(i int) time.Time {
	if n := t.since[i]; n > 0 {
		return t.snapshots[n-1].Created
	}
	return time.Time{}
}

func (t *RecordTable) addOther(name string, i int, value jsontext.Value) {
	c := t.others[name]
	if c == nil {
		if len(t.others) == mostOthers || len(name) > mostOtherText {
			return
		}
		c = &otherColumn{}
		t.others[name] = c
	}
	if len(c.there) > i { // the name stands twice in the record
		return
	}
	for len(c.there) < i {
		c.numbers, c.texts, c.there = append(c.numbers, 0), append(c.texts, ""), append(c.there, false)
	}
	number, text := 0.0, ""
	switch value.Kind() {
	case '0':
		number, _ = strconv.ParseFloat(string(value), 64)
	case 'n':
		return
	default:
		text = scalarText(value)
		if text = text[:min(len(text), mostOtherText)]; text == "" {
			return
		}
	}
	c.numbers, c.texts, c.there = append(c.numbers, number), append(c.texts, text), append(c.there, true)
}

// eachScalar calls each for the members of an object that are no lists or
// objects. What is no object has none.
func eachScalar(object []byte, each func(name string, value jsontext.Value)) {
	d := jsontext.NewDecoder(bytes.NewBuffer(object), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return
	}
	for d.PeekKind() == '"' {
		token, err := d.ReadToken()
		if err != nil {
			return
		}
		name := token.String()
		if kind := d.PeekKind(); kind == '{' || kind == '[' {
			if d.SkipValue() != nil {
				return
			}
			continue
		}
		value, err := d.ReadValue()
		if err != nil {
			return
		}
		each(name, value)
	}
}

func scalarText(value jsontext.Value) string {
	if value.Kind() != '"' {
		return string(value)
	}
	text, err := jsontext.AppendUnquote(nil, value)
	if err != nil {
		return string(value)
	}
	return string(text)
}

// cut fills in the sides of the split.
func (t *RecordTable) cut() error {
	if len(t.sides) == len(t.ids) {
		return nil
	}
	records := make([]data.Record, len(t.ids))
	for i, id := range t.ids {
		records[i] = data.Record{ID: id, Group: t.groups.name(i)}
	}
	var err error
	t.sides, err = t.Split.Sides(records)
	return err
}
