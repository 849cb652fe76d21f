package experiments

import (
	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/models"
)

// pictureColumns are what a filter can name of a picture that was answered, and
// after it what the rows have of their own.
func pictureColumns[T any](record func(T) *data.Record, own ...filter.Column[T]) filter.Columns[T] {
	return append(filter.Columns[T]{
		{Name: "compound", Kind: filter.Number, Help: "compound id", Words: true,
			Value: func(row T) filter.Value { return filter.OfNumber(float64(record(row).CompoundID)) }},
		{Name: "truth", Also: "label", Kind: filter.Number, Help: "the label: what is right",
			Value: func(row T) filter.Value { return filter.OfNumber(float64(record(row).Label)) }},
		{Name: "smiles", Kind: filter.Text, Help: "the structure", Words: true,
			Value: func(row T) filter.Value { return filter.OfText(record(row).SMILES) }},
		{Name: "image", Kind: filter.Text, Help: "path of the picture in the folder it came from",
			Value: func(row T) filter.Value { return filter.OfText(record(row).Image) }},
	}, own...)
}

// answerColumns are what a filter can name of a run's answers on its holdout.
var answerColumns = pictureColumns(
	func(p *HoldoutPrediction) *data.Record { return &p.Record },
	filter.Column[*HoldoutPrediction]{Name: "said", Also: "predicted", Kind: filter.Number, Help: "the model's answer",
		Value: func(p *HoldoutPrediction) filter.Value { return filter.OfNumber(float64(p.Predicted)) }},
	filter.Column[*HoldoutPrediction]{Name: "sure", Also: "confidence", Kind: filter.Number, Help: "how sure the model is of its answer, 0 to 1",
		Value: func(p *HoldoutPrediction) filter.Value { return filter.OfNumber(p.Confidence) }},
)

// AnswerFields are the fields of a run's answers on its holdout that a filter
// can name.
func AnswerFields() *filter.Schema { return answerColumns.Schema("answers") }

// Columns makes it a filter.Row.
func (*HoldoutPrediction) Columns() filter.Columns[*HoldoutPrediction] { return answerColumns }

// epochAnswerColumns are what a filter can name of the answers after an epoch.
var epochAnswerColumns = pictureColumns(
	func(e *EpochAnswer) *data.Record { return &e.Record },
	filter.Column[*EpochAnswer]{Name: "said", Also: "predicted", Kind: filter.Number, Help: "the answer after the epoch",
		Value: func(e *EpochAnswer) filter.Value { return answerValue(e.Said) }},
	filter.Column[*EpochAnswer]{Name: "sure", Also: "share", Kind: filter.Number, Help: "how sure it was, 0 to 1",
		Value: func(e *EpochAnswer) filter.Value {
			if e.Said.Label < 0 {
				return filter.Value{}
			}
			return filter.OfNumber(e.Said.Share)
		}},
	filter.Column[*EpochAnswer]{Name: "before", Kind: filter.Number, Help: "the answer an epoch before",
		Value: func(e *EpochAnswer) filter.Value { return answerValue(e.Before) }},
	filter.Column[*EpochAnswer]{Name: "change", Kind: filter.Text, Help: "what became of it: newly wrong, wrong as before, now right",
		Values: []string{NewlyWrong.String(), StillWrong.String(), NewlyRight.String()}, Words: true,
		Value: func(e *EpochAnswer) filter.Value { return filter.OfText(e.Change.String()) }},
)

// answerValue is an answer's label; nothing where the training went astray, or
// where there was no answer, which nobody is sure of.
func answerValue(a models.Answer) filter.Value {
	if a.Label < 0 || a.Share == 0 {
		return filter.Value{}
	}
	return filter.OfNumber(float64(a.Label))
}

// EpochAnswerFields are the fields of the answers after an epoch that a filter
// can name.
func EpochAnswerFields() *filter.Schema { return epochAnswerColumns.Schema("answers of an epoch") }

// Columns makes it a filter.Row.
func (*EpochAnswer) Columns() filter.Columns[*EpochAnswer] { return epochAnswerColumns }

// disagreementColumns are what a filter can name of what two runs answer
// differently.
var disagreementColumns = pictureColumns(
	func(d *Disagreement) *data.Record { return &d.Record },
	filter.Column[*Disagreement]{Name: "first", Kind: filter.Number, Help: "the first run's answer",
		Value: func(d *Disagreement) filter.Value { return filter.OfNumber(float64(d.First)) }},
	filter.Column[*Disagreement]{Name: "second", Kind: filter.Number, Help: "the other run's answer",
		Value: func(d *Disagreement) filter.Value { return filter.OfNumber(float64(d.Second)) }},
	filter.Column[*Disagreement]{Name: "first_sure", Kind: filter.Number, Help: "how sure the first run is, 0 to 1",
		Value: func(d *Disagreement) filter.Value { return filter.OfNumber(d.FirstConfidence) }},
	filter.Column[*Disagreement]{Name: "second_sure", Kind: filter.Number, Help: "how sure the other run is, 0 to 1",
		Value: func(d *Disagreement) filter.Value { return filter.OfNumber(d.SecondConfidence) }},
)

// DisagreementFields are the fields of what two runs answer differently that a
// filter can name.
func DisagreementFields() *filter.Schema { return disagreementColumns.Schema("disagreements") }

// Columns makes it a filter.Row.
func (*Disagreement) Columns() filter.Columns[*Disagreement] { return disagreementColumns }
