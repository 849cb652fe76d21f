package tui

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// mistakeList shows answers of a run on its holdout, surest first, each with
// its picture: the wrong ones, or those of one cell of the confusion matrix.
type mistakeList struct {
	shell         *shell
	width, height int
	table         table
	answers       sifted[experiments.HoldoutPrediction, *experiments.HoldoutPrediction] // surest first
	cell          *matrixCell                                                           // nil: all wrong ones
	loaded        bool
	request       int
	preview       preview
	explainer     explainer
}

func newMistakeList(s *shell) mistakeList {
	l := mistakeList{shell: s, explainer: newExplainer(s), table: table{columns: []column{
		{title: "compound", width: 10, right: true},
		{title: "truth", width: 5, right: true},
		{title: "said", width: 5, right: true},
		{title: "sure", width: 5, right: true},
		{title: "SMILES", width: 10, grow: true, drop: 1},
	}}}
	l.answers.bar.schema = experiments.AnswerFields()
	return l
}

func (l *mistakeList) load(run string) tea.Cmd {
	var cmd tea.Cmd
	l.explainer.run = run
	l.request, cmd = l.shell.ask(loadMistakes(l.shell.session.Experiments, run))
	return cmd
}

func (l *mistakeList) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case mistakesLoadedMsg:
		if msg.request != l.request {
			return nil
		}
		l.loaded, l.answers.all = true, msg.answers
		return l.only(l.cell)
	case pictureLoadedMsg:
		l.preview.show(msg, l.shell)
	case repaintMsg:
		l.preview.repaint(l.shell)
	case explainedMsg:
		if l.explainer.take(msg) {
			return l.explain()
		}
	case failedMsg:
		if l.explainer.fail(msg) {
			return l.explain()
		}
	}
	return nil
}

// only shows the answers of one cell, or all wrong ones.
func (l *mistakeList) only(cell *matrixCell) tea.Cmd {
	l.cell = cell
	l.answers.keep = func(p *experiments.HoldoutPrediction) bool {
		if cell == nil {
			return p.Predicted != p.Record.Label
		}
		return cell.holds(*p)
	}
	l.answers.bar.typing = false
	l.answers.bar.set("", l.shell.now)
	l.answers.sift()
	return l.list()
}

// list shows other answers, from the first.
func (l *mistakeList) list() tea.Cmd {
	l.layout()
	l.table.setCount(len(l.answers.shown))
	l.table.act(actFirst)
	return l.look()
}

func (l *mistakeList) typed(msg tea.Msg) tea.Cmd {
	if !l.answers.typed(msg, l.shell.now) {
		return nil
	}
	return l.list()
}

// wrong counts the wrong answers.
func (l *mistakeList) wrong() (n int) {
	for _, p := range l.answers.all {
		if p.Predicted != p.Record.Label {
			n++
		}
	}
	return n
}

func (l *mistakeList) act(a action) tea.Cmd {
	if changed, done := l.answers.filters(l.shell.theme, a, l.shell.now); changed {
		return l.list()
	} else if done {
		l.layout()
		return nil
	}
	if a == actExplain {
		l.explainer.next()
		return l.explain()
	}
	if !l.table.act(a) {
		return nil
	}
	return l.look()
}

// explain covers the picture under the cursor with its explanation, and asks
// for it if it is not known.
func (l *mistakeList) explain() tea.Cmd {
	if l.table.cursor >= len(l.answers.shown) {
		return nil
	}
	over, cmd := l.explainer.of(l.answers.shown[l.table.cursor].Record)
	l.preview.cover(over)
	return cmd
}

func (l *mistakeList) look() tea.Cmd {
	if l.table.cursor >= len(l.answers.shown) {
		return nil
	}
	record := l.answers.shown[l.table.cursor].Record
	key := strconv.FormatInt(record.ID, 10) + record.Picture
	if key == l.preview.of {
		return nil
	}
	request, cmd := l.shell.ask(loadPicture(l.shell.session.Data, record))
	l.preview.want(key, request)
	return tea.Batch(cmd, l.explain())
}

