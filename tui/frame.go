package tui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/tui/picture"
)

func (r *root) tooSmall() bool { return r.width < leastWidth || r.height < leastHeight }

// View draws the frame: exactly as many lines as the terminal has, each
// exactly as wide.
func (r *root) View() tea.View {
	v := tea.NewView(strings.Join(r.frame(), "\n"))
	v.AltScreen = true
	if r.shell.session.Settings.Mouse != "off" {
		v.MouseMode = tea.MouseModeCellMotion
	}
	v.WindowTitle = "ringlab · " + r.names[r.active]
	return v
}

func (r *root) frame() []string {
	th := r.shell.theme
	if r.tooSmall() {
		r.shell.canvas.Frame(nil, true)
		return block(centred([]string{
			"The workbench needs",
			fmt.Sprintf("%d×%d characters.", leastWidth, leastHeight),
			fmt.Sprintf("This is %d×%d.", r.width, r.height),
			"",
			"Please enlarge the window, or press q.",
		}, r.width, r.height), r.width, r.height)
	}
	width, height := r.pageSize()
	side := strings.Repeat(" ", margin)
	lines := r.tabs()
	find := r.finding()
	for _, line := range block(r.page().View(), width, height) {
		if find != nil && r.overlay.kind == "" && r.settings == nil {
			line = th.marked(line, find.sought())
		}
		lines = append(lines, side+line+side)
	}
	// A message that needs more lines takes them from the page, but for those on
	// which the terminal draws a picture.
	most := 1
	for most < mostSaid && !picture.Holds(lines[len(lines)-most]) {
		most++
	}
	said := r.message(width, most)
	if find != nil {
		said = []string{find.line(th, width)}
	}
	lines = lines[:len(lines)-len(said)+1]
	for _, line := range said {
		lines = append(lines, side+line+side)
	}
	lines = append(lines,
		side+th.footer(r.keys, r.context(), r.why(), width)+side)
	lines = r.shell.canvas.Frame(lines, r.covered() || r.suspended)
	switch {
	case r.palette != nil:
		lines = th.over(lines, r.palette.view(th, r.width, r.height), r.width)
		lines[len(lines)-1] = side + th.footer(r.keys, inPalette, nil, width) + side
	case r.settings != nil:
		box := r.settings.view(th, r.width)
		if find != nil {
			for i, line := range box {
				box[i] = th.marked(line, find.sought())
			}
		}
		lines = th.over(lines, box, r.width)
		lines[len(lines)-1] = side + th.footer(r.keys, r.context(), nil, width) + side
		if find != nil { // over's frame stepped back
			lines[len(lines)-2] = side + find.line(th, width) + side
		}
	case r.overlay.kind != "":
		lines = th.over(lines, r.overlayBox(), r.width)
		lines[len(lines)-1] = side + th.footer(r.keys, r.context(), nil, width) + side
		if find != nil { // over's frame stepped back
			lines[len(lines)-2] = side + find.line(th, width) + side
		}
	case r.shell.dialog != nil:
		d := r.shell.dialog
		lines = th.over(lines, d.view(th, r.width, r.height-1), r.width)
		lines[len(lines)-1] = side + th.footer(r.keys, d.context(), nil, width) + side
	}
	return lines
}

// why asks the page for reasons; a field or dialog has none.
func (r *root) why() func(action) string {
	if r.page().Typing() {
		return nil
	}
	return r.page().Why
}

// whyAny is why for all actions: those of the root can always be done.
func (r *root) whyAny(a action) string {
	for _, b := range slices.Concat(r.keys.rows[inGlobal], r.keys.rows[inAlways], r.keys.rows[inList]) {
		if b.action == a {
			return ""
		}
	}
	return r.page().Why(a)
}

