package tui

import (
	"fmt"
	"slices"
)

// mostDetail bounds a text that is scrolled, in lines.
const mostDetail = 400

// scroll is how far the text beside a table or a picture is scrolled. The text
// of another row begins at its top.
type scroll struct {
	of  int64 // the row
	top int
}

// act scrolls the text of a row, of so many lines in so much height, by half of
// that; it tells whether the action was its own.
func (s *scroll) act(a action, of int64, lines, height int) bool {
	by := max(height/2, 1)
	switch a {
	case actTextUp:
		by = -by
	case actTextDown:
	default:
		return false
	}
	*s = scroll{of, min(max(s.from(of)+by, 0), max(lines-height+1, 0))}
	return true
}

func (s scroll) from(of int64) int {
	if s.of != of {
		return 0
	}
	return s.top
}

// view is what is in view of the lines, with a note where there is more.
func (s scroll) view(th theme, lines []string, of int64, height int) []string {
	if len(lines) <= height || height < 2 {
		return lines
	}
	top := min(s.from(of), len(lines)-height+1)
	shown := slices.Clone(lines[top : top+height-1])
	if more := len(lines) - top - len(shown); more > 0 {
		return append(shown, th.dim.Render(fmt.Sprintf("↓ %s, ] scrolls", plural(more, "more line"))))
	}
	return append(shown, th.dim.Render("[ scrolls back"))
}

// rawLines is a record as it came, of which a screen or two are looked at.
func (t theme) rawLines(title string, raw []byte, width int) []string {
	lines := []string{"", t.heading(title, width)}
	return append(lines, wrap(string(raw[:min(len(raw), mostDetail*max(width, 1))]), width, mostDetail)...)
}
