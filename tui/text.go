package tui

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/data"
	"ringlab/experiments"
)

// clean makes text from outside safe to show.
func clean(s string) string { return data.Printable(s) }

// fit cleans text from outside and makes it exactly width cells wide, with an
// ellipsis where it was cut.
func fit(s string, width int) string {
	// No cell needs more bytes than this; the rest would be cut anyway.
	if most := 64 * max(width, 1); len(s) > most {
		s = s[:most] + "…"
	}
	return pad(clean(s), width)
}

// fitRight is fit with the text at the right edge.
func fitRight(s string, width int) string {
	if width <= 0 {
		return ""
	}
	s = ansi.Truncate(clean(s), width, "…")
	return strings.Repeat(" ", max(width-ansi.StringWidth(s), 0)) + s
}

// fitEnd cleans text from outside and keeps its end, for a path: at most width
// cells, with an ellipsis where it was cut.
func fitEnd(s string, width int) string {
	s = clean(s)
	wide := ansi.StringWidth(s)
	if wide <= width {
		return s
	}
	if width <= 0 {
		return ""
	}
	return "…" + rightOf(s, wide-width+1)
}

// rightOf is what of a line lies from a cell on. A wide character that stands on
// both sides of the cut leaves a space.
func rightOf(s string, from int) string {
	room := max(ansi.StringWidth(s)-from, 0)
	right := ansi.TruncateLeft(s, from, "")
	if ansi.StringWidth(right) > room {
		right = ansi.TruncateLeft(s, from+1, "")
	}
	return strings.Repeat(" ", max(room-ansi.StringWidth(right), 0)) + right
}

// pad makes text of ours, styled or not, exactly width cells wide.
func pad(s string, width int) string {
	if width <= 0 {
		return ""
	}
	w := styledWidth(s)
	if w == width {
		return s
	}
	if w > width {
		s = ansi.Truncate(s, width, "…")
		w = ansi.StringWidth(s) // a wide character may not have fitted
	}
	return s + strings.Repeat(" ", max(width-w, 0))
}

// wrap cleans text and breaks it into lines of at most width cells; line breaks
// in the text stay.
func wrap(s string, width, most int) []string {
	if width <= 0 || most <= 0 {
		return nil
	}
	var lines []string
	for part := range strings.Lines(s) {
		part = clean(strings.ReplaceAll(strings.TrimRight(part, "\r\n"), "\t", "  "))
		for line := range strings.SplitSeq(ansi.Wrap(part, width, ""), "\n") {
			if len(lines) == most {
				lines[most-1] = pad(ansi.Truncate(lines[most-1], width-1, "")+"…", width)
				return lines
			}
			lines = append(lines, line)
		}
	}
	return lines
}

// wrapWords breaks a command between its words only, so that a flag stays
// whole; a word wider than the line is cut.
func wrapWords(s string, width, most int) []string {
	var lines []string
	for word := range strings.SplitSeq(clean(s), " ") {
		if n := len(lines); n > 0 && ansi.StringWidth(lines[n-1])+1+ansi.StringWidth(word) <= width {
			lines[n-1] += " " + word
			continue
		}
		if len(lines) == most {
			lines[most-1] = ansi.Truncate(lines[most-1], max(width-2, 0), "") + " …"
			break
		}
		lines = append(lines, ansi.Truncate(word, width, "…"))
	}
	return lines
}

// block makes lines exactly width by height cells.
func block(lines []string, width, height int) []string {
	out := make([]string, max(height, 0))
	for i := range out {
		line := ""
		if i < len(lines) {
			line = lines[i]
		}
		out[i] = pad(line, width)
	}
	return out
}

// beside puts two columns next to each other with a thin line between them.
// The left one gets left cells; three are for the line.
func (t theme) beside(leftLines, rightLines []string, left, width, height int) []string {
	a, b := block(leftLines, left, height), block(rightLines, width-left-3, height)
	line := " " + t.rule.Render("│") + " "
	for i := range a {
		a[i] += line + b[i]
	}
	return a
}

// heading is a section's title with a fine line to the right edge.
func (t theme) heading(title string, width int) string {
	rest := width - ansi.StringWidth(title) - 1
	if rest < 1 {
		return pad(t.title.Render(title), width)
	}
	return t.title.Render(title) + " " + t.rule.Render(strings.Repeat("─", rest))
}

// pair is a name and a value, for lists of properties.
type pair struct{ name, value string }

// pairs draws properties, names in one column; values from outside wrap over
// at most wrapped lines.
func (t theme) pairs(list []pair, width, wrapped int) []string {
	names := 0
	for _, p := range list {
		names = max(names, ansi.StringWidth(clean(p.name)))
	}
	names = min(names, width/2)
	var lines []string
	for _, p := range list {
		values := wrap(p.value, width-names-2, wrapped)
		if len(values) == 0 {
			values = []string{""}
		}
		name := fit(p.name, names)
		for _, value := range values {
			lines = append(lines, t.dim.Render(name)+"  "+value)
			name = strings.Repeat(" ", names)
		}
	}
	return lines
}

// centred puts lines into the middle of a screen, for empty states.
func centred(lines []string, width, height int) []string {
	out := make([]string, 0, height)
	for range max((height-len(lines))/2-1, 0) {
		out = append(out, "")
	}
	for _, line := range lines {
		indent := max((width-ansi.StringWidth(line))/2, 0)
		out = append(out, strings.Repeat(" ", indent)+line)
	}
	return out
}

// ago says how long before now something was, in one or two units.
func ago(now, then time.Time) string {
	if then.IsZero() {
		return "–"
	}
	return span(now.Sub(then))
}

// span is a duration for people: 8 s, 3 min, 5 h, 12 d.
func span(d time.Duration) string {
	switch {
	case d < time.Second:
		return "0 s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d d", int(d.Hours()/24))
}

// plural is a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// counted is plural with separators in the count.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// share is a share as people read it.
func share(f float64) string { return strconv.FormatFloat(f, 'f', 3, 64) }

// short is the start of a hash.
func short(hash string) string {
	if len(hash) > 10 {
		return hash[:10]
	}
	return hash
}

// centredBlock indents lines of equal width into the middle of width cells.
func centredBlock(lines []string, width int) []string {
	if len(lines) == 0 {
		return nil
	}
	indent := strings.Repeat(" ", max((width-ansi.StringWidth(lines[0]))/2, 0))
	out := make([]string, len(lines))
	for i, line := range lines {
		out[i] = indent + line
	}
	return out
}

// wrapStyled breaks a line of ours, which may be styled; its parts are as far
// in as it began.
func wrapStyled(line string, width int) []string {
	text := strings.TrimLeft(line, " ")
	indent := len(line) - len(text)
	lines := strings.Split(lipgloss.Wrap(text, max(width-indent, 1), ""), "\n")
	for i := range lines {
		lines[i] = repeat(" ", indent) + lines[i]
	}
	return lines
}

func repeat(s string, n int) string { return strings.Repeat(s, max(n, 0)) }

// styled gives lines one style.
func styled(style lipgloss.Style, lines []string) []string {
	for i, line := range lines {
		lines[i] = style.Render(line)
	}
	return lines
}

var longFraction = regexp.MustCompile(`(\.\d{4})\d+`)

// logLine shortens a line of a run's log for people, with four digits after a
// point.
func logLine(line string) string {
	return longFraction.ReplaceAllString(experiments.FormatLogLine(line), "$1")
}
