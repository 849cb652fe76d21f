package picture

import "math"

// Clean returns the drawing alone on white paper, side x side pixels: uneven
// and coloured paper is flattened, light ink on dark paper inverted, pale ink
// darkened; the dots of a raster, pale strokes beside black ones, rules across the
// sheet, highlighted areas and coloured loops that somebody drew around parts are
// taken away, and what is left fills the picture. A drawing that is all of that
// already is returned unchanged.
//
// It reads no chemistry: each step asks what ink on paper looks like.
func (p *Picture) Clean(side int) *Picture {
	if longest := max(p.Width, p.Height); longest > cleanSide {
		p = p.within(cleanSide)
	}
	s := newSheet(p)
	s.flatten()
	s.eraseFills()
	s.darken()
	s.eraseDots()
	s.erasePale()
	s.eraseRules()
	s.eraseLoops()
	s.eraseCircles()
	if labels := s.findLabels(); labels.extent > 0 {
		s.joinLabels(labels)
		s.eraseText(labels.extent)
	}
	return s.frame(side)
}

// cleanSide bounds the pixels that are cleaned: more than this shows no more of
// a drawing, and takes longer.
const cleanSide = 900

// within scales to at most side pixels a side, without padding.
func (p *Picture) within(side int) *Picture {
	longest := max(p.Width, p.Height)
	return p.Resize(max(1, p.Width*side/longest), max(1, p.Height*side/longest))
}

// sheet is a picture being cleaned. Its pixels are never those of the picture
// that came in, once changed.
type sheet struct {
	w, h   int
	pix    []byte // RGB
	own    bool   // pix may be written to
	dark   []byte // 255 less the darkest channel, of flat paper
	least  byte   // what is at least this dark is ink
	source *Picture

	// Outside of marked everything is white, and stays so: no step but flatten
	// makes paper darker.
	marked []Stretch
	found  foundInk // of the ink as it is now
}

func newSheet(p *Picture) *sheet {
	return &sheet{w: p.Width, h: p.Height, pix: p.Pix, source: p, marked: p.Marked()}
}

// touch makes pix the sheet's own before it is written to.
func (s *sheet) touch() {
	if !s.own {
		s.pix = append([]byte(nil), s.pix...)
		s.own = true
	}
}

const (
	// blockSide: paper is judged in squares of a twentieth of the longer side:
	// larger than a letter's strokes, smaller than a shadow.
	blocksAcross = 20
	// flatShare of the pixels within flatTolerance of the commonest value is
	// paper that needs no flattening.
	flatShare     = .5
	flatTolerance = 6
)

// flatten divides by the paper, which is the median of each block, smoothed.
func (s *sheet) flatten() {
	if s.paperIsFlat() && !s.shaded() {
		return
	}
	size := max(8, max(s.w, s.h)/blocksAcross)
	g := s.measurePaper(size)
	if s.eraseDesk(g) {
		g = s.measurePaper(size)
	}
	inverted := s.inkIsLight(g)
	s.touch()
	var closed [3][]byte
	for c := range closed {
		closed[c] = s.closing(c, size/2, inverted)
	}
	for y := range s.h {
		for x := range s.w {
			at := 3 * (y*s.w + x)
			for c := range 3 {
				v, paper := int(s.pix[at+c]), g.at(x, y, c)
				if inverted {
					v, paper = 255-v, 255-paper
				}
				paper = min(paper, int(closed[c][y*s.w+x]))
				s.pix[at+c] = byte(min(255, 255*v/max(paper, 40)))
			}
		}
	}
	s.marked = (&Picture{Width: s.w, Height: s.h, Pix: s.pix}).Marked()
}

// paperIsFlat tells whether most of the sheet is white already.
func (s *sheet) paperIsFlat() bool {
	white := s.w * s.h
	for _, m := range s.marked {
		for i := 3 * m.From; i < 3*m.To; i += 3 {
			if min(s.pix[i], s.pix[i+1], s.pix[i+2]) < 255-flatTolerance {
				white--
			}
		}
	}
	return float64(white) >= flatShare*float64(s.w*s.h)
}

