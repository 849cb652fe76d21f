package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// modelsPage lists the model versions. Beside or below them stand the gates of
// the one under the cursor, its lineage from picture to answer, and the history
// of production.
type modelsPage struct {
	shell         *shell
	width, height int
	table         table
	versions      []experiments.Version
	history       []experiments.Promotion
	loaded        bool
	request       int
	pending       bool

	lineage        lineageLoadedMsg // of the version under the cursor
	lineageRequest int
	lineageOf      string
	checked        map[string][]experiments.Gate // gates that were asked for here
	checking       string                        // the version whose gates are being asked for
	checkRequest   int
}

func newModelsPage(s *shell) *modelsPage {
	return &modelsPage{shell: s, checked: map[string][]experiments.Gate{}, table: table{columns: []column{
		{title: "version", width: 8},
		{title: "alias", width: 14},
		{title: "preset", width: 8, grow: true},
		{title: "run", width: 5, right: true},
		{title: "accuracy", width: 8, right: true},
		{title: "95 % interval", width: 16, drop: 1},
		{title: "F1", width: 6, right: true, drop: 2},
		{title: "records", width: 7, right: true, drop: 3},
		{title: "by", width: 8, grow: true, drop: 4},
		{title: "age", width: 7, right: true},
	}}}
}

func (p *modelsPage) Context() keyContext { return inModels }
func (p *modelsPage) Typing() bool        { return false }

func (p *modelsPage) Refresh() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadModels(p.shell.session.Experiments))
	return cmd
}

func (p *modelsPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case modelsLoadedMsg:
		if msg.request == p.request {
			p.pending, p.loaded = false, true
			p.setVersions(msg)
			return p.look()
		}
	case lineageLoadedMsg:
		if msg.request == p.lineageRequest {
			p.lineage = msg
		}
	case gatesLoadedMsg:
		if msg.request == p.checkRequest {
			p.checked[p.checking], p.checking = msg.gates, ""
		}
	case promotedMsg: // what the gates said was about another production
		clear(p.checked)
		p.lineageOf = ""
	case bundleExportedMsg:
		p.shell.say("The bundle of %s is in %s.", clean(msg.model.Name), clean(msg.folder))
	case failedMsg:
		switch msg.request {
		case p.request:
			p.pending = false
		case p.checkRequest:
			p.checking = ""
		}
	}
	return nil
}

// setVersions keeps the cursor on its version when new ones arrive.
func (p *modelsPage) setVersions(m modelsLoadedMsg) {
	before, had := p.current()
	p.versions, p.history = m.versions, m.history
	p.table.setCount(len(p.versions))
	if i := slices.IndexFunc(p.versions, func(v experiments.Version) bool { return v.Name == before.Name }); had && i >= 0 {
		p.table.cursor = i
	}
	p.table.resize(p.versionLines() - 1)
}

// look asks for the lineage of the version under the cursor.
func (p *modelsPage) look() tea.Cmd {
	version, ok := p.current()
	if !ok || version.Name == p.lineageOf {
		return nil
	}
	p.lineageOf = version.Name
	var cmd tea.Cmd
	p.lineageRequest, cmd = p.shell.ask(loadLineage(p.shell.session.Stores, version))
	return cmd
}

func (p *modelsPage) current() (experiments.Version, bool) {
	if p.table.cursor >= len(p.versions) {
		return experiments.Version{}, false
	}
	return p.versions[p.table.cursor], true
}

// production is the version that serves, and whether there is one.
func (p *modelsPage) production() (experiments.Version, bool) {
	i := slices.IndexFunc(p.versions, func(v experiments.Version) bool {
		return slices.Contains(v.Aliases, experiments.Production)
	})
	if i < 0 {
		return experiments.Version{}, false
	}
	return p.versions[i], true
}

