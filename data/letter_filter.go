package data

import "ringlab/data/filter"

// letterColumns are what a filter can name of dead letters.
var letterColumns = filter.Columns[*DeadLetter]{
	{Name: "id", Kind: filter.Number, Help: "number of the letter", Words: true,
		Value: func(l *DeadLetter) filter.Value { return filter.OfNumber(float64(l.ID)) }},
	{Name: "code", Kind: filter.Text, Help: "why it was refused, in one word", Words: true,
		Value: func(l *DeadLetter) filter.Value { return filter.OfText(l.Code) }},
	{Name: "reason", Kind: filter.Text, Help: "why it was refused, in a sentence", Words: true,
		Value: func(l *DeadLetter) filter.Value { return filter.OfText(l.Reason) }},
	{Name: "compound", Kind: filter.Number, Help: "compound id, where the record has one", Words: true,
		Value: func(l *DeadLetter) filter.Value {
			if l.CompoundID == nil {
				return filter.Value{}
			}
			return filter.OfNumber(float64(*l.CompoundID))
		}},
	{Name: "row", Kind: filter.Number, Help: "place in the file, from 0",
		Value: func(l *DeadLetter) filter.Value { return filter.OfNumber(float64(l.Row)) }},
	{Name: "offset", Kind: filter.Number, Help: "place in the file, in bytes",
		Value: func(l *DeadLetter) filter.Value { return filter.OfNumber(float64(l.Offset)) }},
	{Name: "file", Kind: filter.Text, Help: "the file it was read from", Words: true,
		Value: func(l *DeadLetter) filter.Value { return filter.OfText(l.Source) }},
	{Name: "state", Kind: filter.Text, Help: "what became of it", Values: []string{StateWaiting, StateIngested, StateDiscarded}, Closed: true,
		Value: func(l *DeadLetter) filter.Value { return filter.OfText(l.State) }},
	{Name: "seen", Kind: filter.Number, Help: "how often ingest has met it",
		Value: func(l *DeadLetter) filter.Value { return filter.OfNumber(float64(l.Seen)) }},
	{Name: "first", Kind: filter.Time, Help: "when it was first seen",
		Value: func(l *DeadLetter) filter.Value { return filter.OfTime(l.FirstSeen) }},
	{Name: "last", Kind: filter.Time, Help: "when it was last seen",
		Value: func(l *DeadLetter) filter.Value { return filter.OfTime(l.Time) }},
	{Name: "by", Kind: filter.Text, Help: "who settled it",
		Value: func(l *DeadLetter) filter.Value { return filter.OfName(l.SettledBy) }},
	{Name: "why", Kind: filter.Text, Help: "why it was settled",
		Value: func(l *DeadLetter) filter.Value { return filter.OfName(l.SettledWhy) }},
}

// LetterFields are the fields of dead letters that a filter can name.
func LetterFields() *filter.Schema { return letterColumns.Schema("dead letters") }

// Columns makes it a filter.Row.
func (*DeadLetter) Columns() filter.Columns[*DeadLetter] { return letterColumns }
