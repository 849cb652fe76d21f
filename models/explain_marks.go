package models

import (
	"bytes"
	"fmt"
	"image/color"

	"ringlab/data/picture"
)

// Mark is a number or letter of an explanation, and the pixel of the drawing
// that it stands on.
type Mark struct {
	X, Y int
	Text string
}

// Marks of the regions that are counted.
func (r *Regions) Marks() []Mark {
	var marks []Mark
	for i, region := range r.All[:r.Counted] {
		marks = append(marks, Mark{region.X, region.Y, fmt.Sprint(i + 1)})
	}
	return marks
}

// Marks of the spots.
func (m *Map) Marks() []Mark {
	var marks []Mark
	for i, s := range m.Spots {
		marks = append(marks, Mark{s.X, s.Y, spotName(i)})
	}
	return marks
}

// Tinted is the drawing in its own size with the regions filled: for the few
// pixels of a terminal.
func (r *Regions) Tinted(drawing *picture.Picture) *picture.Picture {
	return tinted(drawing, func(i int) (color.RGBA, float64) {
		switch {
		case r.of[i] < 0:
			return countedColour, 0
		case int(r.of[i]) < r.Counted:
			return countedColour, .5
		}
		return droppedColour, .5
	})
}

// Tinted is the drawing in its own size with the map's colours.
func (m *Map) Tinted(drawing *picture.Picture) *picture.Picture {
	most := m.most()
	return tinted(drawing, func(i int) (color.RGBA, float64) {
		if v := m.change[i]; v < 0 {
			return lessColour, .4 * float64(-v/most)
		}
		return moreColour, .4 * float64(m.change[i]/most)
	})
}

func tinted(p *picture.Picture, tint func(i int) (over color.RGBA, share float64)) *picture.Picture {
	t := &picture.Picture{Width: p.Width, Height: p.Height, Pix: bytes.Clone(p.Pix)}
	for i := range p.Width * p.Height {
		over, share := tint(i)
		for c, v := range [3]byte{over.R, over.G, over.B} {
			t.Pix[3*i+c] = byte(float64(t.Pix[3*i+c])*(1-share) + float64(v)*share)
		}
	}
	return t
}