// paperGrid is the colour of the paper at the middles of blocks.
type paperGrid struct {
	size, columns, rows int
	value               []byte // [row][column][channel]
}

func (s *sheet) measurePaper(size int) *paperGrid {
	g := &paperGrid{size: size, columns: (s.w + size - 1) / size, rows: (s.h + size - 1) / size}
	raw := make([]byte, 3*g.columns*g.rows)
	for row := range g.rows {
		for column := range g.columns {
			var counts [3][256]int
			n := 0
			for y := row * size; y < min((row+1)*size, s.h); y++ {
				for x := column * size; x < min((column+1)*size, s.w); x++ {
					at := 3 * (y*s.w + x)
					for c := range 3 {
						counts[c][s.pix[at+c]]++
					}
					n++
				}
			}
			for c := range 3 {
				raw[3*(row*g.columns+column)+c] = middle(&counts[c], n)
			}
		}
	}
	// The median of each 3x3 blocks: one that lies under a letter is outvoted.
	g.value = make([]byte, len(raw))
	for row := range g.rows {
		for column := range g.columns {
			for c := range 3 {
				var counts [256]int
				n := 0
				for r := max(0, row-1); r <= min(g.rows-1, row+1); r++ {
					for k := max(0, column-1); k <= min(g.columns-1, column+1); k++ {
						counts[raw[3*(r*g.columns+k)+c]]++
						n++
					}
				}
				g.value[3*(row*g.columns+column)+c] = middle(&counts, n)
			}
		}
	}
	return g
}

// middle is the median of n values given as counts.
func middle(counts *[256]int, n int) byte {
	seen := 0
	for v, c := range counts {
		if seen += c; 2*seen >= n {
			return byte(v)
		}
	}
	return 255
}

// at interpolates between the middles of blocks.
func (g *paperGrid) at(x, y, c int) int {
	column, fx := g.between(x, g.columns)
	row, fy := g.between(y, g.rows)
	right, below := min(column+1, g.columns-1), min(row+1, g.rows-1)
	v := func(r, k int) int { return int(g.value[3*(r*g.columns+k)+c]) }
	top := v(row, column)*(2*g.size-fx) + v(row, right)*fx
	bottom := v(below, column)*(2*g.size-fx) + v(below, right)*fx
	return (top*(2*g.size-fy) + bottom*fy) / (4 * g.size * g.size)
}

// between finds the block whose middle lies before a pixel, and how far behind
// it the pixel lies, in halves of pixels.
func (g *paperGrid) between(at, blocks int) (block, offset int) {
	twice := 2*at + 1 - g.size
	if twice < 0 {
		return 0, 0
	}
	block = min(twice/(2*g.size), blocks-1)
	return block, min(twice-block*2*g.size, 2*g.size)
}

// inkIsLight compares what is darker than the paper with what is lighter.
func (s *sheet) inkIsLight(g *paperGrid) bool {
	const clear = 24 // of 255
	darker, lighter := 0, 0
	for y := 0; y < s.h; y += 2 {
		for x := 0; x < s.w; x += 2 {
			at := 3 * (y*s.w + x)
			d := 0
			for c := range 3 {
				d += int(s.pix[at+c]) - g.at(x, y, c)
			}
			switch d /= 3; {
			case d > clear:
				lighter += d
			case d < -clear:
				darker -= d
			}
		}
	}
	return lighter > darker
}

const (
	faintInk  = 25  // of 255: what is less dark than this is no ink on any paper
	noisyInk  = 140 // no paper is so noisy that darker ink is not seen
	inkShare  = .25 // of the darkness of a drawing's ink is the least of a stroke
	paleInk   = 215 // ink that is less dark than this is made darker
	palestInk = 40
)

