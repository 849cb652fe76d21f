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

// RecordFields are the fields of records that a filter can name. The label is
// called as the task calls it.
func RecordFields(task data.Task) *filter.Schema {
	name := strings.ToLower(task.LabelName)
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" || name == "" {
		name = "rings"
	}
	sides := []string{string(data.SideTrain), string(data.SideValidation), string(data.SideHoldout)}
	return &filter.Schema{Rows: "records", Fields: []filter.Field{
		RecordCompound:    {Name: "compound", Kind: filter.Number, Help: "compound id", Words: true},
		RecordLabel:       {Name: name, Also: "label", Kind: filter.Number, Help: "the label: what is learned"},
		RecordPredicted:   {Name: "predicted", Kind: filter.Number, Help: "the model's answer, for records of its holdout"},
		RecordConfidence:  {Name: "confidence", Kind: filter.Number, Help: "how sure the model is of its answer, 0 to 1"},
		RecordSplit:       {Name: "split", Kind: filter.Text, Help: "side of the split, the model's or hash", Values: sides, Closed: true},
		RecordSMILES:      {Name: "smiles", Kind: filter.Text, Help: "the structure", Words: true},
		RecordFormula:     {Name: "formula", Kind: filter.Text, Help: "the molecular formula", Words: true},
		RecordImage:       {Name: "image", Kind: filter.Text, Help: "path of the picture in the folder it came from"},
		RecordCopies:      {Name: "copies", Kind: filter.Number, Help: "records in its group: of the same graph, or with the same picture; itself counts"},
		RecordSamePicture: {Name: "same_picture", Kind: filter.Number, Help: "records with the very same picture; itself counts"},
		RecordGroup:       {Name: "group", Kind: filter.Text, Help: "name of its group, a hash"},
		RecordSnapshot:    {Name: "snapshot", Kind: filter.Number, Help: "number of the first snapshot with it; 1 is the oldest"},
		RecordAdded:       {Name: "added", Kind: filter.Time, Help: "when the first snapshot with it was made"},
		RecordField:       {Name: "field", Kind: filter.Any, Help: "a field of the record as it came, after a point", Keyed: true},
	}}
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
		Picture: t.pictures.names[t.pictures.of[i]], Group: t.groups.names[t.groups.of[i]],
		Copies: max(int(t.groups.sizes[t.groups.of[i]]), 1), SamePicture: max(int(t.pictures.sizes[t.pictures.of[i]]), 1),
		Snapshot: int(t.since[i]), Added: t.added(i),
	}
	if i < len(t.sides) {
		row.Side = t.sides[i]
	}
	if a, ok := t.answers[row.ID]; ok {
		row.Answered, row.Predicted, row.Confidence = true, a.predicted, a.confidence
	}
	return row
}

// Cursor reads the table as rows of Fields.
func (t *RecordTable) Cursor() filter.Cursor { return &recordCursor{table: t} }

type recordCursor struct {
	table *RecordTable
	i     int
}

func (c *recordCursor) Seek(i int) { c.i = i }

func (c *recordCursor) Value(field int, key string) filter.Value {
	t, i := c.table, c.i
	switch field {
	case RecordCompound:
		return filter.OfNumber(float64(t.compounds[i]))
	case RecordLabel:
		return filter.OfNumber(float64(t.labels[i]))
	case RecordPredicted:
		if a, ok := t.answers[t.ids[i]]; ok {
			return filter.OfNumber(float64(a.predicted))
		}
	case RecordConfidence:
		if a, ok := t.answers[t.ids[i]]; ok {
			return filter.OfNumber(a.confidence)
		}
	case RecordSplit:
		if i < len(t.sides) {
			return filter.OfName(string(t.sides[i]))
		}
	case RecordSMILES:
		return filter.OfName(t.smiles[i])
	case RecordFormula:
		return filter.OfName(t.formulas[i])
	case RecordImage:
		return filter.OfName(t.images[i])
	case RecordCopies:
		return filter.OfNumber(float64(max(t.groups.sizes[t.groups.of[i]], 1)))
	case RecordSamePicture:
		return filter.OfNumber(float64(max(t.pictures.sizes[t.pictures.of[i]], 1)))
	case RecordGroup:
		return filter.OfName(t.groups.names[t.groups.of[i]])
	case RecordSnapshot:
		return filter.OfNumber(float64(t.since[i]))
	case RecordAdded:
		return filter.OfTime(t.added(i))
	case RecordField:
		return t.other(i, key)
	}
	return filter.Value{}
}

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
