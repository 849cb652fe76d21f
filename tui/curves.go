package tui

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// curves draws a run's metrics two panels at a time, with other runs over it
// where some are marked. Its panels share the steps in view and the cursor.
type curves struct {
	shell  *shell
	run    string
	over   []string // other runs that may be drawn over it
	epochs int64    // the run's last step, when it is done

	panels   []panel
	panel    int // the first that is shown
	each     int // how many are shown at a time
	lines    map[curveKey][]experiments.Point
	steps    experiments.Steps // in view; the zero value is all
	first    int64             // of all that was read without a range
	last     int64
	cursor   int64 // a step; 0 is no cursor
	log      bool
	smooth   int // of smoothings
	overlaid bool
	linked   bool // what stands under it tells the step of the cursor
	request  int
}

// panel is one chart: a metric, and the same of the validation records.
type panel struct {
	metric     string
	validation string // empty if there is none
}

// curveKey names one line.
type curveKey struct{ run, metric string }

// curvesLoadedMsg holds the lines of a query, and all metrics of its runs.
type curvesLoadedMsg struct {
	request int
	metrics []string
	lines   map[curveKey][]experiments.Point
}

// smoothings are weights of the running mean, as TensorBoard's slider has them.
var smoothings = [...]float64{0, .5, .8, .95}

const (
	curvePoints = 400 // enough for the widest screen: two dots a cell
	mostOver    = 5   // runs drawn over one: as many as can be told apart
)

func newCurves(s *shell, run string, over []string) *curves {
	over = slices.DeleteFunc(slices.Clone(over), func(id string) bool { return id == run })
	return &curves{shell: s, run: run, over: over[:min(len(over), mostOver)], panels: panelsOf(nil), each: 2, lines: map[curveKey][]experiments.Point{}}
}

// panelsOf pairs metrics with those of validation; loss and accuracy are first
// and always there, so that the charts do not jump when the first values come.
func panelsOf(metrics []string) []panel {
	panels := []panel{{"loss", "val_loss"}, {"accuracy", "val_accuracy"}}
	for _, metric := range metrics {
		if base := strings.TrimPrefix(metric, "val_"); metric == "loss" || metric == "accuracy" || base != metric && slices.Contains(metrics, base) || base == "loss" || base == "accuracy" {
			continue
		}
		p := panel{metric: metric}
		if slices.Contains(metrics, "val_"+metric) {
			p.validation = "val_" + metric
		}
		panels = append(panels, p)
	}
	return panels
}

// load asks for the lines of the panels on screen, and for a second one where
// there is no room for it now: a larger window has it at once.
func (c *curves) load() tea.Cmd {
	runs := append([]string{c.run}, c.overlay()...)
	var metrics []string
	for _, p := range c.panels[c.panel:min(c.panel+2, len(c.panels))] {
		metrics = append(metrics, p.metric)
		if p.validation != "" {
			metrics = append(metrics, p.validation)
		}
	}
	var cmd tea.Cmd
	c.request, cmd = c.shell.ask(loadCurves(c.shell.session.Experiments, runs, metrics, c.steps))
	return cmd
}

func loadCurves(store *experiments.Store, runs, metrics []string, steps experiments.Steps) question {
	return func(ctx context.Context, request int) tea.Msg {
		doing := "load the curves of run " + runs[0]
		answer := curvesLoadedMsg{request: request, lines: map[curveKey][]experiments.Point{}}
		for _, run := range runs {
			keys, err := store.MetricKeys(ctx, run)
			if err != nil {
				return failedMsg{request, doing, err}
			}
			answer.metrics = append(answer.metrics, keys...)
			for _, metric := range metrics {
				points, err := store.CurveWithin(ctx, run, metric, steps, curvePoints)
				if err != nil {
					return failedMsg{request, doing, err}
				}
				answer.lines[curveKey{run, metric}] = points
			}
		}
		slices.Sort(answer.metrics)
		answer.metrics = slices.Compact(answer.metrics)
		return answer
	}
}

func (c *curves) update(msg curvesLoadedMsg) {
	if msg.request != c.request {
		return
	}
	c.lines, c.panels = msg.lines, panelsOf(msg.metrics)
	c.panel = min(c.panel, len(c.panels)-1)
	if !c.steps.All() {
		return
	}
	c.first, c.last = math.MaxInt64, max(c.epochs, 1)
	for _, points := range c.lines {
		if len(points) > 0 {
			c.first, c.last = min(c.first, points[0].Step), max(c.last, points[len(points)-1].Step)
		}
	}
	c.first = min(c.first, c.last)
}

