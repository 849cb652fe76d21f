// Package picture draws pictures in a terminal's cells.
package picture

import (
	"fmt"
	"math"
	"slices"
	"strings"

	pixels "ringlab/data/picture"
)

// Ink is how colours may be used.
type Ink int

const (
	Colour Ink = iota // 24-bit colours; the terminal's writer brings them down
	Mono              // no colours: blocks where the picture is not paper
)

// HalfBlocks draws p in at most columns × rows cells, two pixels a cell one
// above the other, each line of the same width. Empty margins are cut off, so
// that the drawing is as large as the room allows. Thin lines, which an area
// average turns into a breath of grey, are brought back to full contrast.
func HalfBlocks(p *pixels.Picture, columns, rows int, ink Ink) []string {
	if p == nil || p.Width <= 0 || p.Height <= 0 || columns <= 0 || rows <= 0 {
		return nil
	}
	paper := paperOf(p)
	p = crop(p, paper)
	width, height := within(p.Width, p.Height, columns, 2*rows)
	small := p.Resize(width, height)
	strengthen(small, paper)
	if ink == Mono {
		return monoLines(small, paper)
	}
	return colourLines(small, paper)
}

// within is the largest size of the same shape inside the room.
func within(width, height, mostWidth, mostHeight int) (int, int) {
	scale := min(float64(mostWidth)/float64(width), float64(mostHeight)/float64(height))
	return min(max(int(math.Round(float64(width)*scale)), 1), mostWidth),
		min(max(int(math.Round(float64(height)*scale)), 1), mostHeight)
}

type rgb [3]uint8

func at(p *pixels.Picture, x, y int) rgb {
	i := 3 * (y*p.Width + x)
	return rgb{p.Pix[i], p.Pix[i+1], p.Pix[i+2]}
}

// paperOf is the most frequent colour of the border.
func paperOf(p *pixels.Picture) rgb {
	seen := map[rgb]int{}
	best, most := at(p, 0, 0), 0
	count := func(x, y int) {
		c := at(p, x, y)
		seen[c]++
		if seen[c] > most {
			best, most = c, seen[c]
		}
	}
	for x := range p.Width {
		count(x, 0)
		count(x, p.Height-1)
	}
	for y := range p.Height {
		count(0, y)
		count(p.Width-1, y)
	}
	return best
}

// distance from paper, 0 to 1: that of the channel that differs most.
func distance(c, paper rgb) float64 {
	most := 0
	for i := range c {
		d := int(c[i]) - int(paper[i])
		most = max(most, d, -d)
	}
	return float64(most) / 255
}

const nearPaper = .06 // what differs less is paper with noise

// crop cuts margins of paper, but for a little air. A blank picture stays.
func crop(p *pixels.Picture, paper rgb) *pixels.Picture {
	left, top, width, height := drawnBox(p, paper)
	if width == p.Width && height == p.Height {
		return p
	}
	out := &pixels.Picture{Width: width, Height: height}
	out.Pix = make([]byte, 0, 3*out.Width*out.Height)
	for y := top; y < top+height; y++ {
		start := 3 * (y*p.Width + left)
		out.Pix = append(out.Pix, p.Pix[start:start+3*out.Width]...)
	}
	return out
}

// drawnBox is the part of the picture that is not margin.
func drawnBox(p *pixels.Picture, paper rgb) (left, top, width, height int) {
	left, top = p.Width, p.Height
	right, bottom := -1, -1
	for y := range p.Height {
		for x := range p.Width {
			if distance(at(p, x, y), paper) > nearPaper {
				left, right = min(left, x), max(right, x)
				top, bottom = min(top, y), max(bottom, y)
			}
		}
	}
	if right < 0 {
		return 0, 0, p.Width, p.Height
	}
	air := max(right-left, bottom-top)/25 + 1
	left, top = max(left-air, 0), max(top-air, 0)
	right, bottom = min(right+air, p.Width-1), min(bottom+air, p.Height-1)
	return left, top, right - left + 1, bottom - top + 1
}

// strengthen moves each pixel away from paper along its own colour, so that
// the stronger half of the ink is nearly full ink. A gamma below 1 lifts thin
// lines more than thick ones.
func strengthen(p *pixels.Picture, paper rgb) {
	var inks []float64
	for i := 0; i < len(p.Pix); i += 3 {
		if d := distance(rgb(p.Pix[i:i+3]), paper); d > nearPaper {
			inks = append(inks, d)
		}
	}
	if len(inks) == 0 {
		return
	}
	slices.Sort(inks)
	full := inks[len(inks)*3/4]
	for i := 0; i < len(p.Pix); i += 3 {
		c := p.Pix[i : i+3]
		d := distance(rgb(c), paper)
		if d == 0 {
			continue
		}
		wanted := math.Pow(min(d/full, 1), .7)
		for channel := range c {
			moved := float64(paper[channel]) + (float64(c[channel])-float64(paper[channel]))*wanted/d
			c[channel] = uint8(min(max(math.Round(moved), 0), 255))
		}
	}
}

// colourLines draws ▀ with the upper pixel as text colour and the lower one as
// background.
func colourLines(p *pixels.Picture, paper rgb) []string {
	lines := make([]string, 0, (p.Height+1)/2)
	for y := 0; y < p.Height; y += 2 {
		var b strings.Builder
		var upper, lower rgb
		for x := range p.Width {
			u, l := at(p, x, y), paper
			if y+1 < p.Height {
				l = at(p, x, y+1)
			}
			if x == 0 || u != upper || l != lower {
				fmt.Fprintf(&b, "\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm", u[0], u[1], u[2], l[0], l[1], l[2])
				upper, lower = u, l
			}
			b.WriteString("▀")
		}
		b.WriteString("\x1b[m")
		lines = append(lines, b.String())
	}
	return lines
}

// monoLines draws ink with the terminal's own text colour.
func monoLines(p *pixels.Picture, paper rgb) []string {
	const inked = .5
	lines := make([]string, 0, (p.Height+1)/2)
	for y := 0; y < p.Height; y += 2 {
		var b strings.Builder
		for x := range p.Width {
			upper := distance(at(p, x, y), paper) >= inked
			lower := y+1 < p.Height && distance(at(p, x, y+1), paper) >= inked
			switch {
			case upper && lower:
				b.WriteString("█")
			case upper:
				b.WriteString("▀")
			case lower:
				b.WriteString("▄")
			default:
				b.WriteString(" ")
			}
		}
		lines = append(lines, b.String())
	}
	return lines
}
