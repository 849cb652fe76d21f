package tui

import (
	"strconv"

	tea "charm.land/bubbletea/v2"
)

// servingPage shows what is in production and the servers on this workspace.
type servingPage struct {
	shell         *shell
	width, height int
	table         table
	serving       servingLoadedMsg
	loaded        bool
	request       int
	pending       bool
}

func newServingPage(s *shell) *servingPage {
	return &servingPage{shell: s, table: table{columns: []column{
		{title: "address", width: 16, grow: true},
		{title: "serves", width: 8},
		{title: "requests", width: 9, right: true},
		{title: "errors", width: 7, right: true},
		{title: "p50", width: 9, right: true},
		{title: "p99", width: 9, right: true},
		{title: "up", width: 7, right: true, drop: 1},
		{title: "seen", width: 9, right: true, drop: 2},
		{title: "process", width: 20, drop: 3},
	}}}
}

func (p *servingPage) Context() keyContext { return inServing }
func (p *servingPage) Typing() bool        { return false }
func (p *servingPage) Why(action) string   { return "" }

func (p *servingPage) Refresh() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadServing(p.shell.session.Experiments))
	return cmd
}

func (p *servingPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case servingLoadedMsg:
		if msg.request == p.request {
			p.pending, p.loaded, p.serving = false, true, msg
			p.table.setCount(len(msg.servers))
		}
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
	}
	return nil
}

func (p *servingPage) Act(a action) tea.Cmd {
	p.table.act(a)
	return nil
}

const productionHeight = 5

func (p *servingPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.table.resize(height - productionHeight - 1)
	return nil
}

func (p *servingPage) View() []string {
	th := p.shell.theme
	if !p.loaded {
		return []string{th.heading("Production", p.width)}
	}
	lines := block(append([]string{th.heading("Production", p.width)}, p.shell.productionLines(p.serving.production, p.serving.since, p.width)...), p.width, productionHeight)
	title := "Servers"
	if n := len(p.serving.servers); n > 0 {
		title += "  " + plainInt(n)
	}
	lines = append(lines, th.heading(title, p.width))
	if len(p.serving.servers) == 0 {
		return append(lines, "",
			"No server is running on this workspace. Start one:", "",
			th.accent.Render("  ringlab serve"), "",
			th.dim.Render("It answers over HTTP and follows promotions within two seconds."))
	}
	return append(lines, p.table.view(th, p.width, p.row)...)
}

func (p *servingPage) row(i int) []cell {
	th, s := p.shell.theme, p.serving.servers[i]
	version, style := s.Version, th.good
	switch {
	case version == "":
		version, style = "nothing", th.warn
	case version != p.serving.production.Name:
		version, style = version+" …", th.warn // about to follow
	}
	failures := th.plain
	if s.Errors > 0 {
		failures = th.bad
	}
	return []cell{
		{s.Address, th.strong},
		{version, style},
		{thousands(int(s.Requests)), th.plain},
		{thousands(int(s.Errors)), failures},
		{milliseconds(s.P50, s.Requests), th.plain},
		{milliseconds(s.P99, s.Requests), th.plain},
		{ago(p.shell.now, s.Started), th.dim},
		{ago(p.shell.now, s.Seen) + " ago", th.dim},
		{s.Host + " " + strconv.Itoa(s.PID), th.dim},
	}
}

func milliseconds(ms float64, requests int64) string {
	if requests == 0 {
		return "–"
	}
	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}
