package tui

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// compareView holds several runs side by side: what differs first, then the
// metrics with the difference to the first run; their curves over one another;
// and of the first and another one, answer by answer, the confusion and the
// pictures on which they disagree.
type compareView struct {
	shell         *shell
	width, height int
	request       int
	ids           []string
	loaded        bool
	failed        bool
	comparison    experiments.Comparison
	section       int
	top           int
	left          int // the first of the other runs on screen
	other         int // the run that is paired with the first, from 1
	pair          pairView
	curves        *curves
	drawn         int // of the others, the first whose curves are drawn
}

// Sections of a comparison.
const (
	compareSummary = iota
	compareCurves
	compareConfusion
	compareDisagreements
	compareSections
)

func newCompareView(s *shell, width, height int) *compareView {
	v := &compareView{shell: s, other: 1, pair: newPairView(s)}
	v.resize(width, height)
	return v
}

func (v *compareView) load(ids []string) tea.Cmd {
	v.ids = ids
	v.overlay()
	var cmd tea.Cmd
	v.request, cmd = v.shell.ask(compareRuns(v.shell.session.Experiments, ids))
	return cmd
}

// overlay draws the first run's curves, and over them those of the others that
// can be told apart.
func (v *compareView) overlay() {
	v.curves = newCurves(v.shell, v.ids[0], v.ids[1+v.drawn:])
	v.curves.overlaid = true
	v.curves.fit(v.width, v.height-compareHead)
}

// refresh reads the curves anew where one may grow.
func (v *compareView) refresh() tea.Cmd {
	growing := slices.ContainsFunc(v.comparison.Runs, func(r experiments.Run) bool { return !r.State.Ended() })
	if v.section != compareCurves || !growing {
		return nil
	}
	return v.curves.load()
}

// context says which keys apply in the section.
func (v *compareView) context() keyContext {
	switch v.section {
	case compareSummary:
		return inSummary
	case compareCurves:
		return inOverlaid
	case compareDisagreements:
		if v.pair.differing.bar.typing {
			return inFilter
		}
		return inDisagreements
	}
	return inConfusion
}

// keeps: esc has a filter to clear before it leaves the comparison.
func (v *compareView) keeps() bool {
	return v.section == compareDisagreements && v.pair.differing.bar.open()
}

// why is the reason why an action changes nothing, "" if it does.
func (v *compareView) why(a action) string {
	switch a {
	case actOtherRun:
		if v.section == compareSummary {
			return "it changes what curves, confusion and disagreements are of"
		}
		if v.section == compareCurves && len(v.ids)-1 <= mostOver {
			return "the curves of all are drawn"
		}
		if len(v.ids) <= 2 {
			return "there are only these two"
		}
	case actRunsLeft, actRunsRight:
		if shown, _ := v.columns(); len(shown) == len(v.comparison.Runs) {
			return "all runs are shown"
		}
	}
	if v.section == compareCurves {
		return v.curves.why(a)
	}
	return ""
}

// loadPair asks for the answers of the first run and the other one.
func (v *compareView) loadPair() tea.Cmd {
	return v.pair.load(v.ids[0], v.ids[v.other])
}

func (v *compareView) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case comparedMsg:
		if msg.request == v.request {
			v.loaded, v.comparison = true, msg.comparison
		}
	case curvesLoadedMsg:
		v.curves.update(msg)
	case failedMsg:
		v.failed = v.failed || msg.request == v.request
	}
	return v.pair.update(msg)
}

func (v *compareView) resize(width, height int) {
	v.width, v.height = width, height
	v.pair.resize(width, height-compareHead)
	if v.curves != nil {
		v.curves.fit(width, height-compareHead)
	}
}

// compareHead is the title, the sections, and air.
const compareHead = 3

func (v *compareView) act(a action) tea.Cmd {
	if v.context() == inFilter {
		return v.pair.act(a)
	}
	switch a {
	case actPrevTab:
		return v.show((v.section + compareSections - 1) % compareSections)
	case actNextTab:
		return v.show((v.section + 1) % compareSections)
	case actOtherRun:
		if v.section == compareCurves {
			v.drawn += mostOver
			if v.drawn >= len(v.ids)-1 {
				v.drawn = 0
			}
			v.overlay()
			return v.curves.load()
		}
		v.other = v.other%(len(v.ids)-1) + 1
		v.pair = newPairView(v.shell)
		v.resize(v.width, v.height)
		return v.loadPair()
	case actRunsLeft:
		v.left = max(v.left-1, 0)
	case actRunsRight:
		v.left = min(v.left+1, max(len(v.ids)-2, 0))
	case actExport:
		v.shell.askExport("comparison.md", v.ids, v.grids)
	}
	switch v.section {
	case compareDisagreements:
		return v.pair.act(a)
	case compareCurves:
		cmd, _ := v.curves.act(a)
		return cmd
	}
	room := v.height - compareHead
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
	return nil
}

func (v *compareView) show(section int) tea.Cmd {
	v.section, v.top = section, 0
	switch {
	case section == compareCurves:
		return v.curves.load()
	case section != compareSummary && !v.pair.asked:
		return v.loadPair()
	}
	return nil
}

