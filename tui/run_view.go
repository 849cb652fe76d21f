package tui

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/experiments"
)

// runView is one run: a head that is always there, and sections under it.
type runView struct {
	shell         *shell
	id            string
	width, height int
	run           experiments.Run
	curves        *curves
	log           []string
	loaded        bool
	request       int
	pending       bool
	quiet         bool // it has ended and was read since
	section       int
	chosen        bool // the person chose the section
	top           int  // of a scrolled section; lines from the end in the log
	matrix        matrix
	mistakes      mistakeList
	epoch         epochPane
}

const (
	sectionCurves = iota
	sectionEvaluation
	sectionMistakes
	sectionLog
	sectionParameters
)

func sections() []string {
	return []string{"Curves", "Evaluation", "Mistakes", "Log", "Parameters"}
}

// headHeight: title, state, progress, sections, an empty line.
const headHeight = 5

// newRunView shows a run; the others may be drawn over its curves.
func newRunView(s *shell, id string, others []string) *runView {
	return &runView{shell: s, id: id, curves: newCurves(s, id, others), mistakes: newMistakeList(s), epoch: newEpochPane(s, id)}
}

func (v *runView) refresh() tea.Cmd {
	if v.pending || v.quiet {
		return nil
	}
	v.pending = true
	var cmd tea.Cmd
	v.request, cmd = v.shell.ask(loadRun(v.shell.session.Experiments, v.id))
	return tea.Batch(cmd, v.curves.load())
}

func (v *runView) update(msg tea.Msg) tea.Cmd {
	cmd := v.take(msg)
	return tea.Batch(cmd, v.mistakes.update(msg), v.epoch.update(msg))
}

func (v *runView) take(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case runLoadedMsg:
		if msg.request != v.request {
			return nil
		}
		first := !v.loaded
		v.pending, v.loaded = false, true
		v.run, v.log, v.curves.epochs = msg.run, msg.log, int64(msg.run.Epochs)
		// Who opens a finished run wants its result; so does who waited for one
		// whose curve is a single point.
		if v.run.Evaluation != nil && (first || v.run.Epochs <= 1) && !v.chosen {
			v.section = sectionEvaluation
		}
		if v.run.State.Ended() {
			v.quiet = true
			if v.run.Evaluation != nil {
				return tea.Batch(v.mistakes.load(v.id), v.followCursor())
			}
		}
		return v.followCursor()
	case curvesLoadedMsg:
		v.curves.update(msg)
	case failedMsg:
		if msg.request == v.request {
			v.pending = false
		}
	case runChangedMsg:
		v.wake()
	case promotedMsg:
		v.wake()
	}
	return nil
}

// context says which keys apply: the curves have keys of their own.
func (v *runView) context() keyContext {
	bar := v.bar()
	switch {
	case bar != nil && bar.typing:
		return inFilter
	case v.section == sectionCurves && v.epoch.open:
		return inEpoch
	case v.section == sectionCurves && v.hasEpochs():
		return inEpochs
	case v.section == sectionCurves:
		return inCurves
	case v.section == sectionEvaluation && v.matrix.focused:
		return inMatrix
	case v.section == sectionMistakes && v.mistakes.cell != nil:
		return inCell
	case v.section == sectionMistakes && (len(v.mistakes.answers.shown) > 0 || bar.open()):
		return inMistakes
	case v.section == sectionEvaluation:
		return inEvaluation
	case v.section == sectionLog || v.section == sectionParameters:
		return inText
	}
	return inRun
}

// bar is the filter of the table on screen, nil where there is none.
func (v *runView) bar() *filterBar {
	switch {
	case v.section == sectionMistakes:
		return &v.mistakes.answers.bar
	case v.section == sectionCurves && v.epoch.open:
		return &v.epoch.differences.bar
	}
	return nil
}

// typed gives a key or a paste to that filter.
func (v *runView) typed(msg tea.Msg) tea.Cmd {
	if v.section == sectionMistakes {
		return v.mistakes.typed(msg)
	}
	return v.epoch.typed(msg)
}

// keeps: esc has something to clear before it leaves the run.
func (v *runView) keeps() bool {
	bar := v.bar()
	return bar != nil && bar.open()
}

// wake reads the run again, although it had ended.
func (v *runView) wake() { v.quiet, v.pending = false, false }

