package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
)

// progress shows how something long goes on. In a terminal it redraws one
// line; elsewhere it writes a plain line every few seconds, so that a log stays
// readable.
type progress struct {
	w        io.Writer
	terminal bool
	width    int
	now      func() time.Time
	last     time.Time
	pending  bool // a line is drawn that the next one replaces
}

const (
	redrawEvery = 80 * time.Millisecond
	lineEvery   = 3 * time.Second
)

func (a *app) progress() *progress {
	p := &progress{w: a.stderr, terminal: isTerminal(a.stderr), width: screenWidth(a.stderr), now: time.Now}
	p.last = p.now()
	return p
}

// update says how it stands now; most calls draw nothing.
func (p *progress) update(format string, args ...any) {
	every := lineEvery
	if p.terminal {
		every = redrawEvery
	}
	now := p.now()
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	line := clean(fmt.Sprintf(format, args...))
	if !p.terminal {
		_, _ = fmt.Fprintln(p.w, line)
		return
	}
	// No carriage return at the right edge: that would wrap.
	_, _ = fmt.Fprint(p.w, "\r"+ansi.Truncate(line, p.width-1, "…")+"\x1b[K")
	p.pending = true
}

// line writes a line that stays.
func (p *progress) line(format string, args ...any) {
	p.clear()
	_, _ = fmt.Fprintln(p.w, clean(fmt.Sprintf(format, args...)))
	p.last = p.now()
}

// clear removes what update drew, before something else is written.
func (p *progress) clear() {
	if p.pending {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
		p.pending = false
	}
}

// bar draws the done part of total in width cells.
func bar(done, total, width int) string {
	filled := 0
	if total > 0 {
		filled = min(max(width*done/total, 0), width)
	}
	return strings.Repeat("█", filled) + strings.Repeat("░", width-filled)
}
