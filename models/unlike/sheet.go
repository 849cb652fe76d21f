package unlike

import (
	"math"

	"ringlab/data/picture"
)

const (
	// sheetSide is the longer side, in pixels, to which larger pictures are
	// brought before they are measured. Smaller ones stay as they are.
	sheetSide = 300
	// cellSide is the side, in pixels, of the squares that each have a paper of
	// their own, so that a shadow on a photographed sheet is no ink.
	cellSide = 25
	// leastContrast, of 255, between paper and ink; what is paler is a blank sheet.
	leastContrast = 12
	// inkShare of the way from the paper to the darkest ink, a pixel is ink.
	inkShare = .4
	// rulingShare of a row or column that is not paper is a line of the sheet's
	// own, if it is less than thickestRuling pixels thick.
	rulingShare    = .9
	thickestRuling = 5
)

// sheet is a picture taken apart into paper and ink.
type sheet struct {
	width, height int
	rgb           []byte
	dark          []byte // how much darker than the paper around it; 0 on paper
	above         int    // pixels clearly lighter than the paper around them
	contrast      int    // of the darkest half per cent with its paper
	threshold     byte   // ink is what is at least this dark
	ink           []bool
	inked         int       // pixels of ink
	inverted      bool      // light ink on dark paper, measured as its negative
	papers        []float64 // of each cell, 0 to 255
	noise         float64   // median distance from the paper around
	rulings       int       // lines from edge to edge, which were erased

	left, right, top, bottom int     // box around the ink; right and bottom are inside
	extent                   float64 // longer side of that box, at least 1
}

// newSheet takes a picture whose fields agree.
func newSheet(p *picture.Picture) *sheet {
	if side := max(p.Width, p.Height); side > sheetSide {
		p = p.Resize(max(1, p.Width*sheetSide/side), max(1, p.Height*sheetSide/side))
	}
	s := &sheet{width: p.Width, height: p.Height, rgb: p.Pix}
	values := s.values()
	s.dark = make([]byte, len(values))
	s.flatten(values)
	s.eraseRulings()
	s.findInk()
	return s
}

// values are how light each pixel is: its darkest channel, so that a coloured
// letter on white counts as ink. On dark paper those of the negative.
func (s *sheet) values() []byte {
	n := s.width * s.height
	low, high := make([]byte, n), make([]byte, n)
	for i := range n {
		r, g, b := s.rgb[3*i], s.rgb[3*i+1], s.rgb[3*i+2]
		low[i], high[i] = min(r, g, b), max(r, g, b)
	}
	// Ink is the lesser part: it lies on the side of the paper that has more weight.
	var darker, lighter int
	lows, highs := s.cellMedians(low), s.cellMedians(high)
	columns := s.columns()
	for y := range s.height {
		for x := range s.width {
			i, cell := y*s.width+x, y/cellSide*columns+x/cellSide
			darker += max(int(lows[cell])-int(low[i])-leastContrast, 0)
			lighter += max(int(high[i])-int(highs[cell])-leastContrast, 0)
		}
	}
	if s.inverted = lighter > darker; s.inverted {
		for i, v := range high {
			low[i] = 255 - v
		}
	}
	return low
}

func (s *sheet) columns() int { return (s.width + cellSide - 1) / cellSide }

// cellMedians returns the median of each cell, row by row.
func (s *sheet) cellMedians(values []byte) []float64 {
	columns, rows := s.columns(), (s.height+cellSide-1)/cellSide
	medians := make([]float64, 0, columns*rows)
	for row := range rows {
		for column := range columns {
			var counts [256]int
			n := 0
			right := min((column+1)*cellSide, s.width)
			for y := row * cellSide; y < min((row+1)*cellSide, s.height); y++ {
				for _, v := range values[y*s.width+column*cellSide : y*s.width+right] {
					counts[v]++
				}
				n += right - column*cellSide
			}
			medians = append(medians, float64(rank(&counts, n/2)))
		}
	}
	return medians
}

// rank is the value at that place, from 0, of values given as counts.
func rank(counts *[256]int, place int) int {
	for v, n := range counts {
		if place < n {
			return v
		}
		place -= n
	}
	return 255
}

