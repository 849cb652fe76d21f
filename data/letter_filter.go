package data

import "ringlab/data/filter"

// LetterState is the place of the field state in LetterFields.
const LetterState = 7

// LetterFields are the fields of dead letters that a filter can name.
func LetterFields() *filter.Schema {
	return &filter.Schema{Rows: "dead letters", Fields: []filter.Field{
		{Name: "id", Kind: filter.Number, Help: "number of the letter", Words: true},
		{Name: "code", Kind: filter.Text, Help: "why it was refused, in one word", Words: true},
		{Name: "reason", Kind: filter.Text, Help: "why it was refused, in a sentence", Words: true},
		{Name: "compound", Kind: filter.Number, Help: "compound id, where the record has one", Words: true},
		{Name: "row", Kind: filter.Number, Help: "place in the file, from 0"},
		{Name: "offset", Kind: filter.Number, Help: "place in the file, in bytes"},
		{Name: "file", Kind: filter.Text, Help: "the file it was read from", Words: true},
		{Name: "state", Kind: filter.Text, Help: "what became of it", Values: []string{StateWaiting, StateIngested, StateDiscarded}, Closed: true},
		{Name: "seen", Kind: filter.Number, Help: "how often ingest has met it"},
		{Name: "first", Kind: filter.Time, Help: "when it was first seen"},
		{Name: "last", Kind: filter.Time, Help: "when it was last seen"},
		{Name: "by", Kind: filter.Text, Help: "who settled it"},
		{Name: "why", Kind: filter.Text, Help: "why it was settled"},
	}}
}

// Value is the letter as a row of LetterFields.
func (l *DeadLetter) Value(field int, _ string) filter.Value {
	switch field {
	case 0:
		return filter.OfNumber(float64(l.ID))
	case 1:
		return filter.OfText(l.Code)
	case 2:
		return filter.OfText(l.Reason)
	case 3:
		if l.CompoundID == nil {
			return filter.Value{}
		}
		return filter.OfNumber(float64(*l.CompoundID))
	case 4:
		return filter.OfNumber(float64(l.Row))
	case 5:
		return filter.OfNumber(float64(l.Offset))
	case 6:
		return filter.OfText(l.Source)
	case LetterState:
		return filter.OfText(l.State)
	case 8:
		return filter.OfNumber(float64(l.Seen))
	case 9:
		return filter.OfTime(l.FirstSeen)
	case 10:
		return filter.OfTime(l.Time)
	case 11:
		return filter.OfName(l.SettledBy)
	case 12:
		return filter.OfName(l.SettledWhy)
	}
	return filter.Value{}
}
