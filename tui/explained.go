package tui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	pixels "ringlab/data/picture"
	"ringlab/models"
	"ringlab/tui/picture"
)

// explanation is what a model answered one picture from, drawn and in words.
type explanation struct {
	title  string
	tinted *pixels.Picture // in the size that the model reads, for half blocks
	plain  *pixels.Picture // the same without colours
	marks  []picture.Mark  // for both
	drawn  *pixels.Picture // with its marks, for terminals that draw pictures
	words  []string
}

// blocks is the explanation in half blocks, its marks in reverse video.
func (e *explanation) blocks(columns, rows int, ink picture.Ink) []string {
	p := e.tinted
	if ink == picture.Mono {
		p = e.plain
	}
	return picture.Marked(p, columns, rows, ink, e.marks)
}

// explainPart is what of an explanation is shown.
type explainPart int

const (
	explainNothing explainPart = iota
	explainRegions             // what trees counted
	explainMap                 // where a network looked
)

// explainKey names an explanation.
type explainKey struct {
	record int64
	part   explainPart
}

// keptExplanations are at most two megabytes each.
const keptExplanations = 8

// beforeMap is how long the cursor rests before a network is asked: that takes
// all cores but one for seconds, which whoever holds a key down would notice.
const beforeMap = 200 * time.Millisecond

// explainer asks a run's model why it answered so. One question is under way
// at a time, because a network is asked some hundred times for one map; one
// that nobody waits for any longer is abandoned, and what is on screen by then
// is asked for.
type explainer struct {
	shell   *shell
	run     string
	part    explainPart
	model   loadedModel
	request int // under way, 0 for none
	asked   explainKey
	leave   func()               // ends what is under way
	lacks   map[explainPart]bool // what this model cannot say
	failed  explainKey           // not asked for again by itself
	known   map[explainKey]*explanation
	order   []explainKey // of known, the oldest first
}

// explainedMsg answers why. There is no explanation where the model has no such
// part, and where it was abandoned.
type explainedMsg struct {
	request     int
	model       loadedModel
	explanation *explanation
}

func newExplainer(s *shell) explainer {
	return explainer{shell: s, lacks: map[explainPart]bool{}, known: map[explainKey]*explanation{}}
}

// next shows the next part that the model has, or the picture again.
func (x *explainer) next() {
	x.failed = explainKey{}
	for x.part = (x.part + 1) % (explainMap + 1); x.lacks[x.part]; {
		x.part = (x.part + 1) % (explainMap + 1)
	}
}

// of is the explanation of a record in the part that is shown. If it is not
// known it is nil and is asked for, at once or when what is under way has ended.
func (x *explainer) of(r data.Record) (*explanation, tea.Cmd) {
	key := explainKey{r.ID, x.part}
	over := x.known[key]
	missing := over == nil && key.part != explainNothing && key != x.failed
	if x.request != 0 {
		if !missing || key != x.asked {
			x.leave()
		}
		return over, nil
	}
	if !missing {
		return over, nil
	}
	x.asked = key
	var cmd tea.Cmd
	x.request, x.leave, cmd = x.shell.askLong(explainRecord(x.shell.session.Stores, x.run, r, x.part, x.model))
	return nil, cmd
}

// take keeps an answer; it is true if what is shown may change by it.
func (x *explainer) take(m explainedMsg) bool {
	if m.request != x.request {
		return false
	}
	x.leave()
	x.request, x.model = 0, m.model
	for part, wanted := range partsOfExplanations() {
		x.lacks[part] = m.model.model.Explains()&wanted == 0
	}
	switch {
	case m.explanation != nil:
		x.keep(m.explanation)
	case x.lacks[x.part]:
		x.next()
		if x.part == explainNothing {
			x.shell.say("This model has no explanation to draw.")
		}
	}
	return true
}

func (x *explainer) keep(e *explanation) {
	x.known[x.asked] = e
	if x.order = append(x.order, x.asked); len(x.order) > keptExplanations {
		delete(x.known, x.order[0])
		x.order = x.order[1:]
	}
}

// fail hears of a failure; it is true if what is shown may change by it.
func (x *explainer) fail(m failedMsg) bool {
	if m.request != x.request || x.request == 0 {
		return false
	}
	x.leave()
	x.request, x.failed = 0, x.asked
	return true
}

// view is the explanation in words, at most height lines.
func (x *explainer) view(th theme, r data.Record, over *explanation, width, height int) []string {
	switch {
	case over != nil:
		lines := wrap(strings.Join(append([]string{over.title}, over.words...), "\n"), width, height)
		if len(lines) > 0 {
			lines[0] = th.title.Render(lines[0])
		}
		return lines
	case x.failed == explainKey{r.ID, x.part}:
		return wrap("It could not be explained: ! shows why.", width, height)
	case x.part == explainMap:
		return wrap("covering the drawing square by square, and asking the network each time …", width, height)
	}
	return wrap("asking the model why …", width, height)
}

// partsOfExplanations are the parts as the models call them.
func partsOfExplanations() map[explainPart]models.Parts {
	return map[explainPart]models.Parts{explainRegions: models.WithRegions, explainMap: models.WithMap}
}

// explainRecord asks a run's model what it answered a record's picture from.
func explainRecord(stores Stores, run string, r data.Record, part explainPart, known loadedModel) question {
	const doing = "explain the answer"
	return func(ctx context.Context, request int) tea.Msg {
		if known.model == nil {
			ref, err := stores.Experiments.Resolve(ctx, run)
			if err != nil {
				return failedMsg{request, doing, err}
			}
			model, _, err := ref.Load()
			if err != nil {
				return failedMsg{request, doing, err}
			}
			known = loadedModel{run, model}
		}
		if part == explainMap {
			rest(ctx, beforeMap)
		}
		e, err := explain(ctx, stores.Data, known.model, r, part)
		switch {
		case errors.Is(err, models.ErrNoExplanation), errors.Is(err, context.Canceled):
			return explainedMsg{request: request, model: known}
		case err != nil:
			return failedMsg{request, doing, err}
		}
		return explainedMsg{request, known, e}
	}
}

func explain(ctx context.Context, store *data.Store, model *models.Model, r data.Record, part explainPart) (*explanation, error) {
	p, err := store.Picture(ctx, r)
	if err != nil {
		return nil, err
	}
	e, err := model.Explain(ctx, p, partsOfExplanations()[part])
	if err != nil {
		return nil, err
	}
	return drawExplanation(e)
}

// drawExplanation makes pictures and words of an explanation of one part.
func drawExplanation(e models.Explanation) (*explanation, error) {
	drawn, err := e.Bare()
	if err != nil {
		return nil, err
	}
	x := &explanation{plain: e.Drawing, drawn: drawn}
	var marks []models.Mark
	if r := e.Regions; r != nil {
		x.title, x.tinted, marks, x.words = "What the trees counted", r.Tinted(e.Drawing), r.Marks(), r.Words(e.Prediction.Label)
	} else {
		m := e.Map
		x.title, x.tinted, marks, x.words = "Where the network looked", m.Tinted(e.Drawing), m.Marks(), m.Words()
	}
	for _, m := range marks {
		x.marks = append(x.marks, picture.Mark(m))
	}
	return x, nil
}