// overlay lists the runs that are drawn over this one.
func (c *curves) overlay() []string {
	if !c.overlaid {
		return nil
	}
	return c.over
}

// shown are the panels on screen.
func (c *curves) shown() []panel { return c.panels[c.panel:min(c.panel+c.each, len(c.panels))] }

// leastTwo is the height from which two charts stand over one another: less
// would leave two lines to each.
const leastTwo = 14

// fit takes as many charts at a time as such a room has use for.
func (c *curves) fit(width, height int) {
	c.each = 2
	if width < twoPanels && height < leastTwo {
		c.each = 1
	}
	c.panel -= c.panel % c.each
}

// pages is how many times as many charts there are.
func (c *curves) pages() int { return (len(c.panels) + c.each - 1) / c.each }

// why is the reason why an action changes nothing, "" if it does.
func (c *curves) why(a action) string {
	switch a {
	case actOverlay:
		if len(c.over) == 0 {
			return "no other run is marked; in the list of runs, space marks"
		}
	case actNextMetric, actPrevMetric:
		if c.pages() < 2 {
			return "this run has no other metrics"
		}
	}
	return ""
}

// act changes what is shown, and reads anew where other points are needed.
func (c *curves) act(a action) (cmd tea.Cmd, done bool) {
	from, to := c.window()
	span := to - from
	before, panel, overlaid := c.steps, c.panel, c.overlaid
	switch a {
	case actCursorLeft:
		c.cursor = max(c.cursorOr(c.newest(to))-max(span/60, 1), from)
	case actCursorRight:
		c.cursor = max(min(c.cursorOr(from)+max(span/60, 1), c.newest(to)), from)
	case actZoomIn:
		c.zoom(span / 2)
	case actZoomOut:
		c.zoom(span * 2)
	case actPanLeft:
		c.pan(-max(span/4, 1))
	case actPanRight:
		c.pan(max(span/4, 1))
	case actWhole:
		c.steps, c.cursor = experiments.Steps{}, 0
	case actLogAxis:
		c.log = !c.log
	case actSmooth:
		c.smooth = (c.smooth + 1) % len(smoothings)
	case actNextMetric:
		c.panel = c.each * ((c.panel/c.each + 1) % c.pages())
	case actPrevMetric:
		c.panel = c.each * ((c.panel/c.each + c.pages() - 1) % c.pages())
	case actOverlay:
		c.overlaid = !c.overlaid
	default:
		return nil, false
	}
	if c.steps != before || c.panel != panel || c.overlaid != overlaid {
		return c.load(), true
	}
	return nil, true
}

// window is the first and the last step in view.
func (c *curves) window() (from, to int64) {
	if c.steps.All() {
		return c.first, max(c.last, c.first)
	}
	return c.steps.First, c.steps.Last
}

// newest is the last step up to one that any line on screen has a point of:
// a training has not come to the right edge yet.
func (c *curves) newest(upTo int64) int64 {
	newest := int64(0)
	for _, points := range c.lines {
		for _, p := range points {
			if p.Step <= upTo {
				newest = max(newest, p.Step)
			}
		}
	}
	if newest == 0 {
		return upTo
	}
	return newest
}

func (c *curves) cursorOr(step int64) int64 {
	if c.cursor == 0 {
		return step
	}
	return c.cursor
}

// moveTo puts the cursor on a step of the run, and turns the steps in view to it.
func (c *curves) moveTo(step int64) tea.Cmd {
	c.cursor = min(max(step, c.first, 1), max(c.last, 1))
	from, to := c.window()
	switch {
	case c.cursor < from:
		c.pan(c.cursor - from)
	case c.cursor > to:
		c.pan(c.cursor - to)
	default:
		return nil
	}
	return c.load()
}

// zoom shows about span steps around the cursor, or else the middle.
func (c *curves) zoom(span int64) {
	from, to := c.window()
	middle := c.cursorOr(from + (to-from)/2)
	span = max(span, 2)
	if span >= c.last-c.first {
		c.steps = experiments.Steps{}
		return
	}
	from = min(max(middle-span/2, c.first), c.last-span)
	c.steps = experiments.Steps{First: from, Last: from + span}
}

