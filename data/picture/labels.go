package picture

import (
	"cmp"
	"math"
	"slices"
)

const (
	labelShare = .22 // of the drawing's extent is the greatest letter
	leastLabel = 5   // pixels is the least extent of a letter
	// oddLabel: what is larger than so many times the letter in the middle, by
	// extent, is no letter of this drawing.
	oddLabel = 1.7
	// labelGap is how far from a letter its bond ends at most, and bondRun how far
	// the bond goes on straight from there at least, in extents of the letter.
	labelGap = 1
	bondRun  = .6
	// oddGap: a bond that ends farther from its letter than so many times the
	// usual gap is that of another atom.
	oddGap = 2
	// Two bonds of an atom end at least bondsApart extents of the letter from each
	// other, and the cosine between them is at most bondsParallel; a double bond's
	// strokes are one bond.
	bondsApart    = .6
	bondsParallel = .8
	mostBonds     = 4
	labelRays     = 72 // directions in which bonds are looked for

	// mostPieces of ink are more than any drawing has: noise, dots for lines, a
	// page of print. There no letters are looked for.
	mostPieces = 3000
)

// labelOrigins are the places of a letter from which bonds are looked for, in its
// extent from the middle: a bond points at its atom, which may lie anywhere in
// the letter.
var labelOrigins = [...][2]float64{{0, 0}, {-.22, 0}, {.22, 0}, {0, -.22}, {0, .22}}

// directions are the cosines and sines of the rays.
var directions = func() (all [labelRays][2]float64) {
	for d := range all {
		all[d][1], all[d][0] = math.Sincos(2 * math.Pi * float64(d) / labelRays)
	}
	return all
}()

// joinLabels draws bonds on to the letters that they point at. Programs leave
// paper between a bond and the letter of its atom, some more than others; a
// ring is closed there all the same.
func (s *sheet) joinLabels(labels *labels) {
	var bonds []bond
	for n, b := range labels.pieces {
		if labels.isLetter[n+1] && labels.nearOther(n) {
			bonds = append(bonds, labels.bondsTo(&b, int32(n+1))...)
		}
	}
	if len(bonds) == 0 {
		return
	}
	gaps := make([]float64, len(bonds))
	for n, b := range bonds {
		gaps[n] = b.gap()
	}
	slices.Sort(gaps)
	for _, b := range bonds {
		if b.gap() <= oddGap*gaps[len(gaps)/2] {
			s.draw(b)
		}
	}
}

// labels are the pieces of ink on a sheet, and which of them are letters.
type labels struct {
	*pieceMap
	isLetter []bool // of the piece of each number, from 1
	extent   int    // of the letter in the middle by extent; 0 without letters
}

// findLabels takes small pieces that are no single stroke for letters.
func (s *sheet) findLabels() *labels {
	left, right, top, bottom := s.inkBox()
	whole := float64(max(right-left, bottom-top) + 1)
	if len(s.inkPieces()) > mostPieces {
		return &labels{}
	}
	l := &labels{pieceMap: s.mapPieces()}
	l.isLetter = make([]bool, len(l.pieces)+1)
	var extents []int
	for n, b := range l.pieces {
		if b.extent() >= leastLabel && float64(b.extent()) <= labelShare*whole && !b.straight(s.w) {
			l.isLetter[n+1] = true
			extents = append(extents, b.extent())
		}
	}
	if len(extents) == 0 {
		return l
	}
	slices.Sort(extents)
	l.extent = extents[len(extents)/2]
	for n, b := range l.pieces {
		if float64(b.extent()) > oddLabel*float64(l.extent) {
			l.isLetter[n+1] = false
		}
	}
	return l
}

// nearOther tells whether anything but letters is near enough to the n-th piece
// for a bond of it.
func (l *labels) nearOther(n int) bool {
	for k := range l.near(n, int(labelGap*float64(l.pieces[n].extent()))+2) {
		if !l.isLetter[k] {
			return true
		}
	}
	return false
}

// straight tells whether a piece is a single straight stroke: the variance of
// its pixels across is small beside that along it.
func (b *piece) straight(width int) bool {
	const across = .12
	var n, sx, sy, sxx, sxy, syy float64
	for _, i := range b.pixels {
		x, y := float64(int(i)%width-b.left), float64(int(i)/width-b.top)
		n, sx, sy, sxx, sxy, syy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y
	}
	xx, xy, yy := sxx/n-sx*sx/n/n, sxy/n-sx*sy/n/n, syy/n-sy*sy/n/n
	root := math.Sqrt((xx-yy)*(xx-yy)/4 + xy*xy)
	long, short := (xx+yy)/2+root, (xx+yy)/2-root
	return short < across*long
}

