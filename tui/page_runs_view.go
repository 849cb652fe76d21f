package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"ringlab/data/filter"
	"ringlab/experiments"
)

// runColumns are the columns that the Runs page offers before others are added.
func runColumns() []listColumn {
	at := func(field int) filter.Ref { return filter.Ref{Field: field} }
	return []listColumn{
		{name: "run", ref: at(experiments.RunNumber), column: column{title: "run", width: 4, right: true}},
		{name: "state", ref: at(experiments.RunState), column: column{title: "state", width: 13}},
		{name: "preset", ref: at(experiments.RunPreset), column: column{title: "preset", width: 8}},
		{name: "name", ref: at(experiments.RunName), column: column{title: "name", width: 10, grow: true}},
		{name: "accuracy", ref: at(experiments.RunAccuracy), column: column{title: "accuracy", width: 8, right: true}},
		{name: "macro_f1", ref: at(experiments.RunMacroF1), column: column{title: "F1", width: 6, right: true, drop: 3}},
		{name: "epoch", ref: at(experiments.RunEpoch), column: column{title: "epoch", width: 9, right: true}},
		{name: "version", ref: at(experiments.RunVersion), column: column{title: "version", width: 7, drop: 2}},
		{name: "tag", ref: at(experiments.RunTag), column: column{title: "tags", width: 14, drop: 5}},
		{name: "by", ref: at(experiments.RunAuthor), column: column{title: "by", width: 10, drop: 4}},
		{name: "created", ref: at(experiments.RunCreated), column: column{title: "age", width: 7, right: true, drop: 1}},
		{name: "within_one", ref: at(experiments.RunWithinOne), column: column{title: "within 1", width: 8, right: true, drop: 5}, hidden: true},
		{name: "ece", ref: at(experiments.RunECE), column: column{title: "ECE", width: 6, right: true, drop: 5}, hidden: true},
		{name: "seed", ref: at(experiments.RunSeed), column: column{title: "seed", width: 6, right: true, drop: 5}, hidden: true},
		{name: "seconds", ref: at(experiments.RunSeconds), column: column{title: "took", width: 8, right: true, drop: 5}, hidden: true},
		{name: "note", ref: at(experiments.RunNote), column: column{title: "note", width: 16, drop: 5}, hidden: true},
		{name: "split", ref: at(experiments.RunSplit), column: column{title: "split", width: 9, drop: 6}, hidden: true},
		{name: "snapshot", ref: at(experiments.RunSnapshot), column: column{title: "snapshot", width: 10, drop: 6}, hidden: true},
		{name: "metric.loss", ref: filter.Ref{Field: experiments.RunMetric, Key: "loss"}, column: column{title: "loss", width: 8, right: true, drop: 6}, hidden: true},
		{name: "metric.val_loss", ref: filter.Ref{Field: experiments.RunMetric, Key: "val_loss"}, column: column{title: "val_loss", width: 8, right: true, drop: 6}, hidden: true},
	}
}

// runColumn makes a column of any field, as a filter names it; a parameter or a
// metric has its key for a title.
func runColumn(schema *filter.Schema, name string) (listColumn, error) {
	ref, err := schema.Ref(name)
	if err != nil {
		return listColumn{}, err
	}
	title := name
	if ref.Key != "" {
		title = ref.Key
	}
	c := listColumn{name: name, ref: ref, column: column{title: title, width: max(min(len(title), 16), 8), drop: 5}}
	kind := schema.Fields[ref.Field].Kind
	c.right = kind == filter.Number || kind == filter.Any
	return c, nil
}

