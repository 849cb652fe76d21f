package picture

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

// Mode is how pictures come onto a terminal.
type Mode int

const (
	Blocks Mode = iota // half blocks, in the frame
	Letters
	Kitty     // the terminal draws, where the canvas says
	KittyTmux // the terminal draws in the place of characters, through tmux
	Sixel
	Off
)

// Spot is where a picture lies on the screen, in cells from 0.
type Spot struct{ Column, Row, Columns, Rows int }

// Canvas lies between a program's frames and its terminal. The frame leaves
// the cells of a picture empty but for a mark at the start of each row; when
// the renderer writes a mark, the canvas writes a space instead, and behind the
// frame the picture. So a picture is sent exactly when its cells were drawn:
// again after a resize, a scroll or a clear, and never by a frame that changes
// nothing of it. One canvas belongs to one terminal.
//
// Marks are runes of a private plane: data from outside never holds one, it is
// spelled out before it is drawn.
type Canvas struct {
	mu     sync.Mutex
	out    io.Writer
	mode   Mode
	cell   [2]int // pixels of a cell
	space  int    // high byte of ids, so that two programs on one terminal differ
	images map[int]*image
	next   int
	frame  map[int]Spot // what the newest frame holds
	placed map[int]Spot // what is on the terminal
	before strings.Builder
	rest   []byte // an incomplete rune at the end of the last write
}

// image is a picture that was given to the canvas.
type image struct {
	picture       *pixels.Picture // of exactly the size of its cells
	columns, rows int
	code          string // what draws it, made once: sixel data
	sent          bool   // the terminal has it: Kitty
	drawn         bool   // its marks were written once
}

const (
	marks    = 0xF0000 // first of the runes that mark a row of a picture
	markRows = 128
	mostIDs  = 250
)

// NewCanvas is a canvas that draws in blocks until SetMode says otherwise.
// space tells pictures of programs on one terminal apart.
func NewCanvas(out io.Writer, space int) *Canvas {
	return &Canvas{out: out, space: 1 + abs(space)%240, cell: [2]int{10, 20},
		images: map[int]*image{}, frame: map[int]Spot{}, placed: map[int]Spot{}}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

// Mode is the mode now.
func (c *Canvas) Mode() Mode {
	if c == nil {
		return Blocks
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mode
}

// SetMode changes how pictures are drawn. Those drawn before are forgotten:
// their owners draw them anew.
func (c *Canvas) SetMode(m Mode) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if m == c.mode {
		return
	}
	c.clear()
	c.mode, c.frame = m, map[int]Spot{}
}

// SetCell tells how many pixels a cell has.
func (c *Canvas) SetCell(width, height int) {
	if width <= 0 || height <= 0 || width > 200 || height > 200 {
		return
	}
	c.mu.Lock()
	c.cell = [2]int{width, height}
	c.mu.Unlock()
}

// Cell is how many pixels a cell has, as far as is known.
func (c *Canvas) Cell() [2]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cell
}

// Add takes a picture and returns lines that stand for it, of equal width, at
// most columns × rows cells, and the id by which Remove takes it away; 0 where
// the lines are all there is to it.
func (c *Canvas) Add(p *pixels.Picture, columns, rows int, ink Ink) (lines []string, id int) {
	if p == nil || p.Width <= 0 || p.Height <= 0 || columns <= 0 || rows <= 0 {
		return nil, 0
	}
	mode := c.Mode()
	switch mode {
	case Off:
		return nil, 0
	case Letters:
		return ASCII(p, columns, rows), 0
	case Blocks:
		return HalfBlocks(p, columns, rows, ink), 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	p = crop(p, paperOf(p))
	wide, high := within(p.Width, p.Height, columns*c.cell[0], min(rows, markRows)*c.cell[1])
	columns = min((wide+c.cell[0]-1)/c.cell[0], mostPlaceholders)
	rows = min((high+c.cell[1]-1)/c.cell[1], markRows)
	c.next = c.next%mostIDs + 1
	id = c.next
	c.forget(id)
	img := &image{picture: p.Resize(columns*c.cell[0], rows*c.cell[1]), columns: columns, rows: rows}
	c.images[id] = img
	if mode == KittyTmux {
		c.send(&c.before, id, img)
		return placeholders(c.number(id), columns, rows), id
	}
	blank := strings.Repeat(" ", columns-1)
	for row := range rows {
		lines = append(lines, string(rune(marks+id*markRows+row))+blank)
	}
	return lines, id
}

// Remove takes a picture off the terminal and forgets it.
func (c *Canvas) Remove(id int) {
	if c == nil || id == 0 {
		return
	}
	c.mu.Lock()
	c.forget(id)
	c.mu.Unlock()
}

// number is an id as the terminal knows it.
func (c *Canvas) number(id int) int { return c.space<<24 | id }

func (c *Canvas) forget(id int) {
	img := c.images[id]
	if img == nil {
		return
	}
	c.erase(id)
	if img.sent {
		kittyForget(&c.before, c.mode == KittyTmux, c.number(id))
	}
	delete(c.images, id)
}

// clear takes everything off the terminal.
func (c *Canvas) clear() {
	for _, id := range slices.Sorted(maps.Keys(c.images)) {
		c.forget(id)
	}
}

// Close takes everything off the terminal at once.
func (c *Canvas) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.clear()
	if c.before.Len() > 0 {
		_, _ = io.WriteString(c.out, c.before.String()) // the program ends
		c.before.Reset()
	}
}

