package picture

import (
	"bytes"
	"math"
	"math/rand/v2"
)

// Vary draws a cleaned drawing again as another hand would have laid it on the
// sheet: turned, a little smaller, stretched, sometimes with a broader pen. The
// same random numbers give the same picture. The picture itself is not changed.
func (p *Picture) Vary(random *rand.Rand) *Picture {
	angle := 2 * math.Pi * random.Float64()
	if random.IntN(2) == 0 {
		angle = (random.Float64() - .5) * .2 // as it stood, not quite straight
	}
	size := varyLeast + (1-varyLeast)*random.Float64()
	stretch := math.Exp((random.Float64()*2 - 1) * varyStretch)
	broad := random.Float64() < varyBroad
	source := p
	if broad {
		source = p.broadened()
	}
	marked := source.Marked()
	// Where ink lies after turning and stretching decides what fits the sheet.
	sin, cos := math.Sincos(angle)
	forward := func(x, y float64) (float64, float64) {
		return stretch * (cos*x - sin*y), (sin*x + cos*y) / stretch
	}
	left, right, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	eachMarked(marked, p.Width, func(i, x, y int) {
		if min(source.Pix[3*i], source.Pix[3*i+1], source.Pix[3*i+2]) < 192 {
			u, v := forward(float64(x), float64(y))
			left, right, top, bottom = min(left, u), max(right, u), min(top, v), max(bottom, v)
		}
	})
	if right < left {
		return p
	}
	scale := size * filledShare * float64(min(p.Width, p.Height)) / max(right-left, bottom-top, 8)
	if scale > 1.3 {
		scale = 1.3
	}
	// The middle of the ink comes to lie near the middle of the sheet.
	middleU, middleV := (left+right)/2, (top+bottom)/2
	out := whiteSheet(p.Width, p.Height)
	inked := source.squaresOfInk(marked)
	// A pixel comes from across(x) + down(y) of the source.
	across := make([]place, out.Width)
	for x := range across {
		u := ((float64(x)-float64(out.Width)/2)/scale + middleU) / stretch
		across[x] = place{float64(cos * u), float64(sin * u)} // rounded: no CPU may fuse them with the sums below
	}
	for y := range out.Height {
		v := ((float64(y)-float64(out.Height)/2)/scale + middleV) * stretch
		down := place{float64(sin * v), float64(cos * v)}
		to := out.Pix[3*y*out.Width:]
		for x, a := range across {
			source.sample(a.x+down.x, down.y-a.y, &inked, to[3*x:])
		}
	}
	return out
}

// place in a picture, in pixels.
type place struct{ x, y float64 }

const (
	varyLeast   = .75 // of the sheet is the least that a drawing fills
	varyStretch = .06 // of each side, up or down
	varyBroad   = .35 // of the drawings have a broader pen
)

// sample writes the colour between four pixels to white paper; outside is white
// paper too.
func (p *Picture) sample(x, y float64, inked *squares, to []byte) {
	if x < inked.left || y < inked.top || x >= inked.right || y >= inked.bottom {
		return
	}
	ix, iy := floor(x), floor(y)
	if !inked.has[(iy+1)*(p.Width+1)+ix+1] {
		return
	}
	fx, fy := int(256*(x-float64(ix))), int(256*(y-float64(iy)))
	if ix >= 0 && iy >= 0 && ix+1 < p.Width && iy+1 < p.Height {
		a := p.Pix[3*(iy*p.Width+ix):][:6]
		b := p.Pix[3*((iy+1)*p.Width+ix):][:6]
		for c := range 3 {
			up := int(a[c])*(256-fx) + int(a[c+3])*fx
			down := int(b[c])*(256-fx) + int(b[c+3])*fx
			to[c] = byte((up*(256-fy) + down*fy) >> 16)
		}
		return
	}
	for c := range 3 {
		at := func(x, y int) int {
			if x < 0 || y < 0 || x >= p.Width || y >= p.Height {
				return 255
			}
			return int(p.Pix[3*(y*p.Width+x)+c])
		}
		up := at(ix, iy)*(256-fx) + at(ix+1, iy)*fx
		down := at(ix, iy+1)*(256-fx) + at(ix+1, iy+1)*fx
		to[c] = byte((up*(256-fy) + down*fy) >> 16)
	}
}

// floor is math.Floor of a number within the range of an int.
func floor(v float64) int {
	n := int(v)
	if float64(n) > v {
		n--
	}
	return n
}

// squares between four pixels each.
type squares struct {
	// has tells whether one of the four is not white. The first row and column
	// are of squares that begin outside of the picture: [Height+1][Width+1].
	has []bool
	// The box around the squares that have.
	left, right, top, bottom float64
}

func (p *Picture) squaresOfInk(marked []Stretch) squares {
	has := make([]bool, (p.Width+1)*(p.Height+1))
	left, right, top, bottom := p.Width, -1, p.Height, -1
	eachMarked(marked, p.Width, func(i, x, y int) {
		if p.Pix[3*i]&p.Pix[3*i+1]&p.Pix[3*i+2] != 255 {
			at := y*(p.Width+1) + x
			has[at], has[at+1], has[at+p.Width+1], has[at+p.Width+2] = true, true, true, true
			left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
		}
	})
	return squares{has, float64(left - 1), float64(right + 1), float64(top - 1), float64(bottom + 1)}
}

func whiteSheet(width, height int) *Picture {
	return &Picture{Width: width, Height: height, Pix: bytes.Repeat([]byte{255}, 3*width*height)}
}

// broadened takes the darkest of each pixel and its neighbours beside and above.
func (p *Picture) broadened() *Picture {
	out := &Picture{Width: p.Width, Height: p.Height, Pix: append([]byte(nil), p.Pix...)}
	row := 3 * p.Width
	eachMarked(p.Marked(), p.Width, func(i, x, y int) {
		for at := 3 * i; at < 3*i+3; at++ {
			v := p.Pix[at]
			if y > 0 {
				out.Pix[at-row] = min(out.Pix[at-row], v)
			}
			if y < p.Height-1 {
				out.Pix[at+row] = min(out.Pix[at+row], v)
			}
			if x > 0 {
				out.Pix[at-3] = min(out.Pix[at-3], v)
			}
			if x < p.Width-1 {
				out.Pix[at+3] = min(out.Pix[at+3], v)
			}
		}
	})
	return out
}
