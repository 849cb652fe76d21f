//go:build unix

package main

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"unicode/utf8"

	"codeberg.org/go-fonts/liberation/liberationmonobold"
	"codeberg.org/go-fonts/liberation/liberationmonoregular"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/vt"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// A cell is cellWidth × cellHeight pixels; text stands on a line baseline
// below its top.
const (
	cellWidth, cellHeight = 10, 21
	baseline              = 16
	fontSize              = 16.6
	frameMargin           = 14
)

// painter draws screens of a terminal with a dark or a light background.
type painter struct {
	regular, bold font.Face
	paper, ink    color.RGBA
}

func newPainter(light bool) (*painter, error) {
	p := &painter{paper: color.RGBA{0x10, 0x15, 0x20, 255}, ink: color.RGBA{0xdd, 0xe3, 0xee, 255}}
	if light {
		p.paper, p.ink = color.RGBA{0xfc, 0xfc, 0xfa, 255}, color.RGBA{0x1c, 0x22, 0x2c, 255}
	}
	for file, face := range map[*[]byte]*font.Face{&liberationmonoregular.TTF: &p.regular, &liberationmonobold.TTF: &p.bold} {
		parsed, err := opentype.Parse(*file)
		if err != nil {
			return nil, err
		}
		if *face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: fontSize, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// screen is a picture of what the terminal shows.
func (p *painter) screen(term *vt.Emulator) image.Image {
	width, height := term.Width(), term.Height()
	img := image.NewRGBA(image.Rect(0, 0, width*cellWidth+2*frameMargin, height*cellHeight+2*frameMargin))
	draw.Draw(img, img.Bounds(), image.NewUniform(p.paper), image.Point{}, draw.Src)
	for y := range height {
		for x := range width {
			if cell := term.CellAt(x, y); cell != nil {
				p.cell(img, image.Pt(frameMargin+x*cellWidth, frameMargin+y*cellHeight), cell)
			}
		}
	}
	return img
}

func (p *painter) cell(img *image.RGBA, at image.Point, cell *uv.Cell) {
	ink, paper := p.ink, p.paper
	if cell.Style.Fg != nil {
		ink = rgba(cell.Style.Fg)
	}
	if cell.Style.Bg != nil {
		paper = rgba(cell.Style.Bg)
	}
	if cell.Style.Attrs&uv.AttrReverse != 0 {
		ink, paper = paper, ink
	}
	box := image.Rect(at.X, at.Y, at.X+cellWidth*max(cell.Width, 1), at.Y+cellHeight)
	draw.Draw(img, box, image.NewUniform(paper), image.Point{}, draw.Src)
	r, _ := utf8.DecodeRuneInString(cell.Content) // marks above a letter are not drawn
	if cell.Content == "" || r == ' ' || drawn(img, box, r, ink) {
		return
	}
	face := p.regular
	if cell.Style.Attrs&uv.AttrBold != 0 {
		face = p.bold
	}
	(&font.Drawer{Dst: img, Src: image.NewUniform(ink), Face: face,
		Dot: fixed.P(at.X, at.Y+baseline)}).DrawString(string(r))
}

func rgba(c color.Color) color.RGBA {
	if basic, ok := c.(ansi.BasicColor); ok {
		return [16]color.RGBA{{0x10, 0x15, 0x20, 255}, {0xd0, 0x50, 0x58, 255}, {0x5f, 0xb0, 0x75, 255}, {0xd0, 0xa5, 0x50, 255},
			{0x50, 0x80, 0xd8, 255}, {0xb0, 0x70, 0xc0, 255}, {0x50, 0xb0, 0xb8, 255}, {0xb0, 0xb8, 0xc4, 255},
			{0x60, 0x68, 0x78, 255}, {0xf2, 0x7e, 0x85, 255}, {0x7f, 0xc9, 0x8f, 255}, {0xe3, 0xb8, 0x62, 255},
			{0x7a, 0xa9, 0xff, 255}, {0xd8, 0x9a, 0xe6, 255}, {0x7a, 0xd8, 0xe0, 255}, {0xff, 0xff, 0xff, 255}}[basic]
	}
	return color.RGBAModel.Convert(c).(color.RGBA)
}

// drawn draws what terminals draw themselves: blocks, lines and dots that must
// meet those of the next cell, and marks that the font does not have.
func drawn(img *image.RGBA, box image.Rectangle, r rune, ink color.RGBA) bool {
	w, h := box.Dx(), box.Dy()
	fill := func(x0, y0, x1, y1 int) {
		draw.Draw(img, image.Rect(box.Min.X+x0, box.Min.Y+y0, box.Min.X+x1, box.Min.Y+y1), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	cx, cy := w/2, h/2
	switch {
	case r == '▀':
		fill(0, 0, w, (h+1)/2)
	case r == '▄':
		fill(0, (h+1)/2, w, h)
	case r >= '▁' && r <= '█': // from below, in eighths
		fill(0, h-int(r-'▁'+1)*h/8, w, h)
	case r >= '▉' && r <= '▏': // from the left, in eighths
		fill(0, 0, max(int('▏'-r+1)*w/8, 1), h)
	case r >= '⠀' && r <= '⣿':
		dots := [8][2]int{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}, {0, 3}, {1, 3}}
		for i, d := range dots {
			if (r-'⠀')>>i&1 == 1 {
				x, y := w*(1+2*d[0])/4, h*(1+2*d[1])/8
				disc(img, ink, float64(box.Min.X+x), float64(box.Min.Y+y), 1.5)
			}
		}
	case lines[r] != 0:
		l := lines[r]
		thick := 1
		if l&heavy != 0 {
			thick = 2
		}
		if l&left != 0 {
			fill(0, cy, cx+1, cy+thick)
		}
		if l&right != 0 {
			fill(cx, cy, w, cy+thick)
		}
		if l&up != 0 {
			fill(cx, 0, cx+thick, cy+1)
		}
		if l&down != 0 {
			fill(cx, cy, cx+thick, h)
		}
	case shapes[r] != nil:
		for _, shape := range shapes[r] {
			polygon(img, ink, box, shape)
		}
	case r == '●' || r == '○' || r == '◌' || r == '◐' || r == '⊘':
		symbol(img, ink, box, r)
	default:
		return false
	}
	return true
}

const (
	left = 1 << iota
	right
	up
	down
	heavy
)

var lines = map[rune]int{'─': left | right, '━': left | right | heavy, '│': up | down, '┃': up | down | heavy, '┌': right | down, '┐': left | down,
	'└': right | up, '┘': left | up, '├': up | down | right, '┤': up | down | left, '┬': left | right | down,
	'┴': left | right | up, '┼': left | right | up | down, '╭': right | down, '╮': left | down, '╰': right | up, '╯': left | up,
	'╸': left | heavy, '╌': left | right, '┄': left | right, '┊': up | down, '╎': up | down}

// shapes are polygons in parts of a cell.
var shapes = map[rune][][][2]float64{
	'▸': {{{.2, .28}, {.85, .5}, {.2, .72}}},
	'◂': {{{.8, .28}, {.15, .5}, {.8, .72}}},
	'▶': {{{.1, .22}, {.95, .5}, {.1, .78}}},
	'▼': {{{.05, .3}, {.95, .3}, {.5, .75}}},
	'▲': {{{.05, .72}, {.95, .72}, {.5, .28}}},
	'✓': {{{.05, .52}, {.18, .45}, {.38, .62}, {.85, .2}, {.97, .28}, {.38, .78}}},
	'✗': {{{.08, .3}, {.22, .24}, {.95, .7}, {.8, .77}}, {{.8, .24}, {.95, .3}, {.22, .77}, {.08, .7}}},
	'★': {star()},
	'›': {{{.25, .3}, {.45, .3}, {.75, .52}, {.45, .74}, {.25, .74}, {.55, .52}}},
}

func star() [][2]float64 {
	var points [][2]float64
	for i := range 10 {
		radius := .5
		if i%2 == 1 {
			radius = .21
		}
		angle := float64(i)*math.Pi/5 - math.Pi/2
		points = append(points, [2]float64{.5 + radius*math.Cos(angle)*1.02, .49 + radius*math.Sin(angle)*cellWidth/cellHeight*1.02})
	}
	return points
}

func polygon(img *image.RGBA, ink color.RGBA, box image.Rectangle, points [][2]float64) {
	raster := vector.NewRasterizer(box.Dx(), box.Dy())
	for i, p := range points {
		x, y := float32(p[0]*float64(box.Dx())), float32(p[1]*float64(box.Dy()))
		if i == 0 {
			raster.MoveTo(x, y)
		} else {
			raster.LineTo(x, y)
		}
	}
	raster.ClosePath()
	raster.Draw(img, box, image.NewUniform(ink), image.Point{})
}

func disc(img *image.RGBA, ink color.RGBA, x, y, radius float64) {
	ring(img, ink, x, y, radius, 0, nil)
}

// ring mixes a disc with a hole into the picture; keep says which of its
// points are drawn.
func ring(img *image.RGBA, ink color.RGBA, x, y, radius, hole float64, keep func(dx, dy float64) bool) {
	for py := int(y - radius - 1); py <= int(y+radius+1); py++ {
		for px := int(x - radius - 1); px <= int(x+radius+1); px++ {
			dx, dy := float64(px)+.5-x, float64(py)+.5-y
			d := math.Hypot(dx, dy)
			cover := min(max(radius-d+.5, 0), 1)
			if hole > 0 {
				cover *= min(max(d-hole+.5, 0), 1)
			}
			if cover == 0 || keep != nil && !keep(dx, dy) {
				continue
			}
			old := img.RGBAAt(px, py)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-cover) + float64(b)*cover + .5) }
			img.SetRGBA(px, py, color.RGBA{mix(old.R, ink.R), mix(old.G, ink.G), mix(old.B, ink.B), 255})
		}
	}
}

func symbol(img *image.RGBA, ink color.RGBA, box image.Rectangle, r rune) {
	x, y, radius := float64(box.Min.X)+float64(box.Dx())/2, float64(box.Min.Y)+float64(box.Dy())*.5, 4.5
	switch r {
	case '●':
		disc(img, ink, x, y, radius)
	case '○':
		ring(img, ink, x, y, radius, radius-1.4, nil)
	case '◌':
		ring(img, ink, x, y, radius, radius-1.4, func(dx, dy float64) bool { return int(math.Atan2(dy, dx)*5/math.Pi+10)%2 == 0 })
	case '◐':
		ring(img, ink, x, y, radius, radius-1.4, nil)
		ring(img, ink, x, y, radius, 0, func(dx, _ float64) bool { return dx < 0 })
	case '⊘':
		ring(img, ink, x, y, radius, radius-1.4, nil)
		ring(img, ink, x, y, radius, 0, func(dx, dy float64) bool { return math.Abs(dx+dy) < 1.1 })
	}
}
