package experiments

import (
	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/models"
)

// pictureFields are what a filter can name of a picture that was answered; each
// schema has fields of its own after them.
func pictureFields(own ...filter.Field) []filter.Field {
	return append([]filter.Field{
		{Name: "compound", Kind: filter.Number, Help: "compound id", Words: true},
		{Name: "truth", Also: "label", Kind: filter.Number, Help: "the label: what is right"},
		{Name: "smiles", Kind: filter.Text, Help: "the structure", Words: true},
		{Name: "image", Kind: filter.Text, Help: "path of the picture in the folder it came from"},
	}, own...)
}

// ownFields is where the fields of a schema's own begin.
const ownFields = 4

// pictureValue is a value of the first ownFields.
func pictureValue(r *data.Record, field int) filter.Value {
	switch field {
	case 0:
		return filter.OfNumber(float64(r.CompoundID))
	case 1:
		return filter.OfNumber(float64(r.Label))
	case 2:
		return filter.OfText(r.SMILES)
	case 3:
		return filter.OfText(r.Image)
	}
	return filter.Value{}
}

// AnswerFields are the fields of a run's answers on its holdout that a filter
// can name.
func AnswerFields() *filter.Schema {
	return &filter.Schema{Rows: "answers", Fields: pictureFields(
		filter.Field{Name: "said", Also: "predicted", Kind: filter.Number, Help: "the model's answer"},
		filter.Field{Name: "sure", Also: "confidence", Kind: filter.Number, Help: "how sure the model is of its answer, 0 to 1"},
	)}
}

// Value is the answer as a row of AnswerFields.
func (p *HoldoutPrediction) Value(field int, _ string) filter.Value {
	switch field - ownFields {
	case 0:
		return filter.OfNumber(float64(p.Predicted))
	case 1:
		return filter.OfNumber(p.Confidence)
	}
	return pictureValue(&p.Record, field)
}

// EpochAnswerFields are the fields of the answers after an epoch that a filter
// can name.
func EpochAnswerFields() *filter.Schema {
	return &filter.Schema{Rows: "answers of an epoch", Fields: pictureFields(
		filter.Field{Name: "said", Also: "predicted", Kind: filter.Number, Help: "the answer after the epoch"},
		filter.Field{Name: "sure", Also: "share", Kind: filter.Number, Help: "how sure it was, 0 to 1"},
		filter.Field{Name: "before", Kind: filter.Number, Help: "the answer an epoch before"},
		filter.Field{Name: "change", Kind: filter.Text, Help: "what became of it: newly wrong, wrong as before, now right",
			Values: []string{NewlyWrong.String(), StillWrong.String(), NewlyRight.String()}, Words: true},
	)}
}

// Value is the answer as a row of EpochAnswerFields.
func (e *EpochAnswer) Value(field int, _ string) filter.Value {
	switch field - ownFields {
	case 0:
		return answerValue(e.Said)
	case 1:
		if e.Said.Label < 0 {
			return filter.Value{}
		}
		return filter.OfNumber(e.Said.Share)
	case 2:
		return answerValue(e.Before)
	case 3:
		return filter.OfText(e.Change.String())
	}
	return pictureValue(&e.Record, field)
}

// answerValue is an answer's label; nothing where the training went astray, or
// where there was no answer, which nobody is sure of.
func answerValue(a models.Answer) filter.Value {
	if a.Label < 0 || a.Share == 0 {
		return filter.Value{}
	}
	return filter.OfNumber(float64(a.Label))
}

// DisagreementFields are the fields of what two runs answer differently that a
// filter can name.
func DisagreementFields() *filter.Schema {
	return &filter.Schema{Rows: "disagreements", Fields: pictureFields(
		filter.Field{Name: "first", Kind: filter.Number, Help: "the first run's answer"},
		filter.Field{Name: "second", Kind: filter.Number, Help: "the other run's answer"},
		filter.Field{Name: "first_sure", Kind: filter.Number, Help: "how sure the first run is, 0 to 1"},
		filter.Field{Name: "second_sure", Kind: filter.Number, Help: "how sure the other run is, 0 to 1"},
	)}
}

// Value is the disagreement as a row of DisagreementFields.
func (d *Disagreement) Value(field int, _ string) filter.Value {
	switch field - ownFields {
	case 0:
		return filter.OfNumber(float64(d.First))
	case 1:
		return filter.OfNumber(float64(d.Second))
	case 2:
		return filter.OfNumber(d.FirstConfidence)
	case 3:
		return filter.OfNumber(d.SecondConfidence)
	}
	return pictureValue(&d.Record, field)
}
