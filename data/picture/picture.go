// Package picture turns untrusted PNG bytes into pixels under limits, and
// prepares pixels for a model. It knows nothing of records or rings.
package picture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// Picture is 8-bit RGB laid on white.
type Picture struct {
	Width, Height int
	Pix           []byte // RGB, row by row, 3*Width*Height bytes

	// Cut is where Clean cut this drawing out; zero if it is uncut.
	Cut Cut
}

// Cut is a square that was cut out of a picture: its left and upper edge and
// its side, in shares of that picture's width and height.
type Cut struct{ X, Y, Width, Height float64 }

// Place tells where a place of the picture lies in what was cut out of it, both
// in shares of width and height.
func (c Cut) Place(x, y float64) (float64, float64) {
	if c.Width == 0 || c.Height == 0 {
		return x, y
	}
	return (x - c.X) / c.Width, (y - c.Y) / c.Height
}

// Limits bound what Decode accepts, so that a header cannot make it allocate.
type Limits struct {
	MaxSide  int // pixels
	MaxBytes int // of the file
}

// DefaultLimits: 4,096 pixels a side, 32 MiB of file.
var DefaultLimits = Limits{MaxSide: 4096, MaxBytes: 32 << 20}

// Blank tells whether all pixels have one colour.
func (p *Picture) Blank() bool { return oneColour(p.Pix) }

// oneColour: all pixels equal the first exactly when the bytes equal themselves
// moved by one pixel.
func oneColour(rgb []byte) bool {
	return len(rgb) < 6 || bytes.Equal(rgb[3:], rgb[:len(rgb)-3])
}

// Paper is the most frequent colour of the border pixels; of colours equally
// frequent there, the one with the highest value.
func (p *Picture) Paper() [3]byte {
	counts := make(map[[3]byte]int)
	count := func(x, y int) {
		counts[[3]byte(p.Pix[3*(y*p.Width+x):])]++
	}
	for x := range p.Width {
		count(x, 0)
		count(x, p.Height-1)
	}
	for y := 1; y < p.Height-1; y++ {
		count(0, y)
		count(p.Width-1, y)
	}
	var paper [3]byte
	most := 0
	for colour, n := range counts {
		if n > most || n == most && bytes.Compare(colour[:], paper[:]) > 0 {
			paper, most = colour, n
		}
	}
	return paper
}

// EncodePNG writes p as an 8-bit RGB PNG.
func (p *Picture) EncodePNG() ([]byte, error) {
	canvas := image.NewRGBA(image.Rect(0, 0, p.Width, p.Height))
	for i := range p.Width * p.Height {
		from, to := p.Pix[3*i:3*i+3], canvas.Pix[4*i:4*i+4]
		to[0], to[1], to[2], to[3] = from[0], from[1], from[2], 255
	}
	var file bytes.Buffer
	if err := png.Encode(&file, canvas); err != nil {
		return nil, fmt.Errorf("write a picture of %d×%d pixels as PNG: %w", p.Width, p.Height, err)
	}
	return file.Bytes(), nil
}
