package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// overviewPage is the first: how things stand, and what to do next. Where
// there is nothing yet it leads to the first data.
type overviewPage struct {
	shell         *shell
	width, height int
	summary       summary
	rates         serverRates
	next          []suggestion
	cursor        int // in next
	loaded        bool
	request       int
	pending       bool
}

func newOverviewPage(s *shell) *overviewPage { return &overviewPage{shell: s} }

func (p *overviewPage) Context() keyContext { return inOverview }
func (p *overviewPage) Typing() bool        { return false }

func (p *overviewPage) Refresh() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	known := ""
	if p.loaded {
		known = p.summary.newest().ID
	}
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadSummary(p.shell.session.Stores, known))
	return cmd
}

func (p *overviewPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case summaryLoadedMsg:
		if msg.request != p.request {
			return nil
		}
		if msg.summary.labels == nil {
			msg.summary.labels = p.summary.labels
		}
		p.pending, p.loaded, p.summary = false, true, msg.summary
		p.rates.take(msg.summary.servers)
		p.next = suggest(p.summary)
		p.cursor = min(p.cursor, max(len(p.next)-1, 0))
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
	}
	return nil
}

// empty: there is no data to work on, and the page leads to it.
func (p *overviewPage) empty() bool {
	return p.shell.homeless() || p.loaded && len(p.summary.snapshots) == 0
}

func (p *overviewPage) Why(a action) string {
	switch {
	case a == actOpen && (p.empty() || len(p.next) == 0):
		return "nothing is suggested; i reads a folder"
	case a == actExample && p.shell.session.Example == nil:
		return "this build carries no example data"
	case a == actExample && !p.empty():
		return "the workspace holds data already; ringlab demo --workspace FOLDER shows it apart"
	}
	return ""
}

func (p *overviewPage) Act(a action) tea.Cmd {
	switch a {
	case actUp:
		p.cursor = max(p.cursor-1, 0)
	case actDown:
		p.cursor = min(p.cursor+1, max(len(p.next)-1, 0))
	case actFirst, actPageUp:
		p.cursor = 0
	case actLast, actPageDown:
		p.cursor = max(len(p.next)-1, 0)
	case actOpen:
		follow := p.next[p.cursor].follow
		return func() tea.Msg { return follow }
	case actIngest:
		p.shell.askIngest()
	case actExample:
		return p.shell.ingest(ingestPlan{example: true})
	}
	return nil
}

func (p *overviewPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	return nil
}

// wideOverview is where data and history stand beside production and runs.
const wideOverview = 110

func (p *overviewPage) View() []string {
	switch {
	case p.empty():
		return p.viewFirstSteps()
	case !p.loaded:
		return nil
	case p.width >= wideOverview:
		left := p.leftWidth()
		lines, _ := p.column(left, false)
		return p.shell.theme.beside(lines, p.dataLines(p.width-left-3, p.height), left, p.width, p.height)
	}
	lines, _ := p.column(p.width, true)
	return lines
}

// leftWidth is the room of the column.
func (p *overviewPage) leftWidth() int {
	if p.width >= wideOverview {
		return p.width*3/5 - 2
	}
	return p.width
}

// lowOverview is the height under which each part has its most important line.
const lowOverview = 17

// column is production, the next steps, the data if it has no place of its
// own, and the runs in what is left, from line runs on, after their heading.
// On a low screen the steps give way first, but for two, then the bars of the
// data.
func (p *overviewPage) column(width int, withData bool) (lines []string, runs int) {
	production := p.productionLines(width)
	low := p.height < lowOverview
	if low && len(production) == 4 { // without since when
		production = append(production[:2:2], production[3])
	}
	lines = append(production, "")
	rest := p.height - len(lines)
	least := 4 // a heading and three runs
	var data []string
	if withData {
		data = p.dataLines(width, min(max(rest/3, 3), 4))
		if low {
			data = p.dataLines(width, 2)
		}
		least += len(data) + 1
	}
	lines = append(lines, p.nextLines(width, max(rest-least-1, 3))...)
	lines = append(lines, "")
	if withData {
		lines = append(append(lines, data...), "")
	}
	runs = len(lines) + 1
	lines = append(lines, p.runLines(width, p.height-len(lines))...)
	if rest := p.height - len(lines) - 2; rest > 0 && len(p.summary.history) > 0 {
		lines = append(append(lines, ""), p.shell.historyLines(p.summary.history, width)...)
	}
	return lines, runs
}

