package tui

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/filter"
	"ringlab/experiments"
)

// runsPage lists runs in a table that a person arranges: filtered, sorted by
// several columns, seeds of one spec folded into one row, and saved under a
// name. It holds what is listed of all runs, without their curves and results.
// An open run or a comparison lies over the list, which stays as it was.
type runsPage struct {
	shell         *shell
	width, height int
	table         table
	bar           filterBar
	panel         columnPanel

	all       *experiments.RunTable // nil before the first answer
	whole     bool                  // all of them, not only the newest
	lines     []runLine             // what is listed
	counts    map[experiments.State]int
	request   int
	pending   bool
	fold      bool            // seeds of one spec are one row
	opened    map[string]bool // folded rows that are open, by their first run
	marked    map[string]bool
	selected  string         // id under the cursor, so that new runs do not move it
	submitted string         // the newest run of a sweep that was just submitted: the cursor goes there once it is listed
	doomed    map[string]int // to be deleted soon, unless that is undone: id to the number of the deletion
	dooms     int            // deletions so far
	views     viewList
	run       *runView
	compare   *compareView
}

// runLine is a line of the list: a run, or several that are one row.
type runLine struct {
	row   int32   // in the table of runs: of several the first
	group []int32 // nil for a run by itself
	inset bool    // it belongs to the open group above
}

const (
	newestRuns = 200              // shown before all are read
	undoTime   = 10 * time.Second // to take a deletion back
)

func newRunsPage(s *shell) *runsPage {
	p := &runsPage{shell: s, marked: map[string]bool{}, opened: map[string]bool{}, doomed: map[string]int{}}
	p.bar.schema = experiments.RunFields()
	p.panel = newColumnPanel(runColumns())
	p.shape()
	return p
}

func (p *runsPage) Context() keyContext {
	switch {
	case p.compare != nil:
		return p.compare.context()
	case p.run != nil:
		return p.run.context()
	case p.bar.typing:
		return inFilter
	case p.panel.open:
		return inColumns
	case p.views.open:
		return inViews
	}
	return inRuns
}

func (p *runsPage) Typing() bool { return p.Context() == inFilter }

func (p *runsPage) Refresh() tea.Cmd {
	switch {
	case p.compare != nil:
		return p.compare.refresh()
	case p.run != nil:
		return p.run.refresh()
	}
	return p.load()
}

// load asks for the runs: at first for the newest only.
func (p *runsPage) load() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	limit := 0
	if p.all == nil {
		limit = newestRuns
	}
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadRuns(p.shell.session.Experiments, p.all, p.metrics(), limit))
	return cmd
}

// metrics are those that columns, order or filter ask for.
func (p *runsPage) metrics() []string {
	var keys []string
	add := func(r filter.Ref) {
		if r.Field == experiments.RunMetric && !slices.Contains(keys, r.Key) {
			keys = append(keys, r.Key)
		}
	}
	for _, c := range p.panel.shown() {
		add(c.ref)
	}
	for _, o := range p.panel.orders {
		add(o.Ref)
	}
	for _, use := range p.bar.applied.Uses() {
		add(use)
	}
	return slices.Sorted(slices.Values(keys))
}

func (p *runsPage) Update(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		return p.typed(msg)
	case runsLoadedMsg:
		if msg.request == p.request {
			cmds = append(cmds, p.setRuns(msg))
		}
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
	case doomMsg:
		return p.deleteNow(msg)
	case exportedMsg:
		p.shell.say("Wrote %s.", clean(msg.file))
	case openRunMsg:
		return p.open(msg.id)
	case filterMsg:
		if msg.page == pageRuns {
			p.run, p.compare, p.panel.open, p.views.open = nil, nil, false, false
			if p.bar.set(msg.text, p.shell.now) {
				return tea.Batch(p.refilter(), p.load())
			}
		}
	case runsSubmittedMsg:
		if len(msg.runs) == 1 {
			return p.open(msg.runs[0].ID)
		}
		p.run, p.compare = nil, nil // a sweep is watched in the list
		if n := len(msg.runs); n > 0 {
			p.submitted = msg.runs[n-1].ID
		}
		return p.load()
	}
	if p.run != nil {
		cmds = append(cmds, p.run.update(msg))
	}
	if p.compare != nil {
		cmds = append(cmds, p.compare.update(msg))
	}
	return tea.Batch(cmds...)
}

// typed gives a key or a paste to the filter that is being typed.
func (p *runsPage) typed(msg tea.Msg) tea.Cmd {
	switch {
	case !p.Typing():
	case p.compare != nil:
		return p.compare.pair.typed(msg)
	case p.run != nil:
		return p.run.typed(msg)
	case p.bar.key(msg, p.shell.now):
		return p.refilter()
	}
	return nil
}

// setRuns takes a table, and asks for the rest where it holds the newest only.
func (p *runsPage) setRuns(m runsLoadedMsg) tea.Cmd {
	p.pending, p.all, p.whole = false, m.table, m.whole
	p.counts = map[experiments.State]int{}
	for i := range m.table.Runs {
		p.counts[m.table.Runs[i].State]++
	}
	p.shape()
	p.list()
	if !p.whole || !slices.Equal(m.table.Keys(), p.metrics()) {
		return p.load()
	}
	return nil
}