func (c *curves) pan(by int64) {
	if c.steps.All() {
		return
	}
	span := c.steps.Last - c.steps.First
	from := min(max(c.steps.First+by, c.first), c.last-span)
	c.steps = experiments.Steps{First: from, Last: from + span}
	if c.cursor != 0 {
		c.cursor = min(max(c.cursor, from), from+span)
	}
}

// view draws the panels on screen in width by height cells.
func (c *curves) view(width, height int) []string {
	th := c.shell.theme
	note := c.note()
	if note != "" {
		height--
	}
	shown := c.shown()
	var lines []string
	switch {
	case len(shown) == 1:
		lines = c.chart(shown[0], width).view(th, width, height)
	case width >= twoPanels:
		half := (width - 3) / 2
		lines = th.beside(c.chart(shown[0], half).view(th, half, height), c.chart(shown[1], width-half-3).view(th, width-half-3, height), half, width, height)
	default:
		upper := height / 2
		lines = append(c.chart(shown[0], width).view(th, width, upper), c.chart(shown[1], width).view(th, width, height-upper)...)
	}
	if note != "" {
		lines = append([]string{th.dim.Render(fit(note, width))}, lines...)
	}
	return lines
}

// twoPanels is the width from which two charts stand side by side.
const twoPanels = 74

// note says what is not as usual in the view.
func (c *curves) note() string {
	var parts []string
	if !c.steps.All() {
		parts = append(parts, fmt.Sprintf("epochs %d to %d of %d (w shows all)", c.steps.First, c.steps.Last, c.last))
	}
	if c.log {
		parts = append(parts, "logarithmic axis")
	}
	if w := smoothings[c.smooth]; w > 0 {
		parts = append(parts, "smoothed "+strconv.FormatFloat(w, 'g', -1, 64))
	}
	if c.cursor != 0 && !c.linked {
		parts = append(parts, fmt.Sprintf("values at epoch %d", c.cursor))
	}
	switch pages := c.pages(); {
	case c.panel > 0:
		parts = append(parts, fmt.Sprintf("metrics %d of %d", c.panel/c.each+1, pages))
	case c.each == 1 && pages > 1: // the accuracy is not to be missed
		parts = append(parts, fmt.Sprintf("metrics 1 of %d, m shows others", pages))
	}
	return strings.Join(parts, " · ")
}

// chart is one panel with the lines that belong to it.
func (c *curves) chart(p panel, width int) chart {
	th := c.shell.theme
	validation := "validation"
	if width < 53 {
		validation = "val"
	}
	ch := chart{
		title: clean(strings.ReplaceAll(p.metric, "_", " ")), lastStep: c.epochs,
		window: c.steps, cursor: c.cursor,
		// Shares have an axis of their own, and nothing to gain from logarithms.
		fixed: p.metric == "accuracy", log: c.log && p.metric != "accuracy",
	}
	add := func(name, run, metric string, look int) {
		if metric != "" {
			ch.lines = append(ch.lines, series{name: name, points: smoothed(c.lines[curveKey{run, metric}], smoothings[c.smooth]), style: th.lines[look], pattern: linePattern(look)})
		}
	}
	overlay := c.overlay()
	if len(overlay) == 0 {
		name := "train"
		if p.validation == "" {
			name = ""
		}
		add(name, c.run, p.metric, 0)
		add(validation, c.run, p.validation, 1)
		return ch
	}
	// One line a run: what its validation says, where there is one.
	metric := p.metric
	if p.validation != "" {
		metric = p.validation
		ch.title += " " + validation
	}
	for i, run := range append([]string{c.run}, overlay...) {
		add("run "+run, run, metric, i)
	}
	return ch
}

// smoothed is the running mean with the given weight on the past, corrected
// for its start (Kingma and Ba 2015, section 3). A value that is no number
// stays a gap and does not count.
func smoothed(points []experiments.Point, weight float64) []experiments.Point {
	if weight == 0 {
		return points
	}
	smooth := slices.Clone(points)
	mean, correction := 0.0, 1.0
	for i, p := range points {
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			continue
		}
		mean = weight*mean + (1-weight)*p.Value
		correction *= weight
		smooth[i].Value = mean / (1 - correction)
	}
	return smooth
}
