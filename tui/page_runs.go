package tui

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// runsPage lists runs, newest first. It holds a window of them, never all. An
// open run or a comparison lies over the list, which stays as it was.
type runsPage struct {
	shell         *shell
	width, height int
	table         table
	runs          window[experiments.Run]
	counts        map[experiments.State]int
	askedTop      int // what was on screen when the window was asked for
	loaded        bool
	request       int
	pending       bool
	marked        map[string]bool
	selected      string // id under the cursor, so that new runs do not move it
	run           *runView
	compare       *compareView
}

func newRunsPage(s *shell) *runsPage {
	return &runsPage{shell: s, marked: map[string]bool{}, table: table{columns: []column{
		{title: "", width: 1},
		{title: "run", width: 4, right: true},
		{title: "state", width: 13},
		{title: "preset", width: 8},
		{title: "name", width: 10, grow: true},
		{title: "accuracy", width: 8, right: true},
		{title: "F1", width: 6, right: true, drop: 3},
		{title: "epoch", width: 9, right: true},
		{title: "version", width: 7, drop: 2},
		{title: "by", width: 10, drop: 4},
		{title: "age", width: 7, right: true, drop: 1},
	}}}
}

func (p *runsPage) Context() keyContext {
	switch {
	case p.compare != nil:
		return inCompare
	case p.run != nil:
		return p.run.context()
	}
	return inRuns
}

func (p *runsPage) Typing() bool { return false }

func (p *runsPage) Refresh() tea.Cmd {
	switch {
	case p.compare != nil:
		return nil
	case p.run != nil:
		return p.run.refresh()
	}
	return p.load()
}

// load asks for the window around what is on screen.
func (p *runsPage) load() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending, p.askedTop = true, p.table.top
	offset, limit := around(p.table)
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadRuns(p.shell.session.Experiments, offset, limit, p.selected))
	return cmd
}

// need asks for another window when the screen left this one.
func (p *runsPage) need() tea.Cmd {
	if p.runs.covers(p.table) {
		return nil
	}
	return p.load()
}

func (p *runsPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case runsLoadedMsg:
		if msg.request == p.request {
			p.pending, p.loaded = false, true
			p.setRuns(msg)
			if p.table.top != p.askedTop {
				return p.need()
			}
		}
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
	case openRunMsg:
		return p.open(msg.id)
	case runsSubmittedMsg:
		if len(msg.runs) == 1 {
			return p.open(msg.runs[0].ID)
		}
		p.run, p.compare = nil, nil // a sweep is watched in the list
		return p.need()
	}
	var cmds []tea.Cmd
	if p.run != nil {
		cmds = append(cmds, p.run.update(msg))
	}
	if p.compare != nil {
		p.compare.update(msg)
	}
	return tea.Batch(cmds...)
}

// setRuns takes a window and puts the cursor where its run stands now.
func (p *runsPage) setRuns(m runsLoadedMsg) {
	p.runs, p.counts = window[experiments.Run]{m.runs, m.offset}, m.counts
	all := 0
	for _, n := range m.counts {
		all += n
	}
	p.table.setCount(all)
	if i := slices.IndexFunc(m.runs, func(r experiments.Run) bool { return r.ID == p.selected }); i >= 0 {
		p.table.cursor = m.offset + i
	} else if p.selected != "" && p.selected == m.selected {
		p.table.cursor = m.place
	}
	p.table.settle()
	p.remember()
}

// remember notes which run is under the cursor, as far as it is known.
func (p *runsPage) remember() {
	run, _ := p.runs.at(p.table.cursor)
	p.selected = run.ID
}

// current is the open run, or the one under the cursor.
func (p *runsPage) current() (experiments.Run, bool) {
	if p.run != nil {
		return p.run.run, p.run.loaded
	}
	return p.runs.at(p.table.cursor)
}

func (p *runsPage) open(id string) tea.Cmd {
	p.compare = nil
	p.selected = id
	p.run = newRunView(p.shell, id, p.markedIDs())
	return tea.Batch(p.run.resize(p.width, p.height), p.run.refresh())
}

