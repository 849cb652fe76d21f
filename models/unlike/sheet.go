package unlike

import (
	"bytes"
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
	marked        []picture.Stretch // outside of them rgb is white and dark is 0
	dark          []byte            // how much darker than the paper around it; 0 on paper
	above         int               // pixels clearly lighter than the paper around them
	contrast      int               // of the darkest half per cent with its paper
	threshold     byte              // ink is what is at least this dark
	ink           []bool
	inkAt         []int32   // the pixels of ink, row by row
	inked         int       // how many they are
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
	s := &sheet{width: p.Width, height: p.Height, rgb: p.Pix, marked: p.Marked()}
	values, medians := s.values()
	s.dark = make([]byte, len(values))
	s.flatten(values, medians)
	s.eraseRulings()
	if s.inverted || s.rulings > 0 {
		s.marked = []picture.Stretch{{From: 0, To: len(values)}}
	}
	s.findInk()
	return s
}

// values are how light each pixel is: its darkest channel, so that a coloured
// letter on white counts as ink. On dark paper those of the negative. With them
// come their medians by cell.
func (s *sheet) values() (values []byte, medians []float64) {
	n := s.width * s.height
	low, high := bytes.Repeat([]byte{255}, n), bytes.Repeat([]byte{255}, n)
	for _, m := range s.marked {
		for i := m.From; i < m.To; i++ {
			r, g, b := s.rgb[3*i], s.rgb[3*i+1], s.rgb[3*i+2]
			low[i], high[i] = min(r, g, b), max(r, g, b)
		}
	}
	// Ink is the lesser part: it lies on the side of the paper that has more weight.
	var darker, lighter int
	lows, highs := s.cellMedians(low), s.cellMedians(high)
	s.eachCellRow(func(cell, from, to int) {
		darkest, lightest := int(lows[cell])-leastContrast, int(highs[cell])+leastContrast
		for _, v := range low[from:to] {
			darker += max(darkest-int(v), 0)
		}
		if lightest >= 255 {
			return
		}
		for _, v := range high[from:to] {
			lighter += max(int(v)-lightest, 0)
		}
	})
	if s.inverted = lighter > darker; !s.inverted {
		return low, lows
	}
	for i, v := range high {
		low[i] = 255 - v
	}
	return low, s.cellMedians(low)
}

// eachCellRow calls do for each row of pixels of each cell: pixels [from, to).
func (s *sheet) eachCellRow(do func(cell, from, to int)) {
	columns := s.columns()
	for y := range s.height {
		for column := range columns {
			do(y/cellSide*columns+column, y*s.width+column*cellSide, y*s.width+min((column+1)*cellSide, s.width))
		}
	}
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
				tally(&counts, values[y*s.width+column*cellSide:y*s.width+right])
				n += right - column*cellSide
			}
			medians = append(medians, float64(rank(&counts, n/2)))
		}
	}
	return medians
}

// tally counts values. Eight that are equal, as on paper, are counted at once.
func tally(counts *[256]int, values []byte) {
	for ; len(values) >= 8; values = values[8:] {
		if alike(values) {
			counts[values[0]] += 8
			continue
		}
		for _, v := range values[:8] {
			counts[v]++
		}
	}
	for _, v := range values {
		counts[v]++
	}
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

// between tells between the middles of which two cells a pixel lies, and which
// share of the way it is from the first to the second.
type between struct {
	first, second int
	share         float64
}

// betweenCells of a row or column of cells, for each of the pixels along it.
func betweenCells(pixels, cells int) []between {
	all := make([]between, pixels)
	for i := range all {
		at := min(max((float64(i)+.5)/cellSide-.5, 0), float64(cells-1))
		first := int(at)
		all[i] = between{first, min(first+1, cells-1), at - float64(first)}
	}
	return all
}

// flatten takes the paper out: that of a pixel lies between those of the four
// cells around it, whose medians are given.
func (s *sheet) flatten(values []byte, medians []float64) {
	s.papers = medians
	columns := s.columns()
	across, down := betweenCells(s.width, columns), betweenCells(s.height, len(medians)/columns)
	var distances [256]int
	for y, v := range down {
		upper, lower := medians[v.first*columns:][:columns], medians[v.second*columns:][:columns]
		for x := 0; x < s.width; {
			h := across[x]
			a, b, c, d := upper[h.first], upper[h.second], lower[h.first], lower[h.second]
			from := y*s.width + x
			even := a == b && b == c && c == d
			for x < s.width && across[x].first == h.first {
				x++
			}
			to := y*s.width + x
			if even { // as on most sheets, all of them
				s.darken(from, values[from:to], int(a), &distances)
				continue
			}
			for i := from; i < to; i++ {
				f := across[i-y*s.width].share
				up := float64(a*(1-f)) + float64(b*f)
				low := float64(c*(1-f)) + float64(d*f)
				paper := int(float64(up*(1-v.share)) + float64(low*v.share) + .5)
				s.darken(i, values[i:i+1], paper, &distances)
			}
		}
	}
	s.noise = float64(rank(&distances, len(values)/2))
}

// darken notes how much darker than their paper the pixels from one on are.
func (s *sheet) darken(from int, values []byte, paper int, distances *[256]int) {
	for j, v := range values {
		d := paper - int(v)
		distances[max(d, -d)]++
		if d > 0 {
			s.dark[from+j] = byte(d)
		} else if d < -leastContrast {
			s.above++
		}
	}
}

// eraseRulings takes out what runs along the sheet from edge to edge, as on
// ruled or squared paper, in a table or a frame: it is no part of a drawing.
func (s *sheet) eraseRulings() {
	contrast, threshold := s.contrastOf()
	faint := byte(max(int(threshold)/3, int(min(3*s.noise, 255)), leastContrast/2))
	erase := func(lines, along, step, stride int, counts []int) (rulings int) {
		ruled := make([]bool, lines+1)
		for line, n := range counts {
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
		rows, _ := s.countFrom(faint)
		s.rulings = erase(s.height, s.width, s.width, 1, rows)
		_, columns := s.countFrom(faint)
		s.rulings += erase(s.width, s.height, 1, s.width, columns)
	}
}

// countFrom counts the pixels of each row and column that are at least so dark.
func (s *sheet) countFrom(least byte) (rows, columns []int) {
	rows, columns = make([]int, s.height), make([]int, s.width)
	for y := range s.height {
		for x, d := range s.dark[y*s.width : (y+1)*s.width] {
			if d >= least {
				rows[y]++
				columns[x]++
			}
		}
	}
	return rows, columns
}

// contrastOf is the darkness of the darkest half per cent, and that at which
// ink begins.
func (s *sheet) contrastOf() (contrast int, threshold byte) {
	var counts [256]int
	tally(&counts, s.dark)
	contrast = rank(&counts, len(s.dark)-1-len(s.dark)/200)
	return contrast, byte(min(max(inkShare*float64(contrast), 5*s.noise, leastContrast), 255))
}

func (s *sheet) findInk() {
	n := len(s.dark)
	s.contrast, s.threshold = s.contrastOf()
	s.ink = make([]bool, n)
	s.left, s.top, s.right, s.bottom = s.width, s.height, -1, -1
	for _, m := range s.marked {
		for i := m.From; i < m.To; i++ {
			if s.dark[i] < s.threshold {
				continue
			}
			x, y := i%s.width, i/s.width
			s.ink[i] = true
			s.inkAt = append(s.inkAt, int32(i))
			s.left, s.right = min(s.left, x), max(s.right, x)
			s.top, s.bottom = min(s.top, y), y
		}
	}
	s.inked = len(s.inkAt)
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
