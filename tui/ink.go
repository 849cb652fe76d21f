package tui

import (
	"strings"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

// A table has hundreds of cells in a frame, and a style costs more to apply
// than its text to write. So each style of a table is applied once a frame, to
// one letter, and the sequences around it are put around every cell.

// tone is how a table's cell looks.
type tone uint8

const (
	tonePlain tone = iota
	toneDim
	toneStrong
	toneAccent
	toneGood
	toneWarn
	toneBad
	toneSelected // the gaps of the selected row
	tones
)

// ink is what turns a style on and off again.
type ink struct{ on, off string }

func inkOf(s lipgloss.Style) ink {
	const letter = "x"
	on, off, _ := strings.Cut(s.Render(letter), letter)
	return ink{on, off}
}

// draw is text of ours, without line ends, in the ink.
func (i ink) draw(text string) string { return i.on + text + i.off }

// inks are those of all tones, and of all on the selected row.
type inks struct{ usual, selected [tones]ink }

func (t theme) inks() *inks {
	var p inks
	for i, style := range [tones]lipgloss.Style{t.plain, t.dim, t.strong, t.accent, t.good, t.warn, t.bad, t.plain} {
		p.usual[i], p.selected[i] = inkOf(style), inkOf(style.Inherit(t.selected))
	}
	p.selected[toneSelected] = inkOf(t.selected)
	return &p
}

// toned is one value of a row, from outside: it is cleaned when it is drawn.
type toned struct {
	text string
	tone tone
}

// writeCell writes text in exactly width cells, cleaned, at the left or the
// right edge.
func writeCell(b *strings.Builder, text string, width int, right bool) {
	if width <= 0 {
		return
	}
	w, safe := plainWidth(text)
	if !safe || w > width {
		if right {
			text = fitRight(text, width)
		} else {
			text = fit(text, width)
		}
		b.WriteString(text)
		return
	}
	if right {
		writeSpaces(b, width-w)
	}
	b.WriteString(text)
	if !right {
		writeSpaces(b, width-w)
	}
}

const manySpaces = "                                                                                "

func writeSpaces(b *strings.Builder, n int) {
	for n > len(manySpaces) {
		b.WriteString(manySpaces)
		n -= len(manySpaces)
	}
	b.WriteString(manySpaces[:max(n, 0)])
}

// plainWidth is the width of a text in which no character joins another or
// commands the terminal; safe is false where that is not so, or not sure.
func plainWidth(s string) (width int, safe bool) {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if c < ' ' || c == 0x7f {
				return 0, false
			}
			i++
			width++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if !narrow(r) {
			return 0, false
		}
		i += size
		width++
	}
	return width, true
}

// narrow tells of the characters that the workbench draws with, and of Latin
// letters, that they are one cell wide whatever stands beside them.
func narrow(r rune) bool {
	switch {
	case 0xc0 <= r && r <= 0x17f, 0x2190 <= r && r <= 0x2193, 0x2500 <= r && r <= 0x25a0, 0x2800 <= r && r <= 0x28ff:
		return true
	}
	switch r {
	case '·', '×', '±', '–', '…', '−', '⊘', '✓', '✗', '●', '○', '◐', '◌', '▸':
		return true
	}
	return false
}

// styledWidth is the width of a line of ours: text and colours.
func styledWidth(s string) int {
	width := 0
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == 0x1b:
			end := strings.IndexByte(s[i:], 'm')
			if end < 0 || i+1 >= len(s) || s[i+1] != '[' {
				return ansi.StringWidth(s)
			}
			i += end + 1
		case c < ' ' || c == 0x7f:
			return ansi.StringWidth(s)
		case c < utf8.RuneSelf:
			i++
			width++
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			if !narrow(r) {
				return ansi.StringWidth(s)
			}
			i += size
			width++
		}
	}
	return width
}