func (p *runsPage) Why(a action) string {
	run, ok := p.current()
	switch a {
	case actOpen, actMark, actAgain:
		if !ok {
			return "there is no run"
		}
	case actCompare:
		if n := len(p.markedIDs()); n < 2 {
			return fmt.Sprintf("a comparison needs two marked runs or more, and %d are marked; space marks", n)
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

// markedIDs in the order of the list. A run's number is its age.
func (p *runsPage) markedIDs() []string {
	return slices.SortedFunc(maps.Keys(p.marked), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a))
	})
}

func (p *runsPage) Act(a action) tea.Cmd {
	switch {
	case p.compare != nil:
		if a == actBack {
			p.compare = nil
			return p.Refresh()
		}
		p.compare.act(a)
		return nil
	case p.run != nil && a == actBack:
		p.run = nil
		return p.Refresh()
	case p.run == nil && p.table.act(a):
		p.remember()
		return p.need()
	}
	run, _ := p.current()
	switch a {
	case actOpen:
		return p.open(run.ID)
	case actMark:
		if p.marked[run.ID] {
			delete(p.marked, run.ID)
		} else {
			p.marked[run.ID] = true
		}
		p.table.act(actDown)
		p.remember()
		return p.need()
	case actBack:
		clear(p.marked)
	case actNew:
		return func() tea.Msg { return newRunMsg{} }
	case actAgain:
		return func() tea.Msg { return newRunMsg{like: &run} }
	case actCompare:
		p.compare = newCompareView(p.shell, p.width, p.height)
		return p.compare.load(p.markedIDs())
	case actCancel:
		p.shell.askCancel(run.ID)
	case actResume:
		_, cmd := p.shell.ask(resumeRun(p.shell.session.Experiments, run.ID))
		return cmd
	case actPromote:
		return p.shell.askPromotion(run.ID, "run "+run.ID)
	default:
		if p.run != nil {
			return p.run.act(a)
		}
	}
	return nil
}

func (p *runsPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.table.resize(height - listHead(height))
	if p.compare != nil {
		p.compare.resize(width, height)
	}
	if p.run != nil {
		return p.run.resize(width, height)
	}
	return p.need()
}

func (p *runsPage) View() []string {
	th := p.shell.theme
	switch {
	case p.compare != nil:
		return p.compare.view()
	case p.run != nil:
		return p.run.view()
	case p.loaded && p.table.count == 0:
		return centred([]string{
			th.strong.Render("No runs yet"), "",
			"Press " + th.accent.Render("n") + " to train the first, or from a shell:",
			th.accent.Render("ringlab train --preset trees"),
		}, p.width, p.height)
	}
	title := "Runs"
	if p.loaded {
		title += "  " + p.table.place()
	}
	note := p.summary()
	if n := len(p.markedIDs()); n > 0 {
		note = th.accent.Render(fmt.Sprintf("%d marked", n)) + th.dim.Render("   C compares, esc unmarks")
	}
	head := block([]string{th.heading(title, p.width), note}, p.width, listHead(p.height))
	return append(head, p.table.view(th, p.width, p.row)...)
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

func (p *runsPage) row(i int) []cell {
	th := p.shell.theme
	r, ok := p.runs.at(i)
	if !ok {
		return []cell{{}, {"…", th.dim}}
	}
	state, style := th.state(r.State)
	if r.Silent {
		state, style = "◌ silent", th.warn
	}
	mark := ""
	if p.marked[r.ID] {
		mark = "●"
	}
	return []cell{
		{mark, th.accent},
		{r.ID, th.plain},
		{state, style},
		{r.Spec.Preset, th.plain},
		{r.Name, th.plain},
		{metric(r, "accuracy"), th.strong},
		{metric(r, "macro_f1"), th.plain},
		{epochText(r), th.plain},
		{r.Version, th.accent},
		{r.Author, th.dim},
		{ago(p.shell.now, r.Created), th.dim},
	}
}

// metric is a holdout metric of a finished run, else a dash.
func metric(r experiments.Run, name string) string {
	if r.Evaluation == nil {
		return "–"
	}
	if v, ok := r.Metrics[name]; ok {
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
