package tui

import (
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// servingPage shows what is in production, the servers on this workspace, what
// they have answered against what the model learned from, and one picture that
// the person tries.
type servingPage struct {
	shell         *shell
	width, height int
	table         table
	serving       servingLoadedMsg
	servers       sifted[experiments.Server, *experiments.Server]
	rates         serverRates
	loaded        bool
	request       int
	pending       bool

	traffic        trafficLoadedMsg
	trafficRequest int
	trafficPending bool
	tried          *triedMsg // nil until a picture was tried
	tryRequest     int
	trying         string // the picture that is being asked about
	preview        preview
}

func newServingPage(s *shell) *servingPage {
	p := &servingPage{shell: s, table: table{columns: []column{
		{title: "address", width: 16, grow: true},
		{title: "serves", width: 8},
		{title: "per second", width: 10, right: true},
		{title: "requests", width: 9, right: true},
		{title: "errors", width: 6, right: true},
		{title: "p50", width: 9, right: true, drop: 1},
		{title: "p99", width: 9, right: true},
		{title: "up", width: 7, right: true, drop: 2},
		{title: "seen", width: 9, right: true, drop: 3},
		{title: "process", width: 16, drop: 4},
	}}}
	p.servers.bar.schema = experiments.ServerFields()
	return p
}

func (p *servingPage) Context() keyContext {
	if p.servers.bar.typing {
		return inFilter
	}
	return inServing
}

func (p *servingPage) Typing() bool { return p.servers.bar.typing }

func (p *servingPage) listedServers() []experiments.Server { return p.serving.servers }

func (p *servingPage) Why(a action) string {
	switch {
	case a == actTry && p.serving.production.Name == "":
		return "nothing is in production"
	case a == actFilter && len(p.serving.servers) == 0:
		return "no server is running here"
	}
	return ""
}

func (p *servingPage) Refresh() tea.Cmd {
	var cmds []tea.Cmd
	if !p.pending {
		p.pending = true
		var cmd tea.Cmd
		p.request, cmd = p.shell.ask(loadServing(p.shell.session.Stores))
		cmds = append(cmds, cmd)
	}
	if !p.trafficPending && len(p.serving.servers) > 0 {
		p.trafficPending = true
		var cmd tea.Cmd
		p.trafficRequest, cmd = p.shell.ask(loadTraffic(p.serving.servers))
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

func (p *servingPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.servers.typed(msg, p.shell.now) {
			p.list()
		}
	case servingLoadedMsg:
		if msg.request == p.request {
			first := !p.loaded
			p.pending, p.loaded, p.serving = false, true, msg
			p.rates.take(msg.servers)
			p.servers.give(msg.servers)
			p.list()
			if first {
				return p.Refresh() // now that the servers are known
			}
		}
	case trafficLoadedMsg:
		if msg.request == p.trafficRequest {
			p.trafficPending, p.traffic = false, msg
		}
	case triedMsg:
		if msg.request == p.tryRequest {
			p.tried, p.trying = &msg, ""
			p.preview.want(msg.path, msg.request)
			p.preview.show(pictureLoadedMsg{request: msg.request, picture: msg.picture}, p.shell)
		}
	case repaintMsg:
		p.preview.repaint(p.shell)
	case failedMsg:
		switch msg.request {
		case p.request:
			p.pending = false
		case p.trafficRequest:
			p.trafficPending = false
		case p.tryRequest:
			p.trying = ""
		}
	}
	return nil
}

// list shows other servers.
func (p *servingPage) list() {
	p.table.setCount(len(p.servers.shown))
	p.layout()
}

func (p *servingPage) Act(a action) tea.Cmd {
	if _, done := p.servers.filters(p.shell.theme, a, p.shell.now); done {
		p.list()
		return nil
	}
	if a == actTry {
		p.shell.open(dialog{
			title:  "Try a picture",
			lines:  []string{"A PNG of a compound. Type its path, or drag the file into the terminal."},
			button: "Ask",
			reason: true, needed: true, label: "picture",
			confirm: func(path string) tea.Cmd {
				p.trying = homePath(path)
				var cmd tea.Cmd
				p.tryRequest, cmd = p.shell.ask(tryPicture(p.shell.session.Stores, p.serving.servers, p.trying))
				return cmd
			},
		})
		return nil
	}
	p.table.act(a)
	return nil
}

// air is what stands between the parts: nothing on a small screen, which needs
// the line for a label.
func (p *servingPage) air() int { return min(max(p.height-15, 0), 1) }

// productionHeight is that of its heading, two lines, and air.
func (p *servingPage) productionHeight() int { return 3 + p.air() }

func (p *servingPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.layout()
	return nil
}

// serverLines is the table of servers with its heading and air.
func (p *servingPage) serverLines() int {
	return min(max(len(p.serving.servers), 3)+2, max(p.height/3-1, 4)) + p.servers.bar.height() + p.air()
}

func (p *servingPage) layout() {
	p.table.resize(p.serverLines() - 1 - p.servers.bar.height() - p.air())
	rest := p.height - p.productionHeight() - p.serverLines()
	p.preview.resize(max(p.sideWidth()-2, 8), max(rest-8, 4))
}

// sideWidth is the room for the picture that was tried.
func (p *servingPage) sideWidth() int { return min(max(p.width*2/5, 26), 70) }

func (p *servingPage) View() []string {
	th := p.shell.theme
	if !p.loaded {
		return []string{th.heading("Production", p.width)}
	}
	lines := block(append([]string{th.heading("Production", p.width)},
		p.shell.productionLines(p.serving.production, p.serving.since, p.width)...), p.width, p.productionHeight())
	title := "Servers"
	if n := len(living(p.serving.servers)); n > 0 {
		title += "  " + plainInt(n)
		if all, shown := len(p.serving.servers), len(p.servers.shown); shown < all {
			title = "Servers  " + plainInt(shown) + " selected of " + plainInt(all)
		}
	}
	servers := []string{th.heading(title+p.shell.missingText(p.serving.servers, "  "), p.width)}
	if len(p.serving.servers) == 0 {
		servers = append(servers, "No server is running here: "+th.accent.Render("ringlab serve")+" starts one.",
			th.dim.Render("It follows promotions within two seconds."))
	} else {
		servers = append(servers, p.servers.bar.head(th, p.width)...)
		servers = append(servers, p.table.view(th, p.width, p.row)...)
		if len(living(p.serving.servers)) == 0 {
			servers = append(servers, "  "+th.accent.Render("ringlab serve")+" starts one again.")
		}
		if len(p.servers.shown) == 0 {
			servers = append(servers, th.nothingMatches()[1])
		}
	}
	lines = append(lines, block(servers, p.width, p.serverLines())...)
	rest := p.height - len(lines)
	left := p.width - p.sideWidth() - 3
	return append(lines, th.beside(p.answerLines(left, rest), p.tryLines(p.sideWidth()), left, p.width, rest)...)
}

// answerLines compare what was answered with what the model learned from, and
// below, where there is room, trace the requests.
func (p *servingPage) answerLines(width, height int) []string {
	th := p.shell.theme
	rows, learned, said := labelShares(p.serving.learned, p.traffic.said)
	lines := []string{th.heading("Answers against training data", width)}
	if learned == 0 {
		return append(lines, th.dim.Render("Nothing to compare yet."))
	}
	bars := max((width-22)/2, 4)
	lines = append(lines, "     "+th.dim.Render(fit(told("learned from", "learned", learned, bars+6), bars+7)+fit(told("answered", "said", said, bars+6), bars+7)))
	var notes []string
	if p.traffic.unlike > 0 {
		notes = append(notes, th.warn.Render("! "+plural(p.traffic.unlike, "picture")+" unlike those it learned from"))
	}
	if p.traffic.silent != "" && len(p.serving.servers) > 0 {
		notes = append(notes, th.dim.Render(fit(p.traffic.silent, width)))
	}
	rows = lastTogether(rows, height-len(lines)-len(notes))
	most := 0.
	for _, row := range rows {
		most = max(most, row.learned, row.said)
	}
	for _, row := range rows {
		line := fitRight(row.label, 3) + "  " + th.line(row.learned/most, bars, th.dim) + th.dim.Render(fitRight(percent(row.learned), 5)) + "  "
		if said > 0 {
			line += th.line(row.said/most, bars, th.accent) + fitRight(percent(row.said), 5)
		}
		lines = append(lines, pad(line, width))
	}
	lines = append(lines, notes...)
	if rest := height - len(lines) - 2; rest >= 3 && len(p.rates.total) > 1 {
		lines = append(lines, "", th.heading("Requests a second  "+rateText(p.rates.sum())+" now", width))
		lines = append(lines, th.trace(p.rates.total, width, min(rest, 8))...)
	}
	return lines
}

// labelShare is a label with its shares of what was learned from and answered.
type labelShare struct {
	label         string
	learned, said float64
}

// labelShares are the labels of two counts, ascending, and the sums of both.
func labelShares(learned, said map[int]int) (rows []labelShare, ofLearned, ofSaid int) {
	labels := map[int]bool{}
	for label, n := range learned {
		ofLearned, labels[label] = ofLearned+n, true
	}
	for label, n := range said {
		ofSaid, labels[label] = ofSaid+n, true
	}
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		rows = append(rows, labelShare{strconv.Itoa(label), ratio(learned[label], ofLearned), ratio(said[label], ofSaid)})
	}
	return rows, ofLearned, ofSaid
}

// lastTogether makes as many rows as have room: the last one is then of its
// label and all above it, "4+".
func lastTogether(rows []labelShare, room int) []labelShare {
	room = max(room, 1)
	if len(rows) <= room {
		return rows
	}
	last := rows[room-1]
	last.label += "+"
	for _, row := range rows[room:] {
		last.learned += row.learned
		last.said += row.said
	}
	return append(slices.Clone(rows[:room-1]), last)
}

// told is a count with the longer name that has room, or that name alone.
func told(long, brief string, n, room int) string {
	for _, name := range []string{long, brief} {
		if text := name + " " + thousands(n); ansi.StringWidth(text) <= room {
			return text
		}
	}
	return brief
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 0, 64) + " %" }

