package tui

import (
	"fmt"
	"slices"
	"strings"

	"ringlab/experiments"
)

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
	lines := p.head()
	high := len(lines) + p.versionLines()
	lines = append(lines, p.table.view(th, p.width, p.row)...)
	if p.loaded && len(p.shown) == 0 {
		lines = append(lines, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	lines = append(block(lines, p.width, high), "")
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

// head is the title, and the filter where there is one.
func (p *modelsPage) head() []string {
	th, title := p.shell.theme, "Versions"
	if p.loaded {
		title += "  " + p.table.place()
		if n := len(p.versions); len(p.shown) < n {
			title += " selected of " + thousands(n)
		}
	}
	lines := []string{th.heading(title, p.width)}
	if p.bar.typing || p.bar.text != "" {
		lines = append(lines, p.bar.view(th, p.width)...)
	}
	return lines
}

func (p *modelsPage) row(i int) []cell {
	th, v := p.shell.theme, p.shown[i]
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