// flatten takes the paper out: that of a pixel lies between those of the four
// cells around it.
func (s *sheet) flatten(values []byte) {
	s.papers = s.cellMedians(values)
	columns, rows := s.columns(), len(s.papers)/s.columns()
	var distances [256]int
	for y := range s.height {
		ry := min(max((float64(y)+.5)/cellSide-.5, 0), float64(rows-1))
		y0 := int(ry)
		y1 := min(y0+1, rows-1)
		fy := ry - float64(y0)
		for x := range s.width {
			rx := min(max((float64(x)+.5)/cellSide-.5, 0), float64(columns-1))
			x0 := int(rx)
			x1 := min(x0+1, columns-1)
			fx := rx - float64(x0)
			up := float64(s.papers[y0*columns+x0]*(1-fx)) + float64(s.papers[y0*columns+x1]*fx)
			down := float64(s.papers[y1*columns+x0]*(1-fx)) + float64(s.papers[y1*columns+x1]*fx)
			i := y*s.width + x
			d := int(float64(up*(1-fy))+float64(down*fy)+.5) - int(values[i])
			distances[max(d, -d)]++
			if d > 0 {
				s.dark[i] = byte(d)
			} else if d < -leastContrast {
				s.above++
			}
		}
	}
	s.noise = float64(rank(&distances, len(values)/2))
}

// eraseRulings takes out what runs along the sheet from edge to edge, as on
// ruled or squared paper, in a table or a frame: it is no part of a drawing.
func (s *sheet) eraseRulings() {
	contrast, threshold := s.contrastOf()
	faint := byte(max(int(threshold)/3, int(min(3*s.noise, 255)), leastContrast/2))
	erase := func(lines, along, step, stride int) (rulings int) {
		ruled := make([]bool, lines+1)
		for line := range lines {
			n := 0
			for i := range along {
				if s.dark[line*step+i*stride] >= faint {
					n++
				}
			}
			ruled[line] = float64(n) > rulingShare*float64(along)
		}
		for line := 0; line < lines; line++ {
			if !ruled[line] {
				continue
			}
			first := line
			for ruled[line+1] {
				line++
			}
			// Thick ones are bars of a scanner at an edge, or no lines at all.
			if line-first >= thickestRuling && first > 0 && line < lines-1 {
				continue
			}
			rulings++
			from, to := max(first-1, 0), min(line+1, lines-1)
			for i := range along {
				// What crosses it stands out on both of its sides.
				above, below := byte(0), byte(0)
				if first > 1 {
					above = s.dark[(first-2)*step+i*stride]
				}
				if line < lines-2 {
					below = s.dark[(line+2)*step+i*stride]
				}
				for l := from; l <= to; l++ {
					s.dark[l*step+i*stride] = min(above, below)
				}
			}
		}
		return rulings
	}
	if contrast >= leastContrast {
		s.rulings = erase(s.height, s.width, s.width, 1) + erase(s.width, s.height, 1, s.width)
	}
}

// contrastOf is the darkness of the darkest half per cent, and that at which
// ink begins.
func (s *sheet) contrastOf() (contrast int, threshold byte) {
	var counts [256]int
	for _, d := range s.dark {
		counts[d]++
	}
	contrast = rank(&counts, len(s.dark)-1-len(s.dark)/200)
	return contrast, byte(min(max(inkShare*float64(contrast), 5*s.noise, leastContrast), 255))
}

func (s *sheet) findInk() {
	n := len(s.dark)
	s.contrast, s.threshold = s.contrastOf()
	s.ink = make([]bool, n)
	s.left, s.top, s.right, s.bottom = s.width, s.height, -1, -1
	for y := range s.height {
		for x, d := range s.dark[y*s.width : (y+1)*s.width] {
			if d < s.threshold {
				continue
			}
			s.ink[y*s.width+x] = true
			s.inked++
			s.left, s.right = min(s.left, x), max(s.right, x)
			s.top, s.bottom = min(s.top, y), y
		}
	}
	s.extent = float64(max(s.right-s.left, s.bottom-s.top, 0) + 1)
	if s.inked == 0 {
		s.left, s.top, s.right, s.bottom = 0, 0, 0, 0
	}
}

// entropy of shares that need not sum to 1, in nats.
func entropy(weights []float64) float64 {
	sum := 0.
	for _, w := range weights {
		sum += w
	}
	e := 0.
	for _, w := range weights {
		if w > 0 {
			e -= w / sum * math.Log(w/sum)
		}
	}
	return e
}
