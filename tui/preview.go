package tui

import (
	pixels "ringlab/data/picture"
	"ringlab/tui/picture"
)

// preview is a pane with a picture. Its lines are made when the picture or the
// room changes, not in View; on a terminal that draws pictures itself they are
// empty, and the session's canvas draws over them.
type preview struct {
	of            string // what the picture is of, to ask only once
	request       int
	picture       *pixels.Picture
	trouble       string // why there is no picture
	width, height int
	canvas        *picture.Canvas
	ink           picture.Ink
	mode          picture.Mode
	cell          [2]int // pixels
	cells         []string
	id            int // of the picture on the canvas, 0 for none
}

// want tells that key's picture is asked for; the old one stays on screen until
// the answer comes, so that moving through a list does not flicker.
func (p *preview) want(key string, request int) { p.of, p.request = key, request }

func (p *preview) show(m pictureLoadedMsg, s *shell) {
	if m.request != p.request {
		return
	}
	p.picture, p.trouble = m.picture, m.trouble
	p.canvas, p.ink, p.mode, p.cell = s.canvas, s.ink(), s.canvas.Mode(), s.canvas.Cell()
	p.draw()
}

func (p *preview) resize(width, height int) {
	if width != p.width || height != p.height {
		p.width, p.height = width, height
		p.draw()
	}
}

// repaint draws anew where the terminal turned out to show pictures otherwise.
func (p *preview) repaint(s *shell) {
	if p.canvas == nil || p.ink == s.ink() && p.mode == s.canvas.Mode() && p.cell == s.canvas.Cell() {
		return
	}
	p.ink, p.mode, p.cell = s.ink(), s.canvas.Mode(), s.canvas.Cell()
	p.draw()
}

func (p *preview) forget() {
	p.canvas.Remove(p.id)
	*p = preview{width: p.width, height: p.height}
}

func (p *preview) draw() {
	p.canvas.Remove(p.id)
	p.cells, p.id = nil, 0
	if p.canvas != nil {
		p.cells, p.id = p.canvas.Add(p.picture, p.width, p.height, p.ink)
	}
}

// view is the picture in the middle of its width. It always takes the pane's
// height, so that what stands under it does not jump.
func (p preview) view(th theme) []string {
	lines := centredBlock(p.cells, p.width)
	switch {
	case p.trouble != "":
		lines = append([]string{th.warn.Render("no picture")}, wrap(p.trouble, p.width, 6)...)
	case p.mode == picture.Off && p.picture != nil:
		lines = []string{th.dim.Render("pictures are off")}
	}
	return block(lines, p.width, p.height)
}