func (p *runsPage) View() []string {
	th := p.shell.theme
	switch {
	case p.compare != nil:
		return p.compare.view()
	case p.run != nil:
		return p.run.view()
	case p.all != nil && p.all.Len() == 0:
		return centred([]string{
			th.strong.Render("No runs yet"), "",
			"Press " + th.accent.Render("n") + " to train the first, or from a shell:",
			th.accent.Render("ringlab train --preset trees"),
		}, p.width, p.height)
	}
	head := tableHead(p.head(), p.width)
	width := p.listWidth()
	var side []string
	switch {
	case p.panel.open:
		side = p.panel.view(th, panelWidth, p.height-filterHead, p.table.widths)
	case p.views.open:
		side = p.views.view(th, panelWidth)
	}
	list := p.table.draw(th, width, p.cells())
	if p.all != nil && len(p.lines) == 0 {
		list = append(list, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	if side != nil {
		list = th.beside(list, side, width, p.width, p.height-len(head))
	}
	return append(head, list...)
}

// panelWidth is the room of the columns or the views beside the table.
const panelWidth = 34

// listWidth is the room of the table.
func (p *runsPage) listWidth() int {
	if p.panel.open || p.views.open {
		return p.width - panelWidth - 3
	}
	return p.width
}

func (p *runsPage) head() []string {
	th := p.shell.theme
	title := "Runs"
	if p.all != nil {
		title += "  " + p.table.place()
		if p.fold {
			title += " specs"
		}
		switch away := p.all.Len() - len(p.lines) - len(p.doomed); {
		case p.fold || !p.whole || away <= 0:
		case p.bar.applied.All():
			title += fmt.Sprintf(", %s archived", thousands(away))
		default:
			title += " selected of " + thousands(p.all.Len())
		}
	}
	if p.views.shown != "" {
		title += "  " + clean(p.views.shown)
	}
	lines := []string{th.heading(title, p.width)}
	switch n := len(p.marked); {
	case p.bar.typing:
		return append(lines, p.bar.view(th, p.width)...)
	case n > 0:
		lines = append(lines, th.accent.Render(thousands(n)+" marked")+th.dim.Render("   C compares, E exports, esc unmarks"))
	default:
		lines = append(lines, p.summary())
	}
	if p.bar.text != "" {
		lines = append(lines, p.bar.view(th, p.width)...)
	}
	return lines
}

// summary counts the runs by state.
func (p *runsPage) summary() string {
	th := p.shell.theme
	line := ""
	for _, s := range []experiments.State{experiments.Running, experiments.Queued, experiments.Finished,
		experiments.Interrupted, experiments.Cancelled, experiments.Failed} {
		if n := p.counts[s]; n > 0 {
			text, style := th.state(s)
			line += style.Render(text) + th.dim.Render(" "+thousands(n)) + "   "
		}
	}
	return line
}

// cells draws the lines on screen.
func (p *runsPage) cells() func(i int, cells []toned) []toned {
	shown, named := p.panel.shown(), p.nameWidth()
	return func(i int, cells []toned) []toned {
		line := p.lines[i]
		run := &p.all.Runs[line.row]
		mark := ""
		if p.marked[run.ID] {
			mark = "●"
		}
		cells = append(cells, toned{mark, toneAccent})
		for i := range shown {
			cells = append(cells, p.cell(shown[i].ref, line, run, named))
		}
		return cells
	}
}

// nameWidth is the room of the names.
func (p *runsPage) nameWidth() int {
	columns, widths := p.table.layout(p.listWidth() - 2)
	for i, c := range columns {
		if p.table.columns[c].key == "name" {
			return widths[i]
		}
	}
	return 0
}

// cell is a run's value of a field; named is the room of its name.
func (p *runsPage) cell(ref filter.Ref, line runLine, run *experiments.Run, named int) toned {
	if line.group != nil {
		if c, ok := p.groupCell(ref, line, run, named); ok {
			return c
		}
	}
	switch ref.Field {
	case experiments.RunNumber:
		return toned{run.ID, tonePlain}
	case experiments.RunState:
		if run.Silent {
			return toned{"◌ silent", toneWarn}
		}
		return tonedState(run.State)
	case experiments.RunName:
		const inset, archived = "  ", " (archived)"
		switch {
		case line.inset:
			return toned{inset + apartName(run, run.Apart, named-len(inset)), tonePlain}
		case run.Archived:
			return toned{apartName(run, run.Apart, named-len(archived)) + archived, toneDim}
		}
		return toned{apartName(run, run.Apart, named), tonePlain}
	case experiments.RunAccuracy:
		return toned{figureOf(run, ref), toneStrong}
	case experiments.RunEpoch:
		return toned{epochText(*run), tonePlain}
	case experiments.RunVersion:
		return toned{run.Version, toneAccent}
	case experiments.RunTag:
		return toned{strings.Join(run.Tags, ", "), toneDim}
	case experiments.RunAuthor:
		return toned{run.Author, toneDim}
	case experiments.RunCreated:
		return toned{ago(p.shell.now, run.Created), toneDim}
	case experiments.RunStarted:
		return toned{ago(p.shell.now, run.Started), toneDim}
	case experiments.RunEnded:
		return toned{ago(p.shell.now, run.Ended), toneDim}
	case experiments.RunSnapshot:
		return toned{short(run.Spec.Snapshot), toneDim}
	case experiments.RunNote:
		return toned{strings.ReplaceAll(run.Note, "\n", " "), toneDim}
	}
	return toned{figureOf(run, ref), tonePlain}
}

// groupCell is what a row of several runs shows other than its first run does.
func (p *runsPage) groupCell(ref filter.Ref, line runLine, run *experiments.Run, named int) (toned, bool) {
	switch ref.Field {
	case experiments.RunNumber:
		sign := "+"
		if p.opened[run.ID] {
			sign = "−"
		}
		return toned{fmt.Sprintf("%s%d×", sign, len(line.group)), toneAccent}, true
	case experiments.RunState:
		return p.groupState(line.group), true
	case experiments.RunName:
		return toned{apartName(run, run.ApartTogether(), named), tonePlain}, true
	case experiments.RunEpoch, experiments.RunSeed, experiments.RunVersion, experiments.RunTag, experiments.RunNote:
		return toned{"", toneDim}, true
	}
	if !isFigure(ref.Field) {
		return toned{}, false
	}
	mean, spread, n := p.all.Spread(line.group, ref)
	switch {
	case n == 0:
		return toned{}, false
	case math.IsNaN(spread):
		return toned{figure(mean), tonePlain}, true
	}
	return toned{fmt.Sprintf("%.3f ± %.3f", mean, spread), toneStrong}, true
}

// groupState is the state of all, or how many have ended well and are under way.
func (p *runsPage) groupState(rows []int32) toned {
	counts := map[experiments.State]int{}
	for _, row := range rows {
		counts[p.all.Runs[row].State]++
	}
	if len(counts) == 1 {
		return tonedState(p.all.Runs[rows[0]].State)
	}
	return toned{fmt.Sprintf("✓ %d of %d", counts[experiments.Finished], len(rows)), toneDim}
}

// tonedState is a state's symbol and word; theme.state says the same in styles.
func tonedState(s experiments.State) toned {
	switch s {
	case experiments.Queued:
		return toned{"○ queued", toneDim}
	case experiments.Running:
		return toned{"▶ running", toneAccent}
	case experiments.Finished:
		return toned{"✓ finished", toneGood}
	case experiments.Failed:
		return toned{"✗ failed", toneBad}
	case experiments.Cancelled:
		return toned{"⊘ cancelled", toneWarn}
	case experiments.Interrupted:
		return toned{"◐ interrupted", toneWarn}
	}
	return toned{"? " + string(s), toneDim}
}

// isFigure: several runs have a mean of it.
func isFigure(field int) bool {
	switch field {
	case experiments.RunAccuracy, experiments.RunMacroF1, experiments.RunWithinOne, experiments.RunECE, experiments.RunSeconds, experiments.RunMetric:
		return true
	}
	return false
}

// figureOf is a run's value of a field, as short as it can be told from others.
func figureOf(run *experiments.Run, ref filter.Ref) string {
	value := run.Value(ref)
	v, ok := value.Number()
	switch {
	case !ok:
		if text := value.String(); text != "" {
			return text
		}
		return "–"
	case ref.Field == experiments.RunSeconds:
		return strconv.FormatFloat(v, 'f', 1, 64) + " s"
	case v == math.Trunc(v) && math.Abs(v) < 1e9 && !isFigure(ref.Field):
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v != 0 && math.Abs(v) < .001 || math.Abs(v) >= 1e6:
		return strconv.FormatFloat(v, 'g', 3, 64)
	}
	return share(v)
}

// metric is a holdout metric of a finished run, else a dash.
func metric(r experiments.Run, name string) string {
	if v, ok := r.Metrics[name]; ok && r.State == experiments.Finished {
		return share(v)
	}
	return "–"
}

func epochText(r experiments.Run) string {
	if r.Epochs == 0 {
		return "–"
	}
	return fmt.Sprintf("%d/%d", r.Epoch, r.Epochs)
}