func (l *mistakeList) sideWidth() int { return min(max(l.width/2, 28), 80) }

func (l *mistakeList) resize(width, height int) {
	l.width, l.height = width, height
	l.layout()
	l.preview.resize(l.sideWidth(), max(height-9, 5))
}

// layout leaves room for what stands over the table.
func (l *mistakeList) layout() { l.table.resize(l.height - l.headHeight()) }

// headHeight is the line that names the cell, and the filter.
func (l *mistakeList) headHeight() int {
	height := l.answers.bar.height()
	if l.cell != nil {
		height++
	}
	return height
}

func (l *mistakeList) view() []string {
	th := l.shell.theme
	switch {
	case !l.loaded:
		return []string{th.dim.Render("The answers on the holdout are there when training has finished.")}
	case l.answers.bar.open():
	case l.cell != nil && len(l.answers.shown) == 0:
		return []string{th.dim.Render(l.cell.title() + ": none. esc goes back to the matrix.")}
	case len(l.answers.shown) == 0:
		return []string{th.good.Render("✓ Every record of the holdout was answered right.")}
	}
	height, head := l.height, []string(nil)
	if l.cell != nil {
		head = []string{pad(th.strong.Render(l.cell.title())+th.dim.Render(": "+plural(len(l.answers.shown), "record")+", esc goes back to the matrix"), l.width)}
	}
	head = append(head, l.answers.bar.head(th, l.width)...)
	height -= len(head)
	if len(l.answers.shown) == 0 {
		return append(head, th.nothingMatches()...)
	}
	left := l.width - l.sideWidth() - 3
	list := l.table.view(th, left, func(i int) []cell {
		w := l.answers.shown[i]
		said := th.bad
		if w.Predicted == w.Record.Label {
			said = th.good
		}
		return []cell{
			{strconv.FormatInt(w.Record.CompoundID, 10), th.plain},
			{strconv.Itoa(w.Record.Label), th.good},
			{strconv.Itoa(w.Predicted), said},
			{fmt.Sprintf("%.0f %%", w.Confidence*100), th.plain},
			{w.Record.SMILES, th.dim},
		}
	})
	side := slices.Concat(l.preview.view(th), []string{""}, l.answer(l.sideWidth()))
	if l.explainer.part != explainNothing { // the words are long: right under the picture
		side = append(l.preview.lines(th), "")
		side = append(side, l.explainer.view(th, l.answers.shown[l.table.cursor].Record, l.preview.over, l.sideWidth(), height-len(side))...)
	}
	return append(head, th.beside(list, side, left, l.width, height)...)
}

// answer draws the probabilities, most likely first.
func (l *mistakeList) answer(width int) []string {
	th, w := l.shell.theme, l.answers.shown[l.table.cursor]
	labels := make([]int, 0, len(w.Probabilities))
	for label := range w.Probabilities {
		labels = append(labels, label)
	}
	slices.SortFunc(labels, func(a, b int) int {
		if pa, pb := w.Probabilities[a], w.Probabilities[b]; pa != pb {
			if pa > pb {
				return -1
			}
			return 1
		}
		return a - b
	})
	labels = labels[:min(len(labels), 6)]
	if !slices.Contains(labels, w.Record.Label) { // also a label that was never learned
		labels = append(labels, w.Record.Label)
	}
	var lines []string
	for _, label := range labels {
		p := w.Probabilities[label]
		note, style := "", th.dim
		switch label {
		case w.Record.Label:
			note, style = "truth", th.good
		case w.Predicted:
			note, style = "said", th.bad
		}
		lines = append(lines, fitRight(strconv.Itoa(label), 3)+"  "+th.bar(p, max(width-22, 4), style)+
			fitRight(fmt.Sprintf("%.1f %%", p*100), 8)+"  "+style.Render(note))
	}
	return lines
}
