package tui

import (
	tea "charm.land/bubbletea/v2"
)

// clickable is a page that takes clicks, in its own cells.
type clickable interface{ Click(x, y int) tea.Cmd }

// divided is a page of two panes. Border is the column of the line between
// them, in the page's cells, negative where there is none now.
type divided interface {
	Border() int
	MoveBorder(x int) tea.Cmd
}

const (
	wheelLines = 3 // a notch of the wheel
	borderStep = 4 // cells, by key
)

// mouse does what a person points at: a tab, a row, the border of a pane or of
// a column. The wheel moves as the arrow keys do.
func (r *root) mouse(msg tea.MouseMsg) tea.Cmd {
	m := msg.Mouse()
	if r.tooSmall() {
		return nil
	}
	x, y := m.X-margin, m.Y-2 // in the page's cells, below tabs and rule
	switch msg.(type) {
	case tea.MouseReleaseMsg:
		r.dragging, r.grip = false, grip{}
	case tea.MouseMotionMsg:
		if r.grip.table != nil && !r.covered() {
			r.grip.move(x)
			return nil
		}
		if page, ok := r.page().(divided); ok && r.dragging && !r.covered() {
			return page.MoveBorder(x)
		}
	case tea.MouseWheelMsg:
		return r.wheel(m.Button)
	case tea.MouseClickMsg:
		if m.Button != tea.MouseLeft {
			return nil
		}
		r.touched = true
		if r.covered() {
			return r.clickOver(m.X, m.Y)
		}
		if m.Y == 0 {
			if page, ok := r.tabAt(m.X); ok && !r.page().Typing() {
				return r.show(page)
			}
			return nil
		}
		if page, ok := r.page().(divided); ok && page.Border() >= 0 && near(page.Border(), x) {
			r.dragging = true
			return nil
		}
		if t, line, width := r.table(); t != nil && y == line {
			r.grip, _ = t.grip(x, width)
			return nil
		}
		return r.clickPage(x, y)
	}
	return nil
}

func near(a, b int) bool { return a-b <= 1 && b-a <= 1 }

// covered: something lies over the page.
func (r *root) covered() bool {
	return r.palette != nil || r.settings != nil || r.overlay.kind != "" || r.shell.dialog != nil
}

func (r *root) wheel(b tea.MouseButton) tea.Cmd {
	a := actDown
	switch b {
	case tea.MouseWheelUp:
		a = actUp
	case tea.MouseWheelDown:
	default:
		return nil
	}
	var cmds []tea.Cmd
	for range wheelLines {
		switch {
		case r.palette != nil:
			r.palette.act(a)
		case r.settings != nil || r.shell.dialog != nil || r.page().Typing():
		case r.overlay.kind != "":
			r.scrollOverlay(a)
		default:
			cmds = append(cmds, r.page().Act(a))
		}
	}
	return tea.Batch(cmds...)
}

// moveBorder moves the border between two panes: by is how much narrower or
// wider the right one becomes.
func (r *root) moveBorder(by int) tea.Cmd {
	page, ok := r.page().(divided)
	if !ok || page.Border() < 0 {
		r.shell.say("This screen has no second pane.")
		return nil
	}
	return page.MoveBorder(page.Border() - by)
}

// divide is where a page of two panes is divided. Zero is the page's own idea.
type divide struct{ Share float64 } // of the width that the right pane has

// side is the width of the right pane: own by default, and such that the left
// one keeps least cells.
func (d divide) side(width, own, least int) int {
	side := own
	if d.Share > 0 {
		side = int(d.Share*float64(width) + .5)
	}
	return max(min(side, width-least-3), min(least, width/2))
}

// move puts the border into a column.
func (d *divide) move(x, width int) {
	if width > 0 {
		d.Share = min(max(float64(width-x-2)/float64(width), .15), .85)
	}
}
