package tui

import (
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// footerRows are the bindings that fit into the footer. That of the help is
// always among them: it has the others.
func (m keyMap) footerRows(c keyContext, width int) []binding {
	cells := func(row binding) int {
		label, _, _ := strings.Cut(row.key.Help().Key, " ")
		return ansi.StringWidth(label) + 1 + ansi.StringWidth(row.short) + 3
	}
	rows := slices.DeleteFunc(m.bindings(c), func(row binding) bool { return row.short == "" })
	used := -3 // nothing stands before the first
	for _, row := range rows {
		used += cells(row)
	}
	for i := len(rows) - 1; i > 0 && used > width; i-- {
		if rows[i].action != actHelp {
			used -= cells(rows[i])
			rows = slices.Delete(rows, i, i+1)
		}
	}
	return rows
}

// footer names the most important keys of a context in one line. Keys of
// actions that cannot be done now are dim.
func (t theme) footer(m keyMap, c keyContext, why func(action) string, width int) string {
	var b strings.Builder
	used := 0
	accent, dim, rule := inkOf(t.accent), inkOf(t.dim), inkOf(t.rule)
	for _, row := range m.footerRows(c, width) {
		// The first way to press it is enough here; the help has all.
		label, _, _ := strings.Cut(row.key.Help().Key, " ")
		text := label + " " + row.short
		w := ansi.StringWidth(text)
		if used > 0 {
			b.WriteString(rule.draw(" · "))
			used += 3
		}
		used += w
		if why != nil && why(row.action) != "" {
			b.WriteString(rule.draw(text))
			continue
		}
		b.WriteString(accent.draw(label) + " " + dim.draw(row.short))
	}
	return pad(b.String(), width)
}

// helpLines is the help of a context: its keys, and why one does nothing now.
func (t theme) helpLines(m keyMap, c keyContext, why func(action) string, width int) []string {
	const keyWidth = 14
	titles := map[keyContext]string{}
	for _, p := range places() {
		titles[p.context] = p.title
	}
	var lines []string
	for _, part := range append([]keyContext{c}, m.under[c]...) {
		rows := m.rows[part]
		if len(rows) == 0 {
			continue
		}
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, t.title.Render(titles[part]))
		for _, row := range rows {
			help := row.key.Help()
			reason := why(row.action)
			style := t.plain
			keyStyle := t.accent
			if reason != "" {
				style, keyStyle = t.dim, t.dim
			}
			label := help.Key
			for _, line := range wrap(help.Desc, width-keyWidth-2, 3) {
				lines = append(lines, "  "+keyStyle.Render(pad(label, keyWidth))+style.Render(line))
				label = ""
			}
			if reason == "" {
				continue
			}
			for _, line := range wrap("not now: "+reason, width-keyWidth-2, 3) {
				lines = append(lines, strings.Repeat(" ", keyWidth+2)+t.warn.Render(line))
			}
		}
	}
	return lines
}

// errorLines is the error history, newest first.
func (s *shell) errorLines(width int) []string {
	if len(s.failures) == 0 {
		return []string{s.theme.dim.Render("Nothing went wrong so far.")}
	}
	var lines []string
	for i := len(s.failures) - 1; i >= 0; i-- {
		f := s.failures[i]
		head := f.when.Format("15:04:05")
		if f.times > 1 {
			head += fmt.Sprintf("  %d times", f.times)
		}
		lines = append(lines, s.theme.dim.Render(head))
		for _, line := range wrap(f.text, width-2, 8) {
			lines = append(lines, "  "+line)
		}
	}
	return lines
}