// bond is what is missing between a bond's end and the letter of its atom.
type bond struct {
	fromX, fromY, toX, toY int     // from the bond to the letter
	width                  float64 // of the bond, in pixels
	inkOf                  int     // the pixel whose colour it has
	run                    float64 // how far the bond goes on, in pixels, as far as that was looked at
	cos, sin               float64 // from the letter to the bond
}

func (b *bond) gap() float64 {
	return math.Hypot(float64(b.toX-b.fromX), float64(b.toY-b.fromY))
}

// bondsTo finds the bonds that end at a letter: the longest and thinnest first.
func (l *labels) bondsTo(b *piece, letter int32) []bond {
	cx, cy := float64(b.left+b.right)/2, float64(b.top+b.bottom)/2
	extent := float64(b.extent())
	var all []bond
	for _, origin := range labelOrigins {
		for d := range labelRays {
			r := ray{pieceMap: l.pieceMap, x: cx + origin[0]*extent, y: cy + origin[1]*extent}
			r.cos, r.sin = directions[d][0], directions[d][1]
			if found, ok := r.bond(letter, extent, l.isLetter); ok {
				all = append(all, found)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b bond) int { return cmp.Compare(b.run/(1+b.width), a.run/(1+a.width)) })
	var bonds []bond
	for _, b := range all {
		same := slices.ContainsFunc(bonds, func(o bond) bool {
			return math.Hypot(float64(b.fromX-o.fromX), float64(b.fromY-o.fromY)) < bondsApart*extent ||
				b.cos*o.cos+b.sin*o.sin > bondsParallel
		})
		if same {
			continue
		}
		if bonds = append(bonds, b); len(bonds) == mostBonds {
			break
		}
	}
	return bonds
}

// ray goes from a place in a direction over the pieces of a sheet.
type ray struct {
	*pieceMap
	x, y, cos, sin float64
}

// at is the pixel t along the ray and side beside it.
func (r *ray) at(t, side float64) (x, y int) {
	return int(math.Floor(r.x + t*r.cos - side*r.sin + .5)), int(math.Floor(r.y + t*r.sin + side*r.cos + .5))
}

// piece is the number of the piece there, 0 on paper, -1 outside of the sheet.
func (r *ray) piece(t, side float64) int32 {
	x, y := r.at(t, side)
	if uint(x) >= uint(r.w) || uint(y) >= uint(r.h) {
		return -1
	}
	return r.number[y*r.w+x]
}

// bond is the bond that a ray out of a letter meets first, if it ends there.
func (r *ray) bond(letter int32, extent float64, isLetter []bool) (bond, bool) {
	const step = .5
	last, t := 0., 0. // the last pixel of the letter, the first of the bond
	k := letter
	for ; t-last <= labelGap*extent; t += step {
		if k = r.piece(t, 0); k == letter {
			last = t
		} else if k != 0 {
			break
		}
	}
	if k <= 0 || k == letter || isLetter[k] {
		return bond{}, false
	}
	start := t
	for ; t < start+2.5*bondRun*extent && r.piece(t, 0) == k; t += step {
	}
	run := t - start
	if run < bondRun*extent {
		return bond{}, false
	}
	width, middle := 1., start+min(run/2, bondRun*extent/2)
	for _, side := range [2]float64{-1, 1} {
		for w := side; math.Abs(w) < extent/2 && r.piece(middle, w) == k; w += side {
			width++
		}
	}
	if width > run/1.5 || r.besideEnd(start, width, k) {
		return bond{}, false
	}
	b := bond{width: width, run: run, cos: r.cos, sin: r.sin}
	b.fromX, b.fromY = r.at(start+step, 0)
	b.toX, b.toY = r.at(last, 0)
	x, y := r.at(middle, 0)
	b.inkOf = y*r.w + x
	return b, true
}

// besideEnd tells whether there is more of a piece beside a stroke of it that
// begins at start: then this is a corner, no end.
func (r *ray) besideEnd(start, width float64, k int32) bool {
	for side := width/2 + 1; side <= 1.5*width+1.5; side += .5 {
		for along := -side / 2; along <= side/2; along += .5 {
			if r.piece(start+along, side) == k || r.piece(start+along, -side) == k {
				return true
			}
		}
	}
	return false
}

// draw lays ink where a bond is missing.
func (s *sheet) draw(b bond) {
	length := b.gap()
	if length == 0 {
		return
	}
	s.touch()
	colour := [3]byte(s.pix[3*b.inkOf:])
	ux, uy := float64(b.toX-b.fromX)/length, float64(b.toY-b.fromY)/length
	half := max(b.width-1, 1) / 2
	for t := 0.; t <= length; t += .5 {
		for side := -half; side <= half; side += .5 {
			x, y := int(math.Round(float64(b.fromX)+t*ux-side*uy)), int(math.Round(float64(b.fromY)+t*uy+side*ux))
			if x < 0 || y < 0 || x >= s.w || y >= s.h {
				continue
			}
			s.ink(y*s.w+x, colour)
		}
	}
}