// refilter shows what another filter selects.
func (p *runsPage) refilter() tea.Cmd {
	p.selected = ""
	p.table.cursor, p.table.top = 0, 0
	p.list()
	if p.all != nil && !slices.Equal(p.all.Keys(), p.metrics()) {
		return p.load()
	}
	return nil
}

// list filters, sorts and folds, which takes milliseconds for ten thousand
// runs, and puts the cursor where its run stands now.
func (p *runsPage) list() {
	if p.all == nil {
		return
	}
	ctx := context.Background()
	var lines []runLine
	if !p.fold {
		rows, _ := filter.Select(ctx, p.all, p.bar.applied, p.panel.orders) // nobody ends this context
		for _, row := range p.visible(rows) {
			lines = append(lines, runLine{row: row})
		}
	} else {
		rows, _ := filter.Select(ctx, p.all, p.bar.applied, nil)
		groups := p.all.Group(p.visible(rows))
		order, _ := filter.Select(ctx, groups, filter.Filter{}, p.panel.orders)
		for _, i := range order {
			lines = p.appendGroup(lines, groups.Rows(int(i)))
		}
	}
	p.lines = lines
	p.table.setCount(len(lines))
	if p.all.Place(p.submitted) >= 0 {
		p.selected, p.submitted = p.submitted, ""
	}
	if i := slices.IndexFunc(lines, func(l runLine) bool { return p.all.Runs[l.row].ID == p.selected }); i >= 0 && p.selected != "" {
		p.table.cursor = i
	}
	p.table.settle()
	p.remember()
}

func (p *runsPage) appendGroup(lines []runLine, rows []int32) []runLine {
	if len(rows) == 1 {
		return append(lines, runLine{row: rows[0]})
	}
	lines = append(lines, runLine{row: rows[0], group: rows})
	if p.opened[p.all.Runs[rows[0]].ID] {
		for _, row := range rows {
			lines = append(lines, runLine{row: row, inset: true})
		}
	}
	return lines
}

// visible leaves out what is put away, unless the filter asks for it, and what
// is about to be deleted.
func (p *runsPage) visible(rows []int32) []int32 {
	asked := slices.ContainsFunc(p.bar.applied.Uses(), func(use filter.Ref) bool { return use.Field == experiments.RunArchived })
	return slices.DeleteFunc(rows, func(row int32) bool {
		run := &p.all.Runs[row]
		_, doomed := p.doomed[run.ID]
		return run.Archived && !asked || doomed
	})
}

// shape gives the table its columns: chosen ones behind that of the marks.
func (p *runsPage) shape() {
	columns := p.panel.titles()
	for i, c := range p.panel.shown() {
		switch {
		case c.ref.Field == experiments.RunNumber:
			columns[i].width = max(columns[i].width, p.longestNumber())
		case p.fold && isFigure(c.ref.Field):
			columns[i].width = max(columns[i].width, 13) // mean and spread
		}
	}
	p.table.columns = append([]column{{width: 1}}, columns...)
}

// longestNumber is how wide the numbers of runs are.
func (p *runsPage) longestNumber() int {
	if p.all == nil || p.all.Len() == 0 {
		return 0
	}
	n := len(p.all.Runs[0].ID)
	if p.fold {
		n += 4 // and how many there are
	}
	return n
}

// remember notes which run is under the cursor.
func (p *runsPage) remember() {
	if line, ok := p.line(); ok {
		p.selected = p.all.Runs[line.row].ID
	}
}

// line is the one under the cursor.
func (p *runsPage) line() (runLine, bool) {
	if p.all == nil || p.table.cursor >= len(p.lines) {
		return runLine{}, false
	}
	return p.lines[p.table.cursor], true
}

// current is the open run, or the one under the cursor.
func (p *runsPage) current() (experiments.Run, bool) {
	if p.run != nil {
		return p.run.run, p.run.loaded
	}
	line, ok := p.line()
	if !ok {
		return experiments.Run{}, false
	}
	return p.all.Runs[line.row], true
}

func (p *runsPage) open(id string) tea.Cmd {
	p.compare = nil
	p.selected = id
	p.run = newRunView(p.shell, id, p.markedIDs())
	return tea.Batch(p.run.resize(p.width, p.height), p.run.refresh())
}

// markedIDs in the order of the list. A run's number is its age.
func (p *runsPage) markedIDs() []string {
	return slices.SortedFunc(maps.Keys(p.marked), func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(b, a))
	})
}

// concerned are the marked runs or, if there are none, those of the line under
// the cursor.
func (p *runsPage) concerned() []string {
	if len(p.marked) > 0 {
		return p.markedIDs()
	}
	line, ok := p.line()
	if !ok {
		return nil
	}
	rows := line.group
	if rows == nil {
		rows = []int32{line.row}
	}
	var ids []string
	for _, row := range rows {
		ids = append(ids, p.all.Runs[row].ID)
	}
	return ids
}

func (p *runsPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.table.resize(height - filterHead)
	if p.compare != nil {
		p.compare.resize(width, height)
	}
	if p.run != nil {
		return p.run.resize(width, height)
	}
	return nil
}

// name of some runs for people.
func runNames(ids []string) string {
	if len(ids) == 1 {
		return "run " + ids[0]
	}
	if len(ids) > 5 {
		return thousands(len(ids)) + " runs"
	}
	return "runs " + strings.Join(ids, ", ")
}