func (p *overviewPage) productionLines(width int) []string {
	th, s := p.shell.theme, p.summary
	lines := append([]string{th.heading("Production", width)}, p.shell.productionLines(s.production, s.since, width)...)
	switch {
	case len(s.servers) > 0:
		var requests, failures int64
		for _, server := range s.servers {
			requests, failures = requests+server.Requests, failures+server.Errors
		}
		line, alive := "", living(s.servers)
		missing := strings.TrimSpace(p.shell.missingText(s.servers, "   "))
		inAll := ""
		if missing == "" {
			inAll = thousands(int(requests)) + " in all"
		}
		if len(alive) > 0 && (missing == "" || len(alive) < len(s.servers)) {
			line = th.good.Render("● ") + plural(len(alive), "server") + th.dim.Render("   ") +
				th.strong.Render(rateText(p.rates.sum())) + th.dim.Render(" requests/s   "+inAll)
		}
		if missing != "" {
			line += th.warn.Render(missing)
		}
		if failures > 0 {
			line += "   " + th.bad.Render(plural(int(failures), "error"))
		}
		lines = append(lines, line)
	case s.production.Name != "":
		lines = append(lines, th.warn.Render("○ ")+th.dim.Render("no server is running on this workspace"))
	}
	return lines
}

// productionLines says which version is in production, how good it is, and
// since when.
func (s *shell) productionLines(v experiments.Version, since experiments.Promotion, width int) []string {
	th := s.theme
	if v.Name == "" {
		return []string{
			th.warn.Render("Nothing is in production."),
			th.dim.Render("Press P on a finished run, or: ringlab promote RUN"),
		}
	}
	e := v.Evaluation
	line := th.good.Render("★ ") + th.strong.Render(clean(v.Name)) + "  " + clean(v.Preset) + th.dim.Render("  run "+clean(v.Run)) +
		"   accuracy " + th.strong.Render(share(e.Accuracy)) + th.dim.Render(fmt.Sprintf(" [%s, %s]", share(e.AccuracyLow), share(e.AccuracyHigh)))
	for _, on := range []string{counted(e.Records, "holdout record"), thousands(e.Records) + " held out"} {
		if whole := line + th.dim.Render(" on "+on); ansi.StringWidth(whole) <= width {
			line = whole
			break
		}
	}
	lines := []string{pad(line, width)}
	if since.Version == v.Name {
		line := "since " + ago(s.now, since.Time) + ", by " + since.Author
		if since.Reason != "" {
			line += ": " + since.Reason
		}
		lines = append(lines, th.dim.Render(fit(line, width)))
	}
	return lines
}

func rateText(rate float64) string {
	if rate >= 100 {
		return thousands(int(rate + .5))
	}
	return strconv.FormatFloat(rate, 'f', 1, 64)
}

// nextLines are the suggestions around the cursor, at most height lines with
// the heading.
func (p *overviewPage) nextLines(width, height int) []string {
	th := p.shell.theme
	lines := []string{th.heading("Next", width)}
	if len(p.next) == 0 {
		return append(lines, th.dim.Render("Nothing is pressing."))
	}
	shown := max(min(height-1, len(p.next)), 1)
	top := min(max(p.cursor-shown+1, 0), len(p.next)-shown)
	commands := 0
	if width >= 100 {
		commands = width / 3
	}
	whats := 0
	for _, s := range p.next {
		whats = max(whats, ansi.StringWidth(clean(s.what)))
	}
	whats = min(whats, width/2)
	for i, s := range p.next[top : top+shown] {
		mark, style := "  ", th.plain
		if top+i == p.cursor {
			mark, style = th.accent.Render("▸ "), th.strong
		}
		line := mark + style.Render(fit(s.what, whats)) + th.dim.Render("   "+clean(s.why))
		if commands > 0 {
			line = pad(line, width-commands-2) + "  " + th.accent.Render(fit(s.command, commands))
		}
		lines = append(lines, pad(line, width))
	}
	return lines
}