func (p *modelsPage) Why(a action) string {
	version, ok := p.current()
	production, serving := p.production()
	switch a {
	case actPromote, actOpenRun, actGates, actExportBundle:
		switch {
		case !ok:
			return "there is no version; P on a finished run makes one"
		case a == actPromote && serving && version.Name == production.Name:
			return version.Name + " is in production already"
		case a == actGates && p.checking != "":
			return "the gates of " + p.checking + " are being asked"
		}
	case actRollback:
		if _, _, ok := experiments.RollbackOf(p.history); !ok {
			return "there is no version before"
		}
	}
	return ""
}

func (p *modelsPage) Act(a action) tea.Cmd {
	if p.table.act(a) {
		return p.look()
	}
	version, _ := p.current()
	switch a {
	case actOpenRun:
		return func() tea.Msg { return openRunMsg{version.Run} }
	case actPromote:
		return p.shell.askPromotion(version.Name, version.Name)
	case actGates:
		p.checking = version.Name
		var cmd tea.Cmd
		p.checkRequest, cmd = p.shell.ask(loadGates(p.shell.session.Experiments, version.Name))
		return cmd
	case actExportBundle:
		p.shell.askExportBundle(version.Name)
	case actRollback:
		if from, to, ok := experiments.RollbackOf(p.history); ok {
			p.shell.askRollback(from, to)
		}
	}
	return nil
}

// versionLines shares the height: a few versions leave the room to the rest.
func (p *modelsPage) versionLines() int {
	return max(min(p.height/3, len(p.versions)+2), 5)
}

func (p *modelsPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.table.resize(p.versionLines() - 1)
	return nil
}

// wideModels is where the history stands beside gates and lineage.
const wideModels = 110

func (p *modelsPage) View() []string {
	th := p.shell.theme
	if p.loaded && len(p.versions) == 0 {
		return centred([]string{
			th.strong.Render("No model versions yet"), "",
			"Open a finished run under " + th.accent.Render("3 Runs") + " and press " + th.accent.Render("P") + ",",
			"or from a shell:",
			th.accent.Render("ringlab promote RUN"),
		}, p.width, p.height)
	}
	title := "Versions"
	if p.loaded {
		title += "  " + p.table.place()
	}
	lines := append([]string{th.heading(title, p.width)}, p.table.view(th, p.width, p.row)...)
	lines = append(block(lines, p.width, p.versionLines()+1), "")
	rest := p.height - len(lines)
	if p.width >= wideModels {
		left := p.width/2 - 2
		below := append(p.gateLines(left), "")
		below = append(below, p.lineageLines(left)...)
		right := append([]string{th.heading("History of production", p.width-left-3)}, p.historyLines(p.width-left-3)...)
		return append(lines, th.beside(below, right, left, p.width, rest)...)
	}
	// On a low screen the lineage goes first, then the history.
	gates := p.gateLines(p.width)
	lines = append(lines, gates...)
	lines = append(lines, "")
	lineage := p.lineageLines(p.width)
	if rest-len(gates)-1 >= len(lineage)+4 {
		lines = append(append(lines, lineage...), "")
	}
	lines = append(lines, th.heading("History of production", p.width))
	return append(lines, p.historyLines(p.width)...)
}

func (p *modelsPage) row(i int) []cell {
	th, v := p.shell.theme, p.versions[i]
	alias := strings.Join(v.Aliases, ", ")
	if slices.Contains(v.Aliases, experiments.Production) {
		alias = "★ " + alias
	}
	e := v.Evaluation
	return []cell{
		{v.Name, th.strong},
		{alias, th.good},
		{v.Preset, th.plain},
		{v.Run, th.plain},
		{share(e.Accuracy), th.strong},
		{fmt.Sprintf("[%s, %s]", share(e.AccuracyLow), share(e.AccuracyHigh)), th.dim},
		{share(e.MacroF1), th.plain},
		{plainInt(e.Records), th.plain},
		{v.Author, th.dim},
		{ago(p.shell.now, v.Created), th.dim},
	}
}