func (v *runView) act(a action) tea.Cmd {
	v.chosen = v.chosen || a == actNextTab || a == actPrevTab
	switch a {
	case actNextTab:
		v.section, v.top = (v.section+1)%len(sections()), 0
		return nil
	case actPrevTab:
		v.section, v.top = (v.section+len(sections())-1)%len(sections()), 0
		return nil
	}
	switch v.section {
	case sectionMistakes:
		if a == actLeaveCell && !v.keeps() {
			v.section = sectionEvaluation
			return v.mistakes.only(nil)
		}
		return v.mistakes.act(a)
	case sectionEvaluation:
		if cmd, done := v.actOnMatrix(a); done {
			return cmd
		}
	case sectionCurves:
		if cmd, done := v.actOnEpoch(a); done {
			return cmd
		}
		if cmd, done := v.curves.act(a); done {
			return tea.Batch(cmd, v.followCursor())
		}
	}
	v.scroll(a)
	return nil
}

// actOnMatrix moves in the confusion matrix and opens the pictures of a cell.
func (v *runView) actOnMatrix(a action) (cmd tea.Cmd, done bool) {
	e := v.run.Evaluation
	if e == nil {
		return nil, false
	}
	switch a {
	case actMatrix:
		v.matrix.focus(*e)
	case actLeaveMatrix:
		v.matrix.focused = false
	case actOpenCell:
		cell := v.matrix.cell(*e)
		v.section = sectionMistakes
		return v.mistakes.only(&cell), true
	default:
		if !v.matrix.focused {
			return nil, false
		}
		v.matrix.move(a, len(e.Labels))
	}
	return nil, true
}

// scroll moves the section; the log counts from its end, so that new lines
// stay in view.
func (v *runView) scroll(a action) {
	room := v.height - headHeight
	lines := len(v.body())
	toEnd := 1
	if v.section == sectionLog {
		lines, toEnd = len(v.log), -1
	}
	switch a {
	case actUp:
		v.top -= toEnd
	case actDown:
		v.top += toEnd
	case actPageUp:
		v.top -= toEnd * room
	case actPageDown:
		v.top += toEnd * room
	case actFirst:
		v.top = 0
		if v.section == sectionLog {
			v.top = lines
		}
	case actLast:
		v.top = lines
		if v.section == sectionLog {
			v.top = 0
		}
	}
	v.top = max(min(v.top, lines-room), 0)
}

func (v *runView) resize(width, height int) tea.Cmd {
	v.width, v.height = width, height
	v.mistakes.resize(width, height-headHeight)
	return v.resizeEpoch()
}

func (v *runView) view() []string {
	room := v.height - headHeight
	lines := v.body()
	switch v.section {
	case sectionLog, sectionMistakes:
	default:
		lines = lines[min(v.top, len(lines)):]
		if more := len(lines) - room + 1; more > 1 {
			lines = append(lines[:room-1:room-1], v.shell.theme.dim.Render(fmt.Sprintf("↓ %d more lines", more)))
		}
	}
	return append(v.head(), block(lines, v.width, room)...)
}

func (v *runView) head() []string {
	th, r := v.shell.theme, v.run
	title := "Run " + clean(v.id)
	if r.Name != "" {
		title += "  " + clean(r.Name)
	}
	if !v.loaded {
		return block([]string{th.heading(title, v.width), th.dim.Render("loading …")}, v.width, headHeight)
	}
	state, style := th.state(r.State)
	parts := []string{style.Render(state), clean(r.Spec.Preset)}
	if e := r.Evaluation; e != nil {
		parts = append(parts, "accuracy "+th.strong.Render(share(e.Accuracy))+
			th.dim.Render(fmt.Sprintf(" [%s, %s]", share(e.AccuracyLow), share(e.AccuracyHigh))))
	}
	if r.Version != "" {
		parts = append(parts, th.accent.Render(clean(r.Version)))
	}
	parts = append(parts, th.dim.Render(v.times()))
	return []string{
		th.heading(title, v.width),
		pad(strings.Join(parts, th.rule.Render("  ·  ")), v.width),
		pad(v.progress(), v.width),
		pad(v.tabs(), v.width),
		"",
	}
}

func (v *runView) times() string {
	r := v.run
	switch {
	case r.Started.IsZero():
		return "queued " + ago(v.shell.now, r.Created) + " ago"
	case r.Ended.IsZero():
		return "running for " + ago(v.shell.now, r.Started)
	}
	return "took " + took(r.Ended.Sub(r.Started)) + ", ended " + ago(v.shell.now, r.Ended) + " ago"
}

func took(d time.Duration) string {
	if d < 10*time.Second {
		return fmt.Sprintf("%.1f s", max(d.Seconds(), 0))
	}
	return span(d)
}

