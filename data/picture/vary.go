package picture

import (
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
	// Where ink lies after turning and stretching decides what fits the sheet.
	sin, cos := math.Sincos(angle)
	forward := func(x, y float64) (float64, float64) {
		return stretch * (cos*x - sin*y), (sin*x + cos*y) / stretch
	}
	left, right, top, bottom := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for y := range p.Height {
		for x := range p.Width {
			if i := 3 * (y*p.Width + x); min(source.Pix[i], source.Pix[i+1], source.Pix[i+2]) < 192 {
				u, v := forward(float64(x), float64(y))
				left, right, top, bottom = min(left, u), max(right, u), min(top, v), max(bottom, v)
			}
		}
	}
	if right < left {
		return p
	}
	scale := size * filledShare * float64(min(p.Width, p.Height)) / max(right-left, bottom-top, 8)
	if scale > 1.3 {
		scale = 1.3
	}
	// The middle of the ink comes to lie near the middle of the sheet.
	middleU, middleV := (left+right)/2, (top+bottom)/2
	out := &Picture{Width: p.Width, Height: p.Height, Pix: make([]byte, len(p.Pix))}
	for y := range out.Height {
		for x := range out.Width {
			u := (float64(x)-float64(out.Width)/2)/scale + middleU
			v := (float64(y)-float64(out.Height)/2)/scale + middleV
			u, v = u/stretch, v*stretch
			source.sample(cos*u+sin*v, cos*v-sin*u, out.Pix[3*(y*out.Width+x):])
		}
	}
	return out
}

const (
	varyLeast   = .75 // of the sheet is the least that a drawing fills
	varyStretch = .06 // of each side, up or down
	varyBroad   = .35 // of the drawings have a broader pen
)

// sample writes the colour between four pixels; outside is white paper.
func (p *Picture) sample(x, y float64, to []byte) {
	left, top := math.Floor(x), math.Floor(y)
	if left < -1 || top < -1 || left >= float64(p.Width) || top >= float64(p.Height) {
		to[0], to[1], to[2] = 255, 255, 255
		return
	}
	fx, fy := int(256*(x-left)), int(256*(y-top))
	ix, iy := int(left), int(top)
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

// broadened takes the darkest of each pixel and its neighbours beside and above.
func (p *Picture) broadened() *Picture {
	out := &Picture{Width: p.Width, Height: p.Height, Pix: append([]byte(nil), p.Pix...)}
	row := 3 * p.Width
	for i := range out.Pix {
		v := out.Pix[i]
		if i >= row {
			v = min(v, p.Pix[i-row])
		}
		if i < len(p.Pix)-row {
			v = min(v, p.Pix[i+row])
		}
		if i%row >= 3 {
			v = min(v, p.Pix[i-3])
		}
		if i%row < row-3 {
			v = min(v, p.Pix[i+3])
		}
		out.Pix[i] = v
	}
	return out
}