func (v *compareView) view() []string {
	th := v.shell.theme
	head := []string{th.heading("Comparison of "+clean(runNames(v.ids)), v.width), v.sections(), ""}
	room := v.height - compareHead
	switch v.section {
	case compareCurves:
		return append(head, block(v.curves.view(v.width, room), v.width, room)...)
	case compareDisagreements:
		return append(head, block(v.pair.viewDisagreements(v.ids[0], v.ids[v.other]), v.width, room)...)
	}
	lines := v.lines()
	return append(head, block(lines[min(v.top, len(lines)):], v.width, room)...)
}

// compareLabels are the sections' names, as they are drawn.
func compareLabels() []string {
	return []string{" Summary ", " Curves ", " Confusion ", " Disagreements "}
}

func (v *compareView) sections() string {
	th := v.shell.theme
	line := strings.Join(th.sections(compareLabels(), v.section), " ")
	switch others := len(v.ids) - 1; {
	case v.section == compareCurves && others > mostOver:
		line += th.dim.Render(fmt.Sprintf("   run %s and %d to %d of %s others; o draws more", clean(v.ids[0]),
			v.drawn+1, min(v.drawn+mostOver, others), thousands(others)))
	case v.section > compareCurves && others > 1:
		line += th.dim.Render(fmt.Sprintf("   run %s with %s", clean(v.ids[0]), clean(v.ids[v.other])))
	}
	return pad(line, v.width)
}

func (v *compareView) lines() []string {
	th := v.shell.theme
	switch {
	case v.failed:
		return []string{th.dim.Render("These runs could not be compared; esc goes back.")}
	case v.section == compareConfusion:
		return v.pair.confusionLines(v.ids[0], v.ids[v.other], v.width)
	case !v.loaded:
		return []string{th.dim.Render(fmt.Sprintf("comparing %s …", clean(runNames(v.ids))))}
	}
	return v.summary()
}

// compareNames are the cells of the names left of the values.
const compareNames = 20

// columns are the runs on screen: the first, and those of the others that fit.
func (v *compareView) columns() (runs []int, each int) {
	n := len(v.comparison.Runs)
	if n == 0 {
		return nil, 0
	}
	const least = 14
	fit := max((v.width-compareNames)/(least+2), 2)
	runs = []int{0}
	for i := 1 + min(v.left, max(n-fit, 0)); i < n && len(runs) < fit; i++ {
		runs = append(runs, i)
	}
	return runs, min(max((v.width-compareNames)/len(runs)-2, 10), 38)
}

func (v *compareView) summary() []string {
	th, c := v.shell.theme, v.comparison
	shown, each := v.columns()
	// Only the others have differences, which are longer than figures.
	first := each
	if wanted := len("+0.00 [-0.00, +0.00] p 0.0001"); len(shown) == 2 && each < wanted {
		first = max(2*each-wanted, 10)
	}
	row := func(name string, values []string, style func(string) string) string {
		line := fit(name, compareNames)
		for _, i := range shown {
			value := ""
			if i < len(values) {
				value = values[i]
			}
			room := each
			switch {
			case i == 0:
				room = first
			case len(shown) == 2:
				room = 2*each - first
			}
			line += "  " + style(fit(value, room))
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
	lines := []string{row("", heads, strong), row("", subs, dim)}
	if len(shown) < len(c.Runs) {
		lines = append(lines, th.dim.Render(fmt.Sprintf("%d of %s runs; [ and ] show others", len(shown), thousands(len(c.Runs)))))
	}
	lines = append(lines, "", th.heading("parameters that differ", v.width))
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
			values[i] = metricFigure(value)
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
		lines = append(lines, dim(fit(r.Name, compareNames)+"  "+fit(value, max(v.width-compareNames-2, 4))))
	}
	return lines
}

// grids are the comparison as tables.
func (v *compareView) grids() []grid {
	c := v.comparison
	head := make([]string, len(c.Runs))
	for i, r := range c.Runs {
		head[i] = "run " + r.ID
	}
	parameters := grid{title: "Parameters that differ", head: append([]string{"parameter"}, head...)}
	for _, r := range c.Differing {
		parameters.rows = append(parameters.rows, append([]string{r.Name}, r.Values...))
	}
	metrics := grid{title: "Metrics", head: append([]string{"metric"}, head...)}
	for _, m := range c.Metrics {
		row := []string{m.Name}
		for _, value := range m.Values {
			row = append(row, figure(value))
		}
		metrics.rows = append(metrics.rows, row)
		if sub := differences(m); sub != nil {
			metrics.rows = append(metrics.rows, append([]string{m.Name + ", difference"}, sub...))
		}
	}
	return []grid{parameters, metrics}
}

// metricFigure has four digits after the point, or as many in all as matter.
func metricFigure(v float64) string {
	if math.Abs(v) >= 10 {
		return strconv.FormatFloat(v, 'f', max(4-len(strconv.Itoa(int(math.Min(math.Abs(v), 1e9)))), 0), 64)
	}
	return figure(v)
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
