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
	trouble       string       // why there is no picture
	over          *explanation // shown in its place, nil for none
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
	if p.canvas == nil {
		return
	}
	shown := p.picture
	if p.over != nil {
		switch p.canvas.Mode() {
		case picture.Blocks:
			p.cells = p.over.blocks(p.width, p.height, p.ink)
			return
		case picture.Letters:
			p.cells = picture.MarkedASCII(p.over.plain, p.width, p.height, p.over.marks)
			return
		case picture.Kitty, picture.KittyTmux, picture.Sixel:
			shown = p.over.drawn
		}
	}
	p.cells, p.id = p.canvas.Add(shown, p.width, p.height, p.ink)
}

// cover shows an explanation in the place of the picture, or again the picture
// if it is nil.
func (p *preview) cover(over *explanation) {
	if p.over != over {
		p.over = over
		p.draw()
	}
}

// view is the picture in the middle of its width. It always takes the pane's
// height, so that what stands under it does not jump.
func (p preview) view(th theme) []string { return block(p.lines(th), p.width, p.height) }

// lines are the picture in the middle of its width, or why there is none.
func (p preview) lines(th theme) []string {
	switch {
	case p.trouble != "":
		return append([]string{th.warn.Render("no picture")}, wrap(p.trouble, p.width, 6)...)
	case p.mode == picture.Off && p.picture != nil:
		return []string{th.dim.Render("pictures are off")}
	}
	return centredBlock(p.cells, p.width)
}