// darken measures how dark ink is, and makes pale ink black.
func (s *sheet) darken() {
	n := s.w * s.h
	s.dark = make([]byte, n)
	var counts, noise [256]int
	counts[0] = n
	for _, m := range s.marked {
		for i := m.From; i < m.To; i++ {
			d := 255 - min(s.pix[3*i], s.pix[3*i+1], s.pix[3*i+2])
			s.dark[i] = d
			counts[d]++
		}
		counts[0] -= m.To - m.From
	}
	paper := int(middle(&counts, n))
	for v, c := range counts {
		noise[max(v-paper, paper-v)] += c
	}
	// Five standard deviations, of 1.4826 median distances each.
	threshold := min(max(faintInk, paper+int(7.4*float64(middle(&noise, n)))), noisyInk)
	inked := 0
	for v := threshold; v < 256; v++ {
		inked += counts[v]
	}
	if inked == 0 {
		s.least = 255
		return
	}
	ink, seen := 255, 0
	for v := 255; v >= threshold; v-- {
		if seen += counts[v]; 5*seen >= inked {
			ink = v
			break
		}
	}
	s.least = byte(max(threshold, int(inkShare*float64(ink))))
	if ink >= paleInk && paper == 0 {
		return
	}
	s.touch()
	ink = max(ink, palestInk)
	floor := max(paper, threshold/2)
	stretch := func(d int) int { return min(255, max(0, 255*(d-floor)/max(1, ink-floor))) }
	var table [256]byte
	for v := range table {
		table[v] = byte(255 - stretch(255-v))
	}
	for _, m := range s.marked { // white stays white
		for i := 3 * m.From; i < 3*m.To; i++ {
			s.pix[i] = table[s.pix[i]]
		}
		for i := m.From; i < m.To; i++ {
			s.dark[i] = 255 - table[255-s.dark[i]]
		}
	}
	s.least = byte(max(faintInk, stretch(int(s.least))))
}

// white takes the ink from a pixel.
func (s *sheet) white(i int) {
	s.pix[3*i], s.pix[3*i+1], s.pix[3*i+2] = 255, 255, 255
	s.dark[i] = 0
	s.found = foundInk{}
}

// ink puts ink on a pixel.
func (s *sheet) ink(i int, colour [3]byte) {
	copy(s.pix[3*i:], colour[:])
	s.dark[i] = 255 - min(colour[0], colour[1], colour[2])
	s.found = foundInk{}
}

// frame lays the drawing on side x side pixels so that it fills them.
func (s *sheet) frame(side int) *Picture {
	left, right, top, bottom := s.inkBox()
	if right < left {
		return s.picture().Resize(side, side)
	}
	extent := max(right-left, bottom-top) + 1
	if s.w == side && s.h == side && float64(extent) >= fullShare*float64(side) {
		return s.picture()
	}
	// A square around the drawing, with a margin of paper.
	square := max(8, int(math.Ceil(float64(extent)/filledShare)))
	x, y := (left+right+1-square)/2, (top+bottom+1-square)/2
	cut := &Picture{Width: square, Height: square, Pix: make([]byte, 3*square*square)}
	for i := range cut.Pix {
		cut.Pix[i] = 255
	}
	for row := max(0, -y); row < square && row+y < s.h; row++ {
		from, to := max(0, x), min(s.w, x+square)
		copy(cut.Pix[3*(row*square+from-x):], s.pix[3*((row+y)*s.w+from):3*((row+y)*s.w+to)])
	}
	framed := *cut.Resize(side, side)
	w, h := float64(s.w), float64(s.h)
	framed.Cut = Cut{float64(x) / w, float64(y) / h, float64(square) / w, float64(square) / h}
	return &framed
}

const (
	filledShare = .9 // of the side is what a framed drawing fills
	fullShare   = .8 // of the side is enough to be left as it is
	speck       = 4  // pixels of ink or less are dust
)

func (s *sheet) picture() *Picture {
	if !s.own {
		return s.source
	}
	return &Picture{Width: s.w, Height: s.h, Pix: s.pix}
}
