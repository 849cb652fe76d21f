package experiments

import (
	"maps"
	"slices"
	"strings"
	"time"

	"ringlab/data"
	"ringlab/data/filter"
)

// Fields of records, in the order of their schema.
const (
	RecordCompound = iota
	RecordLabel
	RecordPredicted
	RecordConfidence
	RecordSplit
	RecordSMILES
	RecordFormula
	RecordImage
	RecordCopies
	RecordSamePicture
	RecordGroup
	RecordSnapshot
	RecordAdded
	RecordField
)

// recordColumns are what a filter can name of records.
var recordColumns = filter.Columns[recordAt]{
	RecordCompound: {Name: "compound", Kind: filter.Number, Help: "compound id", Words: true,
		Value: func(r recordAt) filter.Value { return filter.OfNumber(float64(r.compounds[r.i])) }},
	RecordLabel: {Name: "rings", Also: "label", Kind: filter.Number, Help: "the label: what is learned",
		Value: func(r recordAt) filter.Value { return filter.OfNumber(float64(r.labels[r.i])) }},
	RecordPredicted: {Name: "predicted", Kind: filter.Number, Help: "the model's answer, for records of its holdout",
		Value: func(r recordAt) filter.Value {
			if a, ok := r.answers[r.ids[r.i]]; ok {
				return filter.OfNumber(float64(a.predicted))
			}
			return filter.Value{}
		}},
	RecordConfidence: {Name: "confidence", Kind: filter.Number, Help: "how sure the model is of its answer, 0 to 1",
		Value: func(r recordAt) filter.Value {
			if a, ok := r.answers[r.ids[r.i]]; ok {
				return filter.OfNumber(a.confidence)
			}
			return filter.Value{}
		}},
	RecordSplit: {Name: "split", Kind: filter.Text, Help: "side of the split, the model's or hash",
		Values: []string{string(data.SideTrain), string(data.SideValidation), string(data.SideHoldout)}, Closed: true,
		Value: func(r recordAt) filter.Value {
			_, side := r.LabelSide(r.i)
			return filter.OfName(string(side))
		}},
	RecordSMILES: {Name: "smiles", Kind: filter.Text, Help: "the structure", Words: true,
		Value: func(r recordAt) filter.Value { return filter.OfName(r.smiles[r.i]) }},
	RecordFormula: {Name: "formula", Kind: filter.Text, Help: "the molecular formula", Words: true,
		Value: func(r recordAt) filter.Value { return filter.OfName(r.formulas[r.i]) }},
	RecordImage: {Name: "image", Kind: filter.Text, Help: "path of the picture in the folder it came from",
		Value: func(r recordAt) filter.Value { return filter.OfName(r.images[r.i]) }},
	RecordCopies: {Name: "copies", Kind: filter.Number, Help: "records in its group: of the same graph, or with the same picture; itself counts",
		Value: func(r recordAt) filter.Value { return filter.OfNumber(float64(r.groups.size(r.i))) }},
	RecordSamePicture: {Name: "same_picture", Kind: filter.Number, Help: "records with the very same picture; itself counts",
		Value: func(r recordAt) filter.Value { return filter.OfNumber(float64(r.pictures.size(r.i))) }},
	RecordGroup: {Name: "group", Kind: filter.Text, Help: "name of its group, a hash",
		Value: func(r recordAt) filter.Value { return filter.OfName(r.groups.name(r.i)) }},
	RecordSnapshot: {Name: "snapshot", Kind: filter.Number, Help: "number of the first snapshot with it; 1 is the oldest",
		Value: func(r recordAt) filter.Value { return filter.OfNumber(float64(r.since[r.i])) }},
	RecordAdded: {Name: "added", Kind: filter.Time, Help: "when the first snapshot with it was made",
		Value: func(r recordAt) filter.Value { return filter.OfTime(r.added(r.i)) }},
	RecordField: {Name: "field", Kind: filter.Any, Help: "a field of the record as it came, after a point",
		Keyed: func(r recordAt, key string) filter.Value { return r.other(r.i, key) }},
}

// RecordFields are the fields of records that a filter can name. The label is
// called as the task calls it, where a filter can write that.
func RecordFields(task data.Task) *filter.Schema {
	s := recordColumns.Schema("records")
	if name := strings.ToLower(task.LabelName); name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == "" {
		s.Fields[RecordLabel].Name = name
	}
	return s
}

// Fields are the table's: RecordFields with the names of the records' own.
func (t *RecordTable) Fields() *filter.Schema {
	s := RecordFields(t.Task)
	s.Fields[RecordField].Values = slices.Sorted(maps.Keys(t.others))
	return s
}

// RecordRow is a record as it is listed.
type RecordRow struct {
	ID          int64
	Compound    int64
	Label       int
	SMILES      string
	Formula     string
	Image       string
	Picture     string // as in data.Record
	Group       string
	Copies      int
	SamePicture int
	Side        data.Side // "" before all records are there
	Snapshot    int       // number of the first snapshot with it, from 1
	Added       time.Time
	Answered    bool // Predicted and Confidence are the model's
	Predicted   int
	Confidence  float64
}

// Len is how many records are there so far.
func (t *RecordTable) Len() int { return len(t.ids) }

// Row is record i, 0 to Len-1.
func (t *RecordTable) Row(i int) RecordRow {
	row := RecordRow{
		ID: t.ids[i], Compound: t.compounds[i], Label: int(t.labels[i]), SMILES: t.smiles[i], Formula: t.formulas[i], Image: t.images[i],
		Picture: t.pictures.name(i), Group: t.groups.name(i), Copies: t.groups.size(i), SamePicture: t.pictures.size(i),
		Snapshot: int(t.since[i]), Added: t.added(i),
	}
	_, row.Side = t.LabelSide(i)
	if a, ok := t.answers[row.ID]; ok {
		row.Answered, row.Predicted, row.Confidence = true, a.predicted, a.confidence
	}
	return row
}

// At is record i as a row of Fields.
func (t *RecordTable) At(i int) recordAt { return recordAt{t, i} }

// recordAt is a record of a table as a filter.Row.
type recordAt struct {
	*RecordTable
	i int
}

// Columns makes it a filter.Row.
func (recordAt) Columns() filter.Columns[recordAt] { return recordColumns }

func (t *RecordTable) other(i int, key string) filter.Value {
	c := t.others[key]
	if c == nil || i >= len(c.there) || !c.there[i] {
		return filter.Value{}
	}
	if text := c.texts[i]; text != "" {
		return filter.OfText(text)
	}
	return filter.OfNumber(c.numbers[i])
}

// LabelSide is the label of record i and its side of the split, "" for none.
func (t *RecordTable) LabelSide(i int) (label int, side data.Side) {
	if i < len(t.sides) {
		side = t.sides[i]
	}
	return int(t.labels[i]), side
}
