package models

import (
	"fmt"
	"image"
	"image/color"
	raster "image/draw"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"ringlab/data/picture"
)

// Colours of an explanation, of those that people who see few colours tell
// apart (Okabe and Ito 2008). None says anything alone: what counts has a whole
// outline and a number or a letter, what does not is dashed.
var (
	countedColour = color.RGBA{0, 114, 178, 255}
	droppedColour = color.RGBA{213, 94, 0, 255}
	lessColour    = color.RGBA{148, 60, 150, 255}
	moreColour    = color.RGBA{0, 140, 100, 255}
	textColour    = color.RGBA{20, 20, 20, 255}
)

const (
	explanationSide = 600 // pixels that the longer side of a drawing gets at least
	inkLeft         = .55 // of the drawing's contrast, so that what is drawn on it stands out
	captionSize     = 17  // pixels of a line's letters
	captionStep     = 24  // from line to line
	markSize        = 26  // pixels of a number or letter
	dash            = 7   // pixels of a dash and of the gap behind it
)

// Picture draws the explanation, each of its parts on a drawing of its own,
// side by side, with words below. The size is bounded by that of the drawing.
func (e Explanation) Picture() (*picture.Picture, error) {
	var panels []*image.RGBA
	if e.Regions != nil {
		c, err := e.newCanvas("What the trees counted", e.Regions.Words(e.Prediction.Label))
		if err != nil {
			return nil, err
		}
		c.regions(e.Regions)
		panels = append(panels, c.RGBA)
	}
	if e.Map != nil {
		c, err := e.newCanvas("Where the network looked", e.Map.Words())
		if err != nil {
			return nil, err
		}
		c.spots(e.Map)
		panels = append(panels, c.RGBA)
	}
	width, height := 0, 1
	for _, p := range panels {
		width += p.Rect.Dx()
		height = max(height, p.Rect.Dy())
	}
	whole := image.NewRGBA(image.Rect(0, 0, max(1, width), height))
	raster.Draw(whole, whole.Rect, image.White, image.Point{}, raster.Src)
	x := 0
	for _, p := range panels {
		raster.Draw(whole, image.Rect(x, 0, x+p.Rect.Dx(), p.Rect.Dy()), p, image.Point{}, raster.Src)
		x += p.Rect.Dx()
	}
	return pictureOf(whole), nil
}

// Bare draws an explanation of one part as Picture does, without its words: for
// a place that has them beside.
func (e Explanation) Bare() (*picture.Picture, error) {
	c, err := e.newCanvas("", nil)
	if err != nil {
		return nil, err
	}
	if e.Regions != nil {
		c.regions(e.Regions)
	}
	if e.Map != nil {
		c.spots(e.Map)
	}
	return pictureOf(c.RGBA), nil
}

func pictureOf(img *image.RGBA) *picture.Picture {
	p := &picture.Picture{Width: img.Rect.Dx(), Height: img.Rect.Dy()}
	p.Pix = make([]byte, 0, 3*p.Width*p.Height)
	for y := range p.Height {
		row := img.Pix[y*img.Stride:][:4*p.Width]
		for x := 0; x < len(row); x += 4 {
			p.Pix = append(p.Pix, row[x:x+3]...)
		}
	}
	return p
}

// canvas is a drawing, larger and paler, to draw on.
type canvas struct {
	*image.RGBA
	scale         int // pixels for each of the drawing
	width, height int // of the drawing's part, below which are words
	source        int // width of the drawing in its own pixels
	mark          font.Face
}

// newCanvas lays the drawing out, above heading and words unless there is no
// heading.
func (e Explanation) newCanvas(heading string, words []string) (*canvas, error) {
	mark, err := newFace(liberationsansbold.TTF, markSize)
	if err != nil {
		return nil, err
	}
	caption, err := newFace(liberationsansregular.TTF, captionSize)
	if err != nil {
		return nil, err
	}
	d := e.Drawing
	scale := max(1, (explanationSide+max(d.Width, d.Height)-1)/max(d.Width, d.Height))
	c := &canvas{scale: scale, width: scale * d.Width, height: scale * d.Height, source: d.Width, mark: mark}
	var lines []string
	below := 0
	if heading != "" {
		lines = append(lines, fmt.Sprintf("%s; the answer is %d, with a share of %.0f %%.", heading, e.Prediction.Label, 100*e.Prediction.Confidence))
		for _, w := range words {
			lines = append(lines, wrapWords(caption, w, c.width-2*captionSize)...)
		}
		below = captionStep*len(lines) + captionSize
	}
	c.RGBA = image.NewRGBA(image.Rect(0, 0, c.width, c.height+below))
	raster.Draw(c.RGBA, c.Rect, image.White, image.Point{}, raster.Src)
	large := d.Resize(c.width, c.height)
	for i := range c.width * c.height {
		to := c.Pix[c.PixOffset(i%c.width, i/c.width):]
		for channel, v := range large.Pix[3*i : 3*i+3] {
			to[channel] = byte(255 - inkLeft*float64(255-v))
		}
	}
	for i, line := range lines {
		c.text(caption, line, captionSize, c.height+captionStep*(i+1), textColour)
	}
	return c, nil
}

