package tui

import (
	"context"
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// pairView compares two runs answer by answer: how their confusion differs, and
// the records for which they answer differently, each with its picture.
type pairView struct {
	shell         *shell
	width, height int
	request       int
	asked         bool
	loaded        bool
	failed        bool
	pair          experiments.Pairing
	differing     sifted[experiments.Disagreement, *experiments.Disagreement] // of pair
	table         table
	preview       preview
}

// pairedMsg holds the answers of two runs.
type pairedMsg struct {
	request int
	pair    experiments.Pairing
}

func newPairView(s *shell) pairView {
	v := pairView{shell: s, table: table{columns: []column{
		{title: "compound", width: 10, right: true},
		{title: "truth", width: 5, right: true},
		{title: "first", width: 7, right: true},
		{title: "second", width: 7, right: true},
		{title: "SMILES", width: 10, grow: true, drop: 1},
	}}}
	v.differing.bar.schema = experiments.DisagreementFields()
	return v
}

func (v *pairView) load(first, second string) tea.Cmd {
	v.asked = true
	v.table.columns[2].title, v.table.columns[3].title = "run "+first, "run "+second
	store := v.shell.session.Experiments
	var cmd tea.Cmd
	v.request, cmd = v.shell.ask(func(ctx context.Context, request int) tea.Msg {
		pair, err := store.Pair(ctx, first, second)
		if err != nil {
			return failedMsg{request, "compare answers", err}
		}
		return pairedMsg{request, pair}
	})
	return cmd
}

func (v *pairView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case pairedMsg:
		if msg.request == v.request {
			v.loaded, v.pair = true, msg.pair
			v.differing.give(msg.pair.Disagreements)
			return v.list()
		}
	case pictureLoadedMsg:
		v.preview.show(msg, v.shell)
	case repaintMsg:
		v.preview.repaint(v.shell)
	case failedMsg:
		v.failed = v.failed || v.asked && msg.request == v.request
	}
	return nil
}

// list shows other disagreements, from the first.
func (v *pairView) list() tea.Cmd {
	v.layout()
	v.table.cursor = 0
	v.table.setCount(len(v.differing.shown))
	return v.look()
}

func (v *pairView) typed(msg tea.Msg) tea.Cmd {
	if !v.differing.typed(msg, v.shell.now) {
		return nil
	}
	return v.list()
}

func (v *pairView) act(a action) tea.Cmd {
	if changed, done := v.differing.filters(v.shell.theme, a, v.shell.now); changed {
		return v.list()
	} else if done {
		v.layout()
		return nil
	}
	if v.table.act(a) {
		return v.look()
	}
	return nil
}

// look asks for the picture under the cursor.
func (v *pairView) look() tea.Cmd {
	if v.table.cursor >= len(v.differing.shown) {
		return nil
	}
	record := v.differing.shown[v.table.cursor].Record
	key := strconv.FormatInt(record.ID, 10)
	if key == v.preview.of {
		return nil
	}
	request, cmd := v.shell.ask(loadPicture(v.shell.session.Data, record))
	v.preview.want(key, request)
	return cmd
}

// pairColumns is the room of a record and both answers: without one of them
// there is no disagreement to see, so the picture gives way first.
const pairColumns = 38

func (v *pairView) sideWidth() int {
	return min(max(v.width*2/5, 24), 80, max(v.width-pairColumns-3, 12))
}

func (v *pairView) resize(width, height int) {
	v.width, v.height = width, height
	v.layout()
	v.preview.resize(v.sideWidth(), max(height-3, 3))
}

// layout leaves room for what stands over the table.
func (v *pairView) layout() { v.table.resize(v.height - 2 - v.differing.bar.height()) }

// state says why there is nothing to show yet, "" if there is.
func (v *pairView) state() string {
	switch {
	case v.failed:
		return "These two could not be compared; esc goes back."
	case !v.loaded:
		return "comparing answers …"
	case v.pair.Shared == 0:
		return "They were judged on no record in common."
	}
	return ""
}