// progress is how far training is, or what ended it.
func (v *runView) progress() string {
	th, r := v.shell.theme, v.run
	switch r.State {
	case experiments.Failed:
		return th.bad.Render("✗ " + clean(strings.ReplaceAll(r.Error, "\n", " ")))
	case experiments.Queued:
		return th.progress(0, 0, v.width, "for a worker")
	}
	between := r.Epoch == 0 || r.Epoch >= r.Epochs // no epoch is under way
	if name, done, total, ok := r.Doing(); ok && between && r.State == experiments.Running {
		return th.progress(done, total, v.width, clean(name))
	}
	note := clean(r.Phase)
	if left := timeLeft(v.shell.now, r.Started, r.Epoch, r.Epochs); r.State == experiments.Running && left >= 0 {
		note = strings.TrimSpace(span(left) + " left  " + note)
	}
	if r.State.Ended() {
		note = ""
	}
	return th.progress(r.Epoch, r.Epochs, v.width, note)
}

func (v *runView) tabs() string {
	return strings.Join(v.shell.theme.sections(v.labels(), v.section), " ")
}

// labels are the sections' names, as they are drawn.
func (v *runView) labels() []string {
	names := sections()
	for i, name := range names {
		if name == "Mistakes" && v.mistakes.loaded {
			name += " " + strconv.Itoa(v.mistakes.wrong())
		}
		names[i] = " " + name + " "
	}
	return names
}

// sections draws labels, the one that is shown differently.
func (t theme) sections(labels []string, shown int) []string {
	parts := make([]string, len(labels))
	for i, label := range labels {
		style := t.dim
		if i == shown {
			style = t.pressed
		}
		parts[i] = style.Render(label)
	}
	return parts
}

// body is the section's lines, all of them where it scrolls.
func (v *runView) body() []string {
	th, room := v.shell.theme, v.height-headHeight
	if !v.loaded {
		return nil
	}
	switch v.section {
	case sectionEvaluation:
		if v.run.Evaluation == nil {
			return []string{th.dim.Render("The holdout is evaluated once, when training has finished.")}
		}
		return th.evaluation(*v.run.Evaluation, v.matrix, v.mistakes.answers.all, v.width)
	case sectionMistakes:
		return v.mistakes.view()
	case sectionLog:
		return v.logLines(room)
	case sectionParameters:
		return th.pairs(v.parameters(), v.width, 3)
	}
	return v.curveLines(room)
}

// curveLines are the charts, with the end of the log under them where there is
// room.
func (v *runView) curveLines(room int) []string {
	if v.epoch.open {
		return v.linkedLines()
	}
	if v.width < twoPanels {
		return v.curves.view(v.width, room)
	}
	height := min(room, max((v.width-3)/2*2/5, 12))
	if room-height-1 < 4 { // no room for a log under it
		height = room
	}
	lines := v.curves.view(v.width, height)
	if rest := room - height - 1; rest >= 4 {
		lines = append(lines, "", v.shell.theme.heading("log", v.width))
		lines = append(lines, v.lastLines(rest-1)...)
	}
	return lines
}

// lastLines is the end of the log.
func (v *runView) lastLines(n int) []string {
	lines := make([]string, 0, n)
	for _, line := range v.log[max(len(v.log)-n, 0):] {
		lines = append(lines, v.shell.theme.dim.Render(fit(logLine(line), v.width)))
	}
	return lines
}

func (v *runView) logLines(room int) []string {
	if len(v.log) == 0 {
		return []string{v.shell.theme.dim.Render("Nothing was logged yet.")}
	}
	end := max(len(v.log)-v.top, min(room, len(v.log)))
	lines := make([]string, 0, room)
	for _, line := range v.log[max(end-room, 0):end] {
		lines = append(lines, fit(logLine(line), v.width))
	}
	return lines
}

// logText is the log in whole lines, as they are shown.
func (v *runView) logText() []string {
	lines := make([]string, len(v.log))
	for i, line := range v.log {
		lines[i] = clean(logLine(line))
	}
	return lines
}

func (v *runView) parameters() []pair {
	r := v.run
	list := []pair{
		{"preset", r.Spec.Preset},
		{"split", r.Spec.Split},
		{"seed", strconv.FormatUint(r.Spec.Seed, 10)},
		{"snapshot", r.Spec.Snapshot},
		{"author", r.Author},
		{"tags", strings.Join(r.Tags, ", ")},
		{"note", r.Note},
		{"created", r.Created.In(v.shell.now.Location()).Format("2006-01-02 15:04:05 MST")},
	}
	if r.Sweep != "" {
		list = append(list, pair{"sweep", "that began with run " + r.Sweep})
	}
	names := make([]string, 0, len(r.Spec.Parameters))
	for name := range r.Spec.Parameters {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		list = append(list, pair{name, parameterText(r.Spec.Parameters[name])})
	}
	names = names[:0]
	for name := range r.Metrics {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		list = append(list, pair{name, strconv.FormatFloat(r.Metrics[name], 'g', 6, 64)})
	}
	return list
}