// Frame hears which pictures the newest frame holds, by their marks in its
// lines, and where. hidden says that something lies over them: then there are
// none, and the lines are returned without marks.
func (c *Canvas) Frame(lines []string, hidden bool) []string {
	if c == nil || c.Mode() != Kitty && c.Mode() != Sixel {
		return lines
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frame = map[int]Spot{}
	for y, line := range lines {
		for from := 0; ; {
			i := strings.IndexByte(line[from:], markByte)
			if i < 0 {
				break
			}
			i += from
			r, size := utf8.DecodeRuneInString(line[i:])
			from = i + size
			id, row, ok := markOf(r)
			if !ok {
				continue
			}
			img := c.images[id]
			if hidden || img == nil {
				line = line[:i] + " " + line[i+size:]
				lines[y], from = line, i+1
				continue
			}
			if row == 0 {
				c.frame[id] = Spot{ansi.StringWidth(line[:i]), y, img.columns, img.rows}
			}
		}
	}
	return lines
}

// Holds tells whether a line of a frame holds a row of a picture that the
// terminal draws.
func Holds(line string) bool { return strings.IndexByte(line, markByte) >= 0 }

// markByte begins every mark in UTF-8.
const markByte = 0xF3

func markOf(r rune) (id, row int, ok bool) {
	n := int(r) - marks
	if n < markRows || n >= (mostIDs+1)*markRows {
		return 0, 0, false
	}
	return n / markRows, n % markRows, true
}

// Write passes the renderer's bytes on, with spaces for marks, what is to be
// erased before them and the pictures whose marks they hold behind them.
func (c *Canvas) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	drawn, text := c.scan(p)
	for _, id := range slices.Sorted(maps.Keys(c.placed)) {
		if c.frame[id] != c.placed[id] {
			c.erase(id)
		}
	}
	// What was hidden and shown again between two writes has no mark in either.
	for _, id := range slices.Sorted(maps.Keys(c.frame)) {
		if _, there := c.placed[id]; !there && c.images[id] != nil && c.images[id].drawn && !slices.Contains(drawn, id) {
			drawn = append(drawn, id)
		}
	}
	if c.before.Len() == 0 && len(drawn) == 0 {
		_, err := c.out.Write(text)
		return len(p), err
	}
	var b strings.Builder
	b.WriteString(c.before.String())
	c.before.Reset()
	b.Write(text)
	for _, id := range drawn {
		c.place(&b, id)
	}
	_, err := io.WriteString(c.out, b.String())
	return len(p), err
}

// scan replaces marks by spaces and lists the pictures whose marks there were.
func (c *Canvas) scan(p []byte) (drawn []int, text []byte) {
	if len(c.rest) > 0 {
		p = append(c.rest, p...)
		c.rest = nil
	}
	if c.mode != Kitty && c.mode != Sixel || !slices.Contains(p, markByte) {
		return nil, p
	}
	text = make([]byte, 0, len(p))
	for i := 0; i < len(p); {
		if p[i] != markByte {
			text = append(text, p[i])
			i++
			continue
		}
		if !utf8.FullRune(p[i:]) {
			c.rest = slices.Clone(p[i:])
			break
		}
		r, size := utf8.DecodeRune(p[i:])
		if id, _, ok := markOf(r); ok {
			text = append(text, ' ')
			if !slices.Contains(drawn, id) {
				drawn = append(drawn, id)
			}
		} else {
			text = append(text, p[i:i+size]...)
		}
		i += size
	}
	return drawn, text
}

// place draws a picture of the newest frame. The cursor and its colours are
// as before.
func (c *Canvas) place(b *strings.Builder, id int) {
	img, spot := c.images[id], c.frame[id]
	if img == nil || spot == (Spot{}) {
		return
	}
	img.drawn = true
	if c.mode == Kitty {
		c.send(b, id, img)
	} else if img.code == "" {
		img.code = sixel(img.picture)
	}
	fmt.Fprintf(b, "\x1b7\x1b[%d;%dH", spot.Row+1, spot.Column+1)
	if c.mode == Kitty {
		kittyPlace(b, c.number(id), spot)
	} else {
		b.WriteString(img.code)
	}
	b.WriteString("\x1b8")
	c.placed[id] = spot
}

// send gives the terminal the bytes of a picture, once.
func (c *Canvas) send(b *strings.Builder, id int, img *image) {
	if img.sent {
		return
	}
	file, err := img.picture.EncodePNG()
	if err != nil {
		return // a picture of a size that was decoded can be encoded
	}
	columns, rows := 0, 0
	if c.mode == KittyTmux {
		columns, rows = img.columns, img.rows
	}
	kittySend(b, c.mode == KittyTmux, c.number(id), file, columns, rows)
	img.sent = true
}

// erase takes a picture off the screen, before the next bytes of the renderer.
func (c *Canvas) erase(id int) {
	spot, ok := c.placed[id]
	if !ok {
		return
	}
	delete(c.placed, id)
	if c.mode == Kitty {
		kittyHide(&c.before, c.number(id))
		return
	}
	c.before.WriteString("\x1b7\x1b[m")
	for row := range spot.Rows {
		fmt.Fprintf(&c.before, "\x1b[%d;%dH\x1b[%dX", spot.Row+row+1, spot.Column+1, spot.Columns)
	}
	c.before.WriteString("\x1b8")
}
