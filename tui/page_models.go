package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// modelsPage lists the model versions and the history of production.
type modelsPage struct {
	shell         *shell
	width, height int
	table         table
	versions      []experiments.Version
	history       []experiments.Promotion
	loaded        bool
	request       int
	pending       bool
}

func newModelsPage(s *shell) *modelsPage {
	return &modelsPage{shell: s, table: table{columns: []column{
		{title: "version", width: 8},
		{title: "alias", width: 14},
		{title: "preset", width: 8},
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
			p.versions, p.history = msg.versions, msg.history
			p.table.setCount(len(p.versions))
			p.table.resize(p.split() - 2)
		}
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
	}
	return nil
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
	case actPromote, actOpenRun:
		switch {
		case !ok:
			return "there is no version; P on a finished run makes one"
		case a == actPromote && serving && version.Name == production.Name:
			return version.Name + " is in production already"
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
		return nil
	}
	version, _ := p.current()
	switch a {
	case actOpenRun:
		return func() tea.Msg { return openRunMsg{version.Run} }
	case actPromote:
		return p.shell.askPromotion(version.Name, version.Name)
	case actRollback:
		if from, to, ok := experiments.RollbackOf(p.history); ok {
			p.shell.askRollback(from, to)
		}
	}
	return nil
}

// split shares the height between versions and history: a few versions leave
// the room to the history.
func (p *modelsPage) split() (versions int) {
	return max(min(p.height/2, len(p.versions)+4), 7)
}

func (p *modelsPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.table.resize(p.split() - 2)
	return nil
}

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
	lines = block(lines, p.width, p.split())
	lines = append(lines, th.heading("History of production", p.width))
	return append(lines, p.historyLines()...)
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

func (p *modelsPage) historyLines() []string {
	th := p.shell.theme
	if len(p.history) == 0 {
		return []string{th.dim.Render("Nothing was promoted yet.")}
	}
	lines := make([]string, 0, len(p.history))
	for _, h := range p.history {
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
		line := th.dim.Render(fitRight(ago(p.shell.now, h.Time)+" ago", 11)) + "  " +
			style.Render(fit(kind, 11)) + "  " + fit(change, 10) + "  " + th.dim.Render(fit(h.Author, 10))
		if h.Reason != "" {
			line += "  " + clean(h.Reason)
		}
		lines = append(lines, pad(line, p.width))
	}
	return lines
}
