package tui

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// compareView holds several runs side by side: what differs first, then the
// metrics with the difference to the first run.
type compareView struct {
	shell         *shell
	width, height int
	request       int
	loaded        bool
	failed        bool
	comparison    experiments.Comparison
	top           int
}

func newCompareView(s *shell, width, height int) *compareView {
	return &compareView{shell: s, width: width, height: height}
}

func (v *compareView) load(ids []string) tea.Cmd {
	var cmd tea.Cmd
	v.request, cmd = v.shell.ask(compareRuns(v.shell.session.Experiments, ids))
	return cmd
}

func (v *compareView) update(msg tea.Msg) {
	switch msg := msg.(type) {
	case comparedMsg:
		if msg.request == v.request {
			v.loaded, v.comparison = true, msg.comparison
		}
	case failedMsg:
		v.failed = v.failed || msg.request == v.request
	}
}

func (v *compareView) resize(width, height int) { v.width, v.height = width, height }

func (v *compareView) act(a action) {
	room := v.height - 2
	switch a {
	case actUp:
		v.top--
	case actDown:
		v.top++
	case actPageUp:
		v.top -= room
	case actPageDown:
		v.top += room
	case actFirst:
		v.top = 0
	case actLast:
		v.top = math.MaxInt32
	}
	v.top = max(min(v.top, len(v.lines())-room), 0)
}

func (v *compareView) view() []string {
	th := v.shell.theme
	lines := v.lines()
	return append([]string{th.heading("Comparison", v.width), ""},
		block(lines[min(v.top, len(lines)):], v.width, v.height-2)...)
}

func (v *compareView) lines() []string {
	th, c := v.shell.theme, v.comparison
	switch {
	case v.failed:
		return []string{th.dim.Render("These runs could not be compared; esc goes back.")}
	case !v.loaded:
		return []string{th.dim.Render("comparing …")}
	}
	names, each := 18, 0
	if n := len(c.Runs); n > 0 {
		each = min(max((v.width-names-2)/n-2, 10), 38)
	}
	row := func(name string, values []string, style func(string) string) string {
		line := fit(name, names)
		for _, value := range values {
			line += "  " + style(fit(value, each))
		}
		return line
	}
	plain := func(s string) string { return s }
	strong := func(s string) string { return th.strong.Render(s) }
	dim := func(s string) string { return th.dim.Render(s) }

	heads, subs := make([]string, len(c.Runs)), make([]string, len(c.Runs))
	for i, r := range c.Runs {
		heads[i] = "run " + r.ID
		subs[i] = strings.TrimSpace(r.Spec.Preset + "  " + r.Name)
	}
	lines := []string{row("", heads, strong), row("", subs, dim), ""}
	lines = append(lines, th.heading("parameters that differ", v.width))
	for _, r := range c.Differing {
		lines = append(lines, row(r.Name, r.Values, plain))
	}
	if len(c.Differing) == 0 {
		lines = append(lines, th.dim.Render("none"))
	}
	title := "metrics on the same holdout"
	if !c.SameHoldout {
		title = "metrics, each on its own holdout"
	}
	lines = append(lines, "", th.heading(title, v.width))
	for _, m := range c.Metrics {
		values := make([]string, len(m.Values))
		for i, value := range m.Values {
			values[i] = figure(value)
		}
		lines = append(lines, row(m.Name, values, plain))
		if sub := differences(m); sub != nil {
			lines = append(lines, row("", sub, dim))
		}
	}
	lines = append(lines, "", th.heading("the same in all", v.width))
	for _, r := range c.Same {
		value := ""
		if len(r.Values) > 0 {
			value = r.Values[0]
		}
		lines = append(lines, dim(row(r.Name, []string{value}, plain)))
	}
	return lines
}

func figure(v float64) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', 4, 64)
}

// differences is the line under a metric; nil where no run has one.
func differences(m experiments.MetricRow) []string {
	var out []string
	any := false
	for _, d := range m.Differences {
		text := ""
		if d != nil {
			any = true
			text = fmt.Sprintf("%+.2f [%+.2f, %+.2f] p %.2g", d.Value, d.Low, d.High, d.P)
		}
		out = append(out, text)
	}
	if !any {
		return nil
	}
	return out
}
