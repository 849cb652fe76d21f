package picture

import (
	"encoding/binary"
	"math"
)

// Stretch is the pixels [From, To) of a picture, counted row by row.
type Stretch struct{ From, To int }

// Marked returns stretches outside of which every pixel is exactly white, the
// first first. They are found by eights, so they hold some white pixels too, and
// may go on from one row to the next. Most of a drawing is paper that need not
// be looked at twice.
func (p *Picture) Marked() []Stretch {
	const eight = 3 * 8 // bytes of so many pixels
	var all []Stretch
	for at := 0; at < len(p.Pix); at += eight {
		block := p.Pix[at:min(at+eight, len(p.Pix))]
		if len(block) == eight && binary.LittleEndian.Uint64(block)&binary.LittleEndian.Uint64(block[8:])&binary.LittleEndian.Uint64(block[16:]) == math.MaxUint64 {
			continue
		}
		from, to := at/3, (at+len(block))/3
		if last := len(all) - 1; last >= 0 && all[last].To == from {
			all[last].To = to
		} else {
			all = append(all, Stretch{from, to})
		}
	}
	return all
}

// eachMarked calls do for each pixel of the stretches, with its place in the picture.
func eachMarked(marked []Stretch, width int, do func(i, x, y int)) {
	for _, m := range marked {
		x, y := m.From%width, m.From/width
		for i := m.From; i < m.To; i++ {
			do(i, x, y)
			if x++; x == width {
				x, y = 0, y+1
			}
		}
	}
}
