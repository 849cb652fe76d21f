// Package picture turns untrusted PNG bytes into pixels under limits, and
// prepares pixels for a model. It knows nothing of records or rings.
package picture

// Picture is 8-bit RGB laid on white.
type Picture struct {
	Width, Height int
	Pix           []byte // RGB, row by row, 3*Width*Height bytes
}

// Limits bound what Decode accepts, so that a header cannot make it allocate.
type Limits struct {
	MaxSide  int // pixels
	MaxBytes int // of the file
}

// DefaultLimits: 4,096 pixels a side, 32 MiB of file.
var DefaultLimits = Limits{MaxSide: 4096, MaxBytes: 32 << 20}

// RefusedError says why bytes are not an acceptable picture. Code is stable
// and machine-readable, such as picture_not_png or picture_too_large.
type RefusedError struct {
	Code   string
	Detail string
}

func (e *RefusedError) Error() string { return e.Detail }

// Decode checks the header before it allocates, decodes a PNG of any bit
// depth, colour type or interlacing, and lays transparency on white. Errors
// are *RefusedError.
func Decode(file []byte, limits Limits) (*Picture, error) { panic("contract") }

// Blank tells whether all pixels have one colour.
func (p *Picture) Blank() bool { panic("contract") }

// Resize returns p scaled to width x height by area average, keeping the
// aspect ratio and padding with paper (the most frequent border colour).
func (p *Picture) Resize(width, height int) *Picture { panic("contract") }

// EncodePNG writes p as an 8-bit RGB PNG.
func (p *Picture) EncodePNG() ([]byte, error) { panic("contract") }