// tryLines are the picture that was tried and its answer.
func (p *servingPage) tryLines(width int) []string {
	th := p.shell.theme
	lines := []string{th.heading("Try a picture", width)}
	switch {
	case p.trying != "":
		return append(lines, th.dim.Render(fit("asking about "+filepath.Base(p.trying)+" …", width)))
	case p.tried == nil:
		return append(lines, th.accent.Render("t")+th.dim.Render(" asks about a file."))
	}
	t := p.tried
	by := "the model itself"
	if t.by != "" {
		by = t.by
	}
	lines = append(lines,
		fit(filepath.Base(t.path), width),
		th.strong.Render(plural(t.said.Label, "ring"))+th.dim.Render("  confidence ")+th.strong.Render(share(t.said.Confidence)),
		th.dim.Render(fit(t.model+" by "+by+", "+milliseconds(float64(t.took.Microseconds())/1000, 1), width)))
	if t.said.Unlike {
		lines = append(lines, th.warn.Render("! unlike what it learned from: do not trust it"))
	}
	lines = append(lines, p.preview.view(th)...)
	return append(lines, th.probabilities(t.said.Probabilities, t.said.Label, width, 4)...)
}

// probabilities draws the likeliest answers, at most count lines.
func (t theme) probabilities(shares map[int]float64, said, width, count int) []string {
	labels := slices.SortedFunc(maps.Keys(shares), func(a, b int) int {
		switch {
		case shares[a] > shares[b]:
			return -1
		case shares[a] < shares[b]:
			return 1
		}
		return a - b
	})
	var lines []string
	for _, label := range labels[:min(count, len(labels))] {
		style := t.dim
		if label == said {
			style = t.accent
		}
		lines = append(lines, fitRight(strconv.Itoa(label), 3)+"  "+t.line(shares[label], max(width-14, 4), style)+fitRight(share(shares[label]), 7))
	}
	return lines
}

