package tui

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// footer names the most important keys of a context in one line. Keys of
// actions that cannot be done now are dim.
func (t theme) footer(m keyMap, c keyContext, why func(action) string, width int) string {
	var b strings.Builder
	used := 0
	accent, dim, rule := inkOf(t.accent), inkOf(t.dim), inkOf(t.rule)
	for _, row := range m.bindings(c) {
		if row.short == "" {
			continue
		}
		// The first way to press it is enough here; the help has all.
		label, _, _ := strings.Cut(row.key.Help().Key, " ")
		text := label + " " + row.short
		w := ansi.StringWidth(text)
		if used > 0 {
			if used+3+w > width {
				break
			}
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
			if reason == "" {
				lines = append(lines, "  "+t.accent.Render(pad(help.Key, keyWidth))+help.Desc)
				continue
			}
			lines = append(lines, "  "+t.dim.Render(pad(help.Key, keyWidth)+help.Desc))
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
