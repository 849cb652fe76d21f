package tui

import (
	pixels "ringlab/data/picture"
	"ringlab/tui/picture"
)

// preview is a pane with a picture. The cells are drawn when the picture or
// the room changes, not in View.
type preview struct {
	of            string // what the picture is of, to ask only once
	request       int
	picture       *pixels.Picture
	trouble       string // why there is no picture
	width, height int
	mono          bool
	cells         []string
}

// want tells that key's picture is asked for; the old one stays on screen until
// the answer comes, so that moving through a list does not flicker.
func (p *preview) want(key string, request int) { p.of, p.request = key, request }

func (p *preview) show(m pictureLoadedMsg, mono bool) {
	if m.request != p.request {
		return
	}
	p.picture, p.trouble, p.mono = m.picture, m.trouble, mono
	p.draw()
}

func (p *preview) resize(width, height int) {
	if width != p.width || height != p.height {
		p.width, p.height = width, height
		p.draw()
	}
}

func (p *preview) repaint(mono bool) {
	if p.mono != mono {
		p.mono = mono
		p.draw()
	}
}

func (p *preview) forget() { *p = preview{width: p.width, height: p.height, mono: p.mono} }

func (p *preview) draw() {
	ink := picture.Colour
	if p.mono {
		ink = picture.Mono
	}
	p.cells = picture.HalfBlocks(p.picture, p.width, p.height, ink)
}

// view is the picture in the middle of its width. It always takes the pane's
// height, so that what stands under it does not jump.
func (p preview) view(th theme) []string {
	lines := centredBlock(p.cells, p.width)
	if p.trouble != "" {
		lines = append([]string{th.warn.Render("no picture")}, wrap(p.trouble, p.width, 6)...)
	}
	return block(lines, p.width, p.height)
}