// dataLines are how much there is, what came last, what waits, and the balance
// of the labels, at most height lines.
func (p *overviewPage) dataLines(width, height int) []string {
	th, s := p.shell.theme, p.summary
	newest := s.newest()
	line := th.strong.Render(thousands(newest.Records)) + " records" +
		th.dim.Render("   snapshot "+short(clean(newest.ID))+", "+ago(p.shell.now, newest.Created)+" ago")
	if height == 2 && s.waiting > 0 {
		line = th.strong.Render(thousands(newest.Records)) + " records   " + th.warn.Render("! "+counted(s.waiting, "dead letter")+" waiting")
	}
	lines := []string{th.heading("Data", width), pad(line, width)}
	if height == 2 {
		return lines
	}
	waiting := th.good.Render("✓") + th.dim.Render(" no dead letter is waiting")
	if s.waiting > 0 {
		waiting = th.warn.Render("! " + plural(s.waiting, "dead letter") + " waiting")
	}
	lines = append(lines, waiting)
	if height <= 4 {
		return append(lines[:min(len(lines), height)], p.balanceLine(width)...)[:min(height, 4)]
	}
	lines = append(lines, "", th.heading("Records by "+labelName(s.task), width))
	lines = append(lines, th.bars(s.labels, width)...)
	if rest := height - len(lines) - 2; rest > 0 && len(s.snapshots) > 0 {
		lines = append(lines, "", th.heading("Added", width))
		for i, snapshot := range s.snapshots[:min(rest, len(s.snapshots))] {
			before := 0
			if i+1 < len(s.snapshots) {
				before = s.snapshots[i+1].Records
			}
			lines = append(lines, th.dim.Render(fitRight(ago(p.shell.now, snapshot.Created)+" ago", 11))+"  "+
				th.strong.Render(fitRight("+"+thousands(snapshot.Records-before), 9))+
				th.dim.Render("  "+short(clean(snapshot.ID))))
		}
	}
	return lines[:min(len(lines), height)]
}

// balanceLine is the balance of the labels in one line.
func (p *overviewPage) balanceLine(width int) []string {
	th, s := p.shell.theme, p.summary
	labels := make([]int, 0, len(s.labels))
	for label := range s.labels {
		labels = append(labels, label)
	}
	slices.Sort(labels)
	line := th.dim.Render(labelName(s.task) + "  ")
	for _, label := range labels {
		line += th.strong.Render(strconv.Itoa(label)) + th.dim.Render("×"+thousands(s.labels[label])+"  ")
	}
	return []string{pad(line, width)}
}

func (p *overviewPage) runLines(width, height int) []string {
	th, s := p.shell.theme, p.summary
	if height < 2 {
		return nil
	}
	all := 0
	for _, n := range s.counts {
		all += n
	}
	lines := []string{th.heading("Last runs  "+thousands(all), width)}
	if len(s.runs) == 0 {
		return append(lines, th.dim.Render("None yet."))
	}
	for i := range s.runs[:min(height-1, len(s.runs))] {
		r := s.runs[i]
		state, style := th.state(r.State)
		if r.Silent {
			state, style = "◌ silent", th.warn
		}
		what := metric(r, "accuracy")
		if !r.State.Ended() {
			what = epochText(r)
		}
		lines = append(lines, pad(th.dim.Render(fitRight(r.ID, 5))+"  "+style.Render(fit(state, 13))+"  "+
			fit(r.Spec.Preset, 8)+"  "+th.strong.Render(fitRight(what, 7))+"  "+
			th.dim.Render(fitRight(ago(p.shell.now, r.Created), 7))+"  "+fit(apartName(&r, r.Apart, max(width-56, 8)), max(width-56, 8))+" "+th.accent.Render(fit(r.Version, 5)), width))
	}
	return lines
}

// viewFirstSteps leads from nothing to the first data.
func (p *overviewPage) viewFirstSteps() []string {
	th := p.shell.theme
	where := "There is no workspace yet. It will be made in"
	if !p.shell.homeless() {
		where = "The workspace is empty:"
	}
	step := func(key, what, why string) []string {
		return []string{th.accent.Render("  "+pad(key, 3)) + th.strong.Render(what), "     " + th.dim.Render(why), ""}
	}
	lines := []string{th.title.Render("Welcome to ringlab"), "",
		"Pictures of compounds in, the number of their rings out:",
		"read data, train, compare, promote, serve: all from here.", "",
		th.dim.Render(where), th.dim.Render("  " + fitEnd(p.shell.session.home(p.shell.session.Dir), min(p.width-8, 64))), ""}
	if p.shell.session.Example != nil {
		lines = append(lines, step("e", "Read the example data", "102 real compounds, built in; 2 are bad on purpose")...)
	}
	lines = append(lines, step("i", "Read a folder of your own", "compounds.json and pictures, as ringlab ingest FOLDER")...)
	lines = append(lines, step("?", "All keys", "ctrl+p finds any action by name; q leaves")...)
	// On a low screen the air goes, from below: the steps are what one needs.
	for i := len(lines) - 1; i > 0 && len(lines) > p.height; i-- {
		if lines[i] == "" {
			lines = slices.Delete(lines, i, i+1)
		}
	}
	for i := range lines {
		lines[i] = pad(lines[i], min(p.width, 72))
	}
	top := max((p.height-len(lines))/3, 0)
	return append(make([]string, top), centredBlock(lines, p.width)...)
}

func (p *overviewPage) listedServers() []experiments.Server { return p.summary.servers }