func newFace(ttf []byte, size float64) (font.Face, error) {
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		return nil, fmt.Errorf("read the font of explanations: %w", err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return nil, fmt.Errorf("read the font of explanations: %w", err)
	}
	return face, nil
}

func (c *canvas) text(face font.Face, text string, x, baseline int, ink color.Color) {
	d := font.Drawer{Dst: c.RGBA, Src: image.NewUniform(ink), Face: face, Dot: fixed.P(x, baseline)}
	d.DrawString(text)
}

// label writes a mark with a white edge, its middle at a pixel of the drawing.
func (c *canvas) label(text string, x, y int, ink color.Color) {
	left := c.scale*x + c.scale/2 - font.MeasureString(c.mark, text).Round()/2
	baseline := c.scale*y + c.scale/2 + markSize*36/100
	for dy := -2; dy <= 2; dy++ {
		for dx := -2; dx <= 2; dx++ {
			c.text(c.mark, text, left+dx, baseline+dy, color.White)
		}
	}
	c.text(c.mark, text, left, baseline, ink)
}

// blend lays a colour over a pixel.
func (c *canvas) blend(x, y int, over color.RGBA, share float64) {
	at := c.Pix[c.PixOffset(x, y):]
	for i, v := range [3]byte{over.R, over.G, over.B} {
		at[i] = byte(float64(at[i])*(1-share) + float64(v)*share)
	}
}

// most is the largest change, but no less than what is worth telling.
func (m *Map) most() float32 {
	most := float32(leastChange)
	for _, v := range m.change {
		most = max(most, v, -v)
	}
	return most
}

// dashed tells whether a pixel of a dashed line is drawn.
func dashed(x, y int) bool { return (x+y)/dash%2 == 0 }

func (c *canvas) regions(r *Regions) {
	at := func(x, y int) int32 {
		if x < 0 || y < 0 || x >= c.width || y >= c.height {
			return -1
		}
		return r.of[y/c.scale*c.source+x/c.scale]
	}
	for y := range c.height {
		for x := range c.width {
			region := at(x, y)
			if region < 0 {
				continue
			}
			edge := at(x-2, y) != region || at(x+2, y) != region || at(x, y-2) != region || at(x, y+2) != region
			counted := int(region) < r.Counted
			switch {
			case counted && edge:
				c.blend(x, y, countedColour, 1)
			case counted:
				c.blend(x, y, countedColour, .18)
			case edge && dashed(x, y):
				c.blend(x, y, droppedColour, 1)
			default:
				c.blend(x, y, droppedColour, .25)
			}
		}
	}
	for _, m := range r.Marks() {
		c.label(m.Text, m.X, m.Y, countedColour)
	}
}

func (c *canvas) spots(m *Map) {
	most := m.most()
	for y := range c.height {
		for x := range c.width {
			v := m.change[y/c.scale*c.source+x/c.scale]
			if v < 0 {
				c.blend(x, y, lessColour, .55*float64(-v/most))
			} else {
				c.blend(x, y, moreColour, .55*float64(v/most))
			}
		}
	}
	for i, s := range m.Spots {
		ink := lessColour
		if s.Change > 0 {
			ink = moreColour
		}
		half := c.scale * m.Patch / 2
		c.square(c.scale*s.X-half, c.scale*s.Y-half, 2*half, ink, s.Change > 0)
		c.label(spotName(i), s.X, s.Y, ink)
	}
}

func (c *canvas) square(x, y, side int, ink color.RGBA, broken bool) {
	for i := range side {
		for _, at := range [4]image.Point{{x + i, y}, {x + i, y + side - 1}, {x, y + i}, {x + side - 1, y + i}} {
			for _, p := range [2]image.Point{at, at.Add(image.Pt(1, 1))} {
				if p.In(image.Rect(0, 0, c.width, c.height)) && (!broken || dashed(p.X, p.Y)) {
					c.blend(p.X, p.Y, ink, 1)
				}
			}
		}
	}
}

// wrapWords cuts a text into lines of at most width pixels.
func wrapWords(face font.Face, text string, width int) (lines []string) {
	line, start := "", 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] != ' ' {
			continue
		}
		word := text[start:i]
		start = i + 1
		if longer := line + " " + word; line != "" && font.MeasureString(face, longer).Round() <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
	}
	return append(lines, line)
}