// living are the servers that have not died.
func living(servers []experiments.Server) []experiments.Server {
	return slices.DeleteFunc(slices.Clone(servers), func(v experiments.Server) bool { return v.Died })
}

// missingText says which server has died or is silent, or how many, and for how
// long at most, each after before; "" where all report.
func (s *shell) missingText(servers []experiments.Server, before string) string {
	var died, silent []string
	var longest time.Duration
	for i := range servers {
		switch v := &servers[i]; {
		case v.Died:
			died = append(died, clean(v.Address))
		case v.Silent(s.now) > 0:
			silent, longest = append(silent, clean(v.Address)), max(longest, v.Silent(s.now))
		}
	}
	text := ""
	switch len(died) {
	case 0:
	case 1:
		text = before + "✗ " + died[0] + " has died"
	default:
		text = before + "✗ " + plural(len(died), "server") + " have died"
	}
	switch seconds := " silent for " + strconv.Itoa(int(longest.Seconds())) + " s"; len(silent) {
	case 0:
	case 1:
		text += before + "◌ " + silent[0] + seconds
	default:
		text += before + "◌ " + plural(len(silent), "server") + seconds
	}
	return text
}

func (p *servingPage) row(i int) []cell {
	th, s := p.shell.theme, p.servers.shown[i]
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
	rate, seen := cell{rateText(p.rates.rate[s.ID]), th.strong}, cell{ago(p.shell.now, s.Seen) + " ago", th.dim}
	address := cell{s.Address, th.strong}
	switch {
	case s.Died:
		version, style = "died", th.bad
		rate, seen.style, address = cell{"–", th.dim}, th.bad, cell{"✗ " + s.Address, th.bad}
	case s.Silent(p.shell.now) > 0:
		rate, seen.style, address = cell{"–", th.dim}, th.warn, cell{"◌ " + s.Address, th.warn}
	}
	return []cell{
		address,
		{version, style},
		rate,
		{thousands(int(s.Requests)), th.plain},
		{thousands(int(s.Errors)), failures},
		{milliseconds(s.P50, s.Requests), th.plain},
		{milliseconds(s.P99, s.Requests), th.plain},
		{ago(p.shell.now, s.Started), th.dim},
		seen,
		{s.Host + " " + strconv.Itoa(s.PID), th.dim},
	}
}

func milliseconds(ms float64, requests int64) string {
	if requests == 0 {
		return "–"
	}
	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}