// note counts the disagreements, over their table.
func (v *pairView) note(first, second string) []string {
	onlyFirst, onlySecond := 0, 0
	for _, d := range v.pair.Disagreements {
		switch {
		case d.OnlyFirst():
			onlyFirst++
		case d.OnlySecond():
			onlySecond++
		}
	}
	note := fmt.Sprintf("%s of %s records: only run %s is right in %d, only run %s in %d", plural(len(v.pair.Disagreements), "disagreement"),
		thousands(v.pair.Shared), clean(first), onlyFirst, clean(second), onlySecond)
	return wrap(note, v.width, 3)
}

func (v *pairView) viewDisagreements(first, second string) []string {
	th := v.shell.theme
	if why := v.state(); why != "" {
		return []string{th.dim.Render(why)}
	}
	lines := styled(th.dim, v.note(first, second))
	if len(v.pair.Disagreements) == 0 {
		return []string{th.dim.Render(fmt.Sprintf("Both give the same answers on all %s.", plural(v.pair.Shared, "record")))}
	}
	if lines = append(lines, v.differing.bar.head(th, v.width)...); len(v.differing.shown) == 0 {
		return append(lines, th.nothingMatches()...)
	}
	left := v.width - v.sideWidth() - 3
	list := v.table.view(th, left, func(i int) []cell {
		d := v.differing.shown[i]
		return []cell{
			{strconv.FormatInt(d.Record.CompoundID, 10), th.plain}, {strconv.Itoa(d.Record.Label), th.strong},
			th.answerCell(d.First, d.OnlyFirst()), th.answerCell(d.Second, d.OnlySecond()), {d.Record.SMILES, th.dim},
		}
	})
	side := v.preview.view(th)
	if v.table.cursor < len(v.differing.shown) {
		d := v.differing.shown[v.table.cursor]
		side = append(side, th.dim.Render(fmt.Sprintf("run %s: %d, sure to %.0f %%", clean(first), d.First, 100*d.FirstConfidence)),
			th.dim.Render(fmt.Sprintf("run %s: %d, sure to %.0f %%", clean(second), d.Second, 100*d.SecondConfidence)))
	}
	return append(lines, th.beside(list, side, left, v.width, v.height-len(lines))...)
}

// answerCell is an answer with a mark for right or wrong.
func (t theme) answerCell(said int, right bool) cell {
	if right {
		return cell{"✓ " + strconv.Itoa(said), t.good}
	}
	return cell{"✗ " + strconv.Itoa(said), t.bad}
}

// confusionLines are the second run's confusion minus the first's, by truth
// and answer: on the diagonal more is better, beside it less is.
func (v *pairView) confusionLines(first, second string, width int) []string {
	th := v.shell.theme
	if why := v.state(); why != "" {
		return []string{th.dim.Render(why)}
	}
	lines := append(styled(th.dim, wrap(fmt.Sprintf("Answers of run %s, and how many more or fewer run %s gives, on %s shared records.",
		clean(first), clean(second), thousands(v.pair.Shared)), width, 3)), "")
	const cells = 11
	head := th.dim.Render(fitRight("truth", 7))
	fits := min(len(v.pair.Labels), max((width-8)/cells, 1))
	for _, label := range v.pair.Labels[:fits] {
		head += th.dim.Render(fitRight("said "+strconv.Itoa(label), cells))
	}
	lines = append(lines, head)
	for i, label := range v.pair.Labels {
		line := th.strong.Render(fitRight(strconv.Itoa(label), 7))
		for j := range v.pair.Labels[:fits] {
			line += v.confusionCell(i, j, cells)
		}
		lines = append(lines, line)
	}
	return append(lines, "", "  "+th.good.Render("✓ better")+"   "+th.bad.Render("✗ worse")+"   "+th.dim.Render("· none"))
}

func (v *pairView) confusionCell(i, j, width int) string {
	th := v.shell.theme
	a, b := v.pair.First[i][j], v.pair.Second[i][j]
	count := "·"
	if a > 0 || b > 0 {
		count = strconv.Itoa(a)
	}
	difference, style := "", th.dim
	if d := b - a; d != 0 {
		difference, style = fmt.Sprintf("✗%+d", d), th.bad
		if (d > 0) == (i == j) {
			difference, style = fmt.Sprintf("✓%+d", d), th.good
		}
	}
	return th.dim.Render(fitRight(count, width-6)) + style.Render(fit(" "+difference, 6))
}
