package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/filter"
	"ringlab/experiments"
)

// modelsPage lists the model versions. Beside or below them stand the gates of
// the one under the cursor, its lineage from picture to answer, and the history
// of production.
type modelsPage struct {
	shell         *shell
	width, height int
	table         table
	bar           filterBar
	versions      []experiments.Version
	shown         []experiments.Version // those that the filter selects
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
	return &modelsPage{shell: s, checked: map[string][]experiments.Gate{}, bar: filterBar{schema: experiments.VersionFields()}, table: table{columns: []column{
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

func (p *modelsPage) Context() keyContext {
	if p.bar.typing {
		return inFilter
	}
	return inModels
}

func (p *modelsPage) Typing() bool { return p.bar.typing }

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
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.bar.key(msg, p.shell.now) {
			return p.refilter()
		}
	case modelsLoadedMsg:
		if msg.request == p.request {
			p.pending, p.loaded = false, true
			p.setVersions(msg)
			return p.look()
		}
	case filterMsg:
		if msg.page == pageModels && p.bar.set(msg.text, p.shell.now) {
			return p.refilter()
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

func (p *modelsPage) setVersions(m modelsLoadedMsg) {
	p.versions, p.history = m.versions, m.history
	p.choose()
}

// choose lists what the filter selects; the cursor stays on its version.
func (p *modelsPage) choose() {
	before, had := p.current()
	selects := filter.Matcher[*experiments.Version](p.bar.applied)
	p.shown = make([]experiments.Version, 0, len(p.versions))
	for i := range p.versions {
		if selects(&p.versions[i]) {
			p.shown = append(p.shown, p.versions[i])
		}
	}
	p.table.setCount(len(p.shown))
	if i := slices.IndexFunc(p.shown, func(v experiments.Version) bool { return v.Name == before.Name }); had && i >= 0 {
		p.table.cursor = i
	}
	p.table.resize(p.versionLines() - 1)
}

func (p *modelsPage) refilter() tea.Cmd {
	p.choose()
	return p.look()
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
	if p.table.cursor >= len(p.shown) {
		return experiments.Version{}, false
	}
	return p.shown[p.table.cursor], true
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
		case !ok && len(p.versions) > 0:
			return "no version is selected; esc clears the filter"
		case !ok:
			return "there is no version; P on a finished run makes one"
		case a == actPromote && serving && version.Name == production.Name:
			return version.Name + " is in production already"
		case a == actGates && p.checking != "":
			return "the gates of " + p.checking + " are being asked"
		}
	case actFilter:
		if len(p.versions) == 0 {
			return "there is no version; P on a finished run makes one"
		}
	case actRollback:
		if _, _, ok := experiments.RollbackOf(p.history); !ok {
			return "there is no version before"
		}
	}
	return ""
}

func (p *modelsPage) Act(a action) tea.Cmd {
	switch {
	case p.bar.typing:
		if p.bar.act(a, p.shell.now) {
			return p.refilter()
		}
		return nil
	case p.table.act(a):
		return p.look()
	}
	version, _ := p.current()
	switch a {
	case actFilter:
		p.bar.begin(p.shell.theme, p.shell.now)
	case actBack:
		if p.bar.set("", p.shell.now) {
			return p.refilter()
		}
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
