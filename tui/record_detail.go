package tui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"ringlab/experiments"
	"ringlab/models"
)

// recordDetail is what is known of the record under the cursor beyond the
// table: its own fields, and what the model in production says of its picture.
type recordDetail struct {
	id         int64
	fields     []pair
	raw        []byte      // the record as it came
	asked      int         // the question to the model under way, 0 for none
	model      loadedModel // the last one asked
	prediction models.Prediction
	answered   bool // prediction is of this record
	silent     bool // nothing is in production
}

// want says that another record is under the cursor.
func (d *recordDetail) want(id int64) {
	*d = recordDetail{id: id, model: d.model}
}

func (d *recordDetail) take(m recordLoadedMsg) { d.id, d.fields, d.raw = m.id, m.fields, m.raw }

// wants tells whether the model is to be asked.
func (d *recordDetail) wants() bool { return d.asked == 0 && !d.answered && !d.silent }

func (d *recordDetail) answer(m answeredMsg) {
	if m.request != d.asked || m.id != d.id {
		return
	}
	d.asked = 0
	if m.model.name == "" {
		d.silent = true
		return
	}
	d.answered, d.model, d.prediction = true, m.model, m.prediction
}

// of are the record's own fields, once they are there.
func (d *recordDetail) of(id int64) []pair {
	if d.id != id {
		return nil
	}
	return d.fields
}

// view is the model's answer: each likely label with its share.
func (d *recordDetail) view(th theme, row experiments.RecordRow, width int) []string {
	switch {
	case d.silent:
		return []string{th.dim.Render("No model is in production to ask."), ""}
	case !d.answered:
		return []string{th.dim.Render("asking the model in production …"), ""}
	}
	p := d.prediction
	title := fmt.Sprintf("%s says %d", clean(d.model.name), p.Label)
	lines := []string{th.heading(title, width)}
	verdict, style := fmt.Sprintf("✓ right: the label is %d", row.Label), th.good
	if p.Label != row.Label {
		verdict, style = fmt.Sprintf("✗ wrong: the label is %d", row.Label), th.bad
	}
	lines = append(lines, style.Render(verdict))
	if p.Unlike {
		lines = append(lines, th.warn.Render("The picture is unlike those it learned from."))
	}
	labels := slices.SortedFunc(maps.Keys(p.Probabilities), func(a, b int) int {
		return cmp.Or(cmp.Compare(p.Probabilities[b], p.Probabilities[a]), cmp.Compare(a, b))
	})
	const likely, most = .005, 4
	for i, label := range labels {
		share := p.Probabilities[label]
		if i >= most || i > 0 && share < likely {
			break
		}
		bar := th.dim
		if label == p.Label {
			bar = th.accent
		}
		lines = append(lines, fmt.Sprintf("  %3d  ", label)+th.bar(share, max(width-16, 4), bar)+fitRight(fmt.Sprintf("%.1f %%", 100*share), 9))
	}
	return append(lines, "")
}