// gates are those of the version under the cursor: as they come out now, if
// they were asked for here, else as they did when it was last promoted.
func (p *modelsPage) gates() (gates []experiments.Gate, when string) {
	version, ok := p.current()
	if !ok {
		return nil, ""
	}
	if gates, ok := p.checked[version.Name]; ok {
		return gates, "now"
	}
	for _, h := range p.history {
		if h.Version == version.Name && h.Kind == "promote" && len(h.Gates) > 0 {
			return h.Gates, "when it was promoted, " + ago(p.shell.now, h.Time) + " ago"
		}
	}
	return nil, ""
}

func (p *modelsPage) gateLines(width int) []string {
	th := p.shell.theme
	version, _ := p.current()
	gates, when := p.gates()
	title := "Gates"
	if version.Name != "" {
		title += " of " + clean(version.Name)
	}
	if when != "" {
		title += ", " + when
	}
	lines := []string{th.heading(title, width)}
	switch {
	case p.checking != "" && p.checking == version.Name:
		return append(lines, th.dim.Render("asking the gates …"))
	case len(gates) == 0:
		return append(lines, th.dim.Render("Not asked yet: ")+th.accent.Render("c")+th.dim.Render(" asks them, and changes nothing."))
	}
	for _, g := range gates {
		lines = append(lines, pad(gateLine(th, g), width))
	}
	return lines
}

// lineageLines go from the pictures to the answers.
func (p *modelsPage) lineageLines(width int) []string {
	th, l := p.shell.theme, p.lineage
	version, ok := p.current()
	lines := []string{th.heading("From picture to answer", width)}
	if !ok || l.version != version.Name {
		return lines
	}
	spec := l.run.Spec
	serving := "nobody"
	if len(l.servers) > 0 {
		serving = strings.Join(l.servers, ", ")
	}
	bundle := l.model.Sum
	if bundle != "" {
		bundle = "sha256 " + short(bundle)
	}
	steps := []pair{
		{"pictures", plural(l.snapshot.Records, "record") + ", snapshot " + short(spec.Snapshot)},
		{"split", fmt.Sprintf("%s, %s held out", spec.Split, plural(version.Evaluation.Records, "record"))},
		{"run", fmt.Sprintf("%s by %s, preset %s, seed %d, took %s", l.run.ID, l.run.Author, spec.Preset, spec.Seed, span(l.run.Ended.Sub(l.run.Started)))},
		{"bundle", bundle},
		{"version", version.Name + " by " + version.Author + ", " + ago(p.shell.now, version.Created) + " ago"},
		{"answers", serving},
	}
	for i, s := range steps {
		arrow := "│"
		switch i {
		case 0:
			arrow = "┌"
		case len(steps) - 1:
			arrow = "▼"
		}
		lines = append(lines, th.accent.Render(arrow)+" "+th.dim.Render(fit(s.name, 9))+fit(s.value, width-11))
	}
	return lines
}

func (p *modelsPage) historyLines(width int) []string {
	return p.shell.historyLines(p.history, width)[1:]
}

// historyLines is the history of production with its heading.
func (s *shell) historyLines(history []experiments.Promotion, width int) []string {
	th := s.theme
	lines := []string{th.heading("History of production", width)}
	if len(history) == 0 {
		return append(lines, th.dim.Render("Nothing was promoted yet."))
	}
	for _, h := range history {
		change := clean(h.Version)
		if h.Previous != "" {
			change = clean(h.Previous) + " → " + change
		}
		kind, style := "promoted", th.good
		if h.Kind == "rollback" {
			kind, style = "rolled back", th.warn
		}
		if h.Forced {
			kind, style = "forced", th.bad
		}
		line := th.dim.Render(fitRight(ago(s.now, h.Time)+" ago", 11)) + "  " +
			style.Render(fit(kind, 11)) + "  " + fit(change, 10) + "  " + th.dim.Render(fit(h.Author, 10))
		below := width < 75 // the reason has a line of its own
		if h.Reason != "" && !below {
			line += "  " + clean(h.Reason)
		}
		lines = append(lines, pad(line, width))
		if h.Reason != "" && below {
			lines = append(lines, th.dim.Render(strings.Repeat(" ", 13)+fit(h.Reason, width-13)))
		}
	}
	return lines
}
