package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

func (p *runsPage) Why(a action) string {
	if p.compare != nil && a != actExport {
		return p.compare.why(a)
	}
	run, ok := p.current()
	switch a {
	case actOpen, actMark, actAgain, actTag, actNote, actArchive, actDelete, actExport:
		if !ok {
			return "there is no run"
		}
	case actCompare:
		if n := len(p.marked); n < 2 {
			return fmt.Sprintf("mark two runs or more with space; %d marked", n)
		}
	case actUndo:
		if len(p.doomed) == 0 {
			return "nothing was deleted just now"
		}
	case actMatrix:
		if run.Evaluation == nil {
			return "the holdout is evaluated when training has finished"
		}
	case actExplain:
		if p.run == nil || len(p.run.mistakes.answers.shown) == 0 {
			return "there is no picture"
		}
	case actCancel, actResume, actPromote:
		if !ok {
			return "there is no run"
		}
		return whyRun(a, run)
	default:
		if p.run != nil {
			return p.run.curves.why(a)
		}
	}
	if a == actExport && !p.shell.local() {
		return "the file would be written on the host, not where you are"
	}
	return ""
}

// whyRun is why something cannot be done with a run in its state.
func whyRun(a action, r experiments.Run) string {
	can := true
	switch a {
	case actCancel:
		can = !r.State.Ended()
	case actResume:
		can = r.Silent || r.State.Ended() && r.State != experiments.Finished
	case actPromote:
		can = r.State == experiments.Finished
	}
	if can {
		return ""
	}
	return r.Standing()
}

func (p *runsPage) Act(a action) tea.Cmd {
	switch {
	case p.compare != nil:
		if a == actBack && !p.compare.keeps() {
			p.compare = nil
			return p.Refresh()
		}
		return p.compare.act(a)
	case p.run != nil && a == actBack && !p.run.keeps():
		p.run = nil
		return p.Refresh()
	case p.run != nil:
		return p.actRun(a)
	case p.bar.typing:
		if p.bar.act(a, p.shell.now) {
			return p.refilter()
		}
		return nil
	case p.panel.open:
		return p.actColumns(a)
	case p.views.open:
		return p.actViews(a)
	case p.table.act(a):
		p.remember()
		return nil
	}
	return p.actList(a)
}

// actRun is what concerns the run under the cursor or the open one.
func (p *runsPage) actRun(a action) tea.Cmd {
	run, _ := p.current()
	switch a {
	case actCancel:
		p.shell.askCancel(run.ID)
	case actResume:
		_, cmd := p.shell.ask(resumeRun(p.shell.session.Experiments, run.ID))
		return cmd
	case actPromote:
		return p.shell.askPromotion(run.ID, "run "+run.ID)
	case actAgain:
		return func() tea.Msg { return newRunMsg{like: &run} }
	default:
		if p.run != nil {
			return p.run.act(a)
		}
	}
	return nil
}

func (p *runsPage) actList(a action) tea.Cmd {
	switch a {
	case actOpen:
		return p.openLine()
	case actMark:
		p.mark()
	case actMarkAll:
		p.markAll()
	case actBack:
		if len(p.marked) > 0 {
			clear(p.marked)
			return nil
		}
		if p.bar.set("", p.shell.now) {
			p.views.shown = ""
			return p.refilter()
		}
	case actNew:
		return func() tea.Msg { return newRunMsg{} }
	case actCompare:
		p.compare = newCompareView(p.shell, p.width, p.height)
		return p.compare.load(p.markedIDs())
	case actFilter:
		p.bar.begin(p.shell.theme, p.shell.now)
	case actColumns:
		p.panel.open = true
	case actFold:
		p.fold = !p.fold
		p.shape()
		p.list()
	case actViews:
		p.views.open = true
	case actTag:
		p.askTags(p.concerned())
	case actNote:
		run, _ := p.current()
		p.askNote(run)
	case actArchive:
		run, _ := p.current()
		return p.change(p.concerned(), archiveRun(!run.Archived))
	case actDelete:
		return p.doom(p.concerned())
	case actUndo:
		p.undo()
	case actExport:
		p.askExport()
	default:
		return p.actRun(a)
	}
	return nil
}

// openLine opens the run, or a row of several.
func (p *runsPage) openLine() tea.Cmd {
	line, _ := p.line()
	run := p.all.Runs[line.row]
	if line.group == nil {
		return p.open(run.ID)
	}
	p.opened[run.ID] = !p.opened[run.ID]
	p.list()
	return nil
}

// mark turns the mark of the line's runs, and goes on to the next.
func (p *runsPage) mark() {
	line, _ := p.line()
	rows := line.group
	if rows == nil {
		rows = []int32{line.row}
	}
	on := !p.marked[p.all.Runs[rows[0]].ID]
	for _, row := range rows {
		if id := p.all.Runs[row].ID; on {
			p.marked[id] = true
		} else {
			delete(p.marked, id)
		}
	}
	p.table.act(actDown)
	p.remember()
}

// markAll marks all that are listed or, if they are, none.
func (p *runsPage) markAll() {
	all := true
	each := func(do func(id string)) {
		for _, line := range p.lines {
			for _, row := range append(slices.Clone(line.group), line.row) {
				do(p.all.Runs[row].ID)
			}
		}
	}
	each(func(id string) { all = all && p.marked[id] })
	if all {
		clear(p.marked)
		return
	}
	each(func(id string) { p.marked[id] = true })
}

func (p *runsPage) actColumns(a action) tea.Cmd {
	switch a {
	case actAddColumn:
		p.askColumn()
		return nil
	case actNarrowColumn, actWidenColumn, actOwnWidth:
		p.panel.sizeColumn(p.shell, p, a)
		return nil
	case actDefault:
		p.table.widths = nil
	}
	shape, order := p.panel.act(a)
	if shape || order {
		p.views.shown = ""
		p.shape()
	}
	if order {
		p.list()
	}
	if p.all != nil && !slices.Equal(p.all.Keys(), p.metrics()) {
		return p.load()
	}
	return nil
}

// askColumn asks for a field to add as a column.
func (p *runsPage) askColumn() {
	p.shell.open(dialog{
		title:  "Add a column",
		lines:  []string{"A field as a filter names it, such as metric.val_loss or param.learning_rate."},
		reason: true, needed: true, label: "field", button: "Add",
		confirm: func(name string) tea.Cmd {
			c, err := runColumn(p.bar.schema, strings.TrimSpace(name))
			if err != nil {
				p.shell.fail(failedMsg{doing: "add a column", err: err})
				return nil
			}
			return p.addColumn(c)
		},
	})
}

func (p *runsPage) addColumn(c listColumn) tea.Cmd {
	if at := slices.IndexFunc(p.panel.columns, func(old listColumn) bool { return old.ref == c.ref }); at >= 0 {
		p.panel.columns[at].hidden = false
		p.panel.cursor = at
	} else {
		p.panel.columns = append(p.panel.columns, c)
		p.panel.cursor = len(p.panel.columns) - 1
	}
	p.shape()
	return p.load()
}