// tabs is the tab line and the rule under it, which is heavy under the page on
// screen.
func (r *root) tabs() []string {
	th := r.shell.theme
	line, gap, at := r.tabStart()
	line = th.strong.Render(line)
	heavyFrom, heavyTo := 0, 0
	for i, name := range r.names {
		label := tabLabel(i, name)
		style := th.dim
		if i == r.active {
			style = th.title
			heavyFrom, heavyTo = at-1, at+len(label)+1
		}
		line += style.Render(label) + gap
		at += len(label) + len(gap)
	}
	dir := clean(r.shell.session.home(r.shell.session.Dir))
	if room := r.width - at - 1; room > 8 {
		dir = lastOf(dir, room)
		line += strings.Repeat(" ", room-ansi.StringWidth(dir)) + th.dim.Render(dir)
	}
	rule := th.rule.Render(strings.Repeat("─", heavyFrom)) +
		th.accent.Render(strings.Repeat("━", heavyTo-heavyFrom)) +
		th.rule.Render(strings.Repeat("─", max(r.width-heavyTo, 0)))
	return []string{pad(line, r.width), pad(rule, r.width)}
}

// lastOf is the end of a path that has room, by whole names if one has; the
// folder that every workspace is called goes first.
func lastOf(path string, room int) string {
	separator := string(filepath.Separator)
	if ansi.StringWidth(path) > room {
		path = strings.TrimSuffix(path, separator+".ringlab")
	}
	whole := path
	for ansi.StringWidth(path) > room {
		_, rest, found := strings.Cut(strings.TrimPrefix(path, "…"+separator), separator)
		if !found {
			return fitEnd(whole, room)
		}
		path = "…" + separator + rest
	}
	return path
}

func tabLabel(i int, name string) string { return fmt.Sprintf("%d %s", i, name) }

// tabStart is what stands before the first tab, what between two, and where
// the first begins. The name goes first where there is no room, then the air.
func (r *root) tabStart() (before, gap string, at int) {
	before, gap = " ringlab  ", "   "
	switch {
	case r.width < 74:
		before, gap = " ", "  "
	case r.width < 82:
		gap = "  "
	}
	return before, gap, len(before)
}

// tabAt is the page whose tab stands in a column, if one does.
func (r *root) tabAt(x int) (page int, ok bool) {
	_, gap, at := r.tabStart()
	labels := make([]string, len(r.names))
	for i, name := range r.names {
		labels[i] = tabLabel(i, name)
	}
	return labelAt(labels, len(gap), x-at)
}

// mostSaid is how many lines the message may take.
const mostSaid = 3

// message is the message line. What does not fit into it takes most lines, for
// as long as one reads it: what to do stands at the end of a sentence.
func (r *root) message(width, most int) []string {
	th, n := r.shell.theme, r.shell.notice
	text, more, styled := n.text, "", func(line string) string { return line }
	if n.failed {
		text, more, styled = "✗ "+n.text, "  ! shows all", func(line string) string { return th.bad.Render(line) }
	}
	if len(text) < 4*most*width && r.shell.now.Sub(n.since) <= noticeTime {
		if lines := wrap(text, width, most+1); 1 < len(lines) && len(lines) <= most {
			for i, line := range lines {
				lines[i] = styled(pad(line, width))
			}
			return lines
		}
	}
	line := styled(fit(text, max(width-len(more), 1)))
	if n.failed {
		line += th.dim.Render(more)
	}
	return []string{line}
}

func (r *root) overlayHeight() int { return max(r.height-8, 4) }

func (r *root) overlayLines() []string {
	if r.overlay.kind == actErrors {
		return r.shell.errorLines(r.overlayWidth())
	}
	return r.shell.theme.helpLines(r.keys, r.page().Context(), r.page().Why, r.overlayWidth())
}

func (r *root) overlayWidth() int { return min(r.width-10, 92) }

func (r *root) overlayBox() []string {
	th := r.shell.theme
	title := "Keys"
	if r.overlay.kind == actErrors {
		title = "What went wrong"
	}
	all := r.overlayLines()
	height := min(r.overlayHeight(), len(all))
	top := min(r.overlay.top, max(len(all)-height, 0))
	head := th.strong.Render(title)
	if len(all) > height {
		head += th.dim.Render(fmt.Sprintf("   %d–%d of %d, scroll with ↑ ↓", top+1, top+height, len(all)))
	}
	shown := slices.Clone(all[top : top+height])
	if find := r.finding(); find != nil {
		for i := range shown {
			shown[i] = th.marked(shown[i], find.sought())
		}
	}
	return th.box(append([]string{head, ""}, shown...), r.overlayWidth())
}
