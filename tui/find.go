package tui

import (
	"fmt"
	"strings"
	"unicode"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// Where a screen is a text and no table, / finds in it: what is typed is marked
// wherever it stands, n and N go from line to line that has it.

// text is a page that can be found in.
type text interface {
	// Lines are all that is found in, a line each, also those out of view;
	// nil where there is nothing.
	Lines() []string
	// Reveal brings one of them into view.
	Reveal(line int) tea.Cmd
}

// finder is a search in the text on screen.
type finder struct {
	where  place // that it is in: it ends where the screen is another
	input  textinput.Model
	typing bool
	hits   []int // lines
	at     int   // in hits
}

func (f *finder) sought() string { return f.input.Value() }

// below is the screen under a search: a page in one of its states, or a text
// of the root.
func (r *root) below() place {
	if r.overlay.kind != "" {
		return place{context: inOverlay, title: string(r.overlay.kind)}
	}
	if r.settings != nil {
		return place{context: inSettings}
	}
	return place{context: r.page().Context(), page: r.active}
}

// finding is the search that goes on, nil if there is none.
func (r *root) finding() *finder {
	below := r.below()
	if f := r.find; f == nil || f.where.context != below.context || f.where.title != below.title || f.where.page != below.page || r.asks() {
		r.find = nil
	}
	return r.find
}

// asks: something lies over the page that is no text, or a field is filled in.
func (r *root) asks() bool {
	return r.palette != nil || r.overlay.kind == "" && r.settings == nil && (r.shell.dialog != nil || r.page().Typing())
}

// lines are those of the text on screen.
func (r *root) lines() []string {
	if r.overlay.kind != "" {
		return r.overlayLines()
	}
	if r.settings != nil {
		return r.settings.lines()
	}
	if page, ok := r.page().(text); ok {
		return page.Lines()
	}
	return nil
}

func (r *root) reveal(line int) tea.Cmd {
	if r.overlay.kind != "" {
		r.overlay.top = max(min(line-r.overlayHeight()/3, len(r.overlayLines())-r.overlayHeight()), 0)
		return nil
	}
	if r.settings != nil {
		r.settings.cursor = line
		return nil
	}
	if page, ok := r.page().(text); ok {
		return page.Reveal(line)
	}
	return nil
}

// beginFind asks what is to be found on the screen or, where there is no text,
// in everything.
func (r *root) beginFind() tea.Cmd {
	if len(r.lines()) == 0 {
		return r.searchAll()
	}
	r.find = &finder{where: r.below(), typing: true, input: newField(r.shell.theme, "", 30)}
	return nil
}

// pressFind gives a key to the search; done is false for one that is not its own.
func (r *root) pressFind(k tea.KeyPressMsg) (cmd tea.Cmd, done bool) {
	f := r.finding()
	if f == nil {
		return nil, false
	}
	a, known := r.keys.action(f.context(), k)
	switch {
	case known && a != actQuit && a != actSuspend:
		return r.actFind(a), true
	case f.typing && !known:
		return r.typeFind(k), true
	}
	return nil, false
}

func (f *finder) context() keyContext {
	if f.typing {
		return inFind
	}
	return inFound
}

// typeFind takes a key or a paste, and goes to the first line that has it.
func (r *root) typeFind(msg tea.Msg) tea.Cmd {
	before := r.find.sought()
	if r.find.input = typed(r.find.input, msg); r.find.sought() == before {
		return nil
	}
	r.seek()
	r.find.at = 0
	return r.toHit()
}

// seek looks the lines through anew: a log grows.
func (r *root) seek() {
	f := r.find
	f.hits = nil
	for i, line := range r.lines() {
		if len(hits(ansi.Strip(line), f.sought())) > 0 {
			f.hits = append(f.hits, i)
		}
	}
}

func (r *root) toHit() tea.Cmd {
	if f := r.find; f.at < len(f.hits) {
		return r.reveal(f.hits[f.at])
	}
	return nil
}

func (r *root) actFind(a action) tea.Cmd {
	f := r.find
	switch a {
	case actFindEnd:
		r.find = nil
		return nil
	case actAccept:
		if f.typing = false; f.sought() == "" {
			r.find = nil
		}
		return nil
	case actFind:
		return r.beginFind()
	}
	r.seek()
	if n := len(f.hits); n > 0 {
		by := 1
		if a == actFindPrev {
			by = n - 1
		}
		f.at = (f.at + by) % n
	}
	return r.toHit()
}

// line is the search in the message line.
func (f *finder) line(th theme, width int) string {
	count := ""
	switch n := len(f.hits); {
	case f.sought() == "":
	case n == 0:
		count = "  " + th.warn.Render("nothing found")
	default:
		count = th.dim.Render(fmt.Sprintf("  %d of %s", f.at+1, plural(n, "line")))
	}
	if f.typing {
		return pad(th.accent.Render("find ")+f.input.View()+count, width)
	}
	return pad(th.accent.Render("find ")+clean(f.sought())+count+th.dim.Render("   n next · N before · esc ends"), width)
}

// hits are where a line has what is sought, as cells from and to. Small letters
// find capitals too, capitals only capitals, as in a filter.
func hits(line, sought string) (cells [][2]int) {
	needle := []rune(sought)
	if len(needle) == 0 {
		return nil
	}
	exact := strings.ContainsFunc(sought, unicode.IsUpper)
	same := func(a, b rune) bool { return a == b || !exact && unicode.ToLower(a) == b }
	runes := []rune(line)
	for i := 0; i+len(needle) <= len(runes); i++ {
		n := 0
		for n < len(needle) && same(runes[i+n], needle[n]) {
			n++
		}
		if n < len(needle) {
			continue
		}
		from := ansi.StringWidth(string(runes[:i]))
		cells = append(cells, [2]int{from, from + ansi.StringWidth(string(needle))})
		i += n - 1
	}
	return cells
}

// marked marks what is sought in a line of the frame.
func (t theme) marked(line, sought string) string {
	cells := hits(ansi.Strip(line), sought)
	if len(cells) == 0 {
		return line
	}
	var b strings.Builder
	at, width := 0, ansi.StringWidth(line)
	for _, hit := range cells {
		b.WriteString(ansi.Cut(line, at, hit[0]))
		b.WriteString("\x1b[m")
		b.WriteString(t.plain.Reverse(true).Render(ansi.Strip(ansi.Cut(line, hit[0], hit[1]))))
		at = hit[1]
	}
	b.WriteString(ansi.Cut(line, at, width))
	return b.String()
}

// topFor is where a text of so many lines begins in so much room, so that a line
// is seen with what stands before it.
func topFor(line, lines, room int) int { return max(min(line-room/3, lines-room), 0) }

// lines are the log, or what a section scrolls; of curves the metrics.
func (v *runView) lines() []string {
	switch {
	case !v.loaded:
		return nil
	case v.section == sectionLog:
		return v.logText()
	case v.section == sectionCurves:
		return v.curves.names()
	case v.section == sectionMistakes:
		return nil
	}
	return v.body()
}

func (v *runView) reveal(line int) tea.Cmd {
	room := v.height - headHeight
	switch v.section {
	case sectionLog: // it counts from its end
		v.top = max(len(v.log)-topFor(line, len(v.log), room)-room, 0)
	case sectionCurves:
		return v.curves.reveal(line)
	default:
		v.top = topFor(line, len(v.body()), room)
	}
	return nil
}

func (v *compareView) textLines() []string {
	switch v.section {
	case compareCurves:
		return v.curves.names()
	case compareDisagreements:
		return nil
	}
	return v.lines()
}

func (v *compareView) reveal(line int) tea.Cmd {
	if v.section == compareCurves {
		return v.curves.reveal(line)
	}
	v.top = topFor(line, len(v.lines()), v.height-compareHead)
	return nil
}

// names are the metrics, a line for each chart.
func (c *curves) names() []string {
	names := make([]string, len(c.panels))
	for i, p := range c.panels {
		names[i] = strings.TrimSpace(p.metric + " " + p.validation)
	}
	return names
}

// reveal shows the chart of a metric.
func (c *curves) reveal(line int) tea.Cmd {
	before := c.panel
	if c.panel = line - line%c.each; c.panel == before {
		return nil
	}
	return c.load()
}

func (p *runsPage) Lines() []string {
	switch {
	case p.panel.open:
		return p.panel.lines()
	case p.views.open:
		return p.views.lines()
	case p.compare != nil:
		return p.compare.textLines()
	case p.run != nil:
		return p.run.lines()
	}
	return nil
}

func (p *runsPage) Reveal(line int) tea.Cmd {
	switch {
	case p.panel.open:
		p.panel.cursor = line
	case p.views.open:
		p.views.cursor = line
	case p.compare != nil:
		return p.compare.reveal(line)
	case p.run != nil:
		return p.run.reveal(line)
	}
	return nil
}

// Lines are the columns to choose from, or the text beside an open record.
func (p *dataPage) Lines() []string {
	if p.panel.open {
		return p.panel.lines()
	}
	if p.mode != inRecord {
		return nil
	}
	return p.recordLines()
}

func (p *dataPage) Reveal(line int) tea.Cmd {
	if p.panel.open {
		p.panel.cursor = line
		return nil
	}
	if row, ok := p.current(); ok {
		p.scroll = scroll{row.ID, topFor(line, len(p.recordLines()), p.height-3)}
	}
	return nil
}

// lines are the columns, one each.
func (p *columnPanel) lines() []string {
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.name
	}
	return names
}

// lines are the views, each with what it shows.
func (l *viewList) lines() []string {
	lines := make([]string, len(l.saved))
	for i, v := range l.saved {
		lines[i] = strings.Join(append([]string{v.Name}, v.summary()...), " ")
	}
	return lines
}

// lines are the settings, each with what it is and its choices.
func (s *settings) lines() []string {
	var lines []string
	for _, line := range settingTable() {
		lines = append(lines, strings.Join(append([]string{line.name, line.what}, line.choices...), " "))
	}
	return lines
}

// Lines are the fields of the form.
func (p *trainPage) Lines() []string {
	names := make([]string, len(p.form.fields))
	for i, field := range p.form.fields {
		names[i] = field.name + " " + field.value
	}
	return names
}

func (p *trainPage) Reveal(line int) tea.Cmd {
	p.form.cursor = line
	p.form.settle()
	return nil
}
