package picture

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

// screen is a canvas over a buffer, and what a renderer would do with it.
type screen struct {
	*Canvas
	sent bytes.Buffer
}

func newScreen(mode Mode) *screen {
	s := &screen{}
	s.Canvas = NewCanvas(&s.sent, 7)
	s.SetMode(mode)
	s.SetCell(8, 16)
	return s
}

// draw sends a whole frame and returns the bytes that reached the terminal.
func (s *screen) draw(lines ...string) string {
	s.sent.Reset()
	lines = s.Frame(lines, false)
	_, _ = s.Write([]byte(strings.Join(lines, "\r\n")))
	return s.sent.String()
}

func TestAKittyPictureIsSentOnceAndPlacedWhereItsMarksAre(t *testing.T) {
	s := newScreen(Kitty)
	lines, id := s.Add(drawing(200, 100, 5), 20, 10, Colour)
	if id == 0 || len(lines) == 0 || len(lines) > 10 {
		t.Fatalf("id %d, %d lines", id, len(lines))
	}
	for _, line := range lines {
		if w := ansi.StringWidth(line); w != ansi.StringWidth(lines[0]) || w > 20 {
			t.Errorf("a line is %d wide", w)
		}
	}
	frame := []string{"title"}
	for _, line := range lines {
		frame = append(frame, "ab "+line+"|")
	}
	out := s.draw(frame...)
	if n := strings.Count(out, "a=t,f=100"); n != 1 {
		t.Errorf("the picture is sent %d times", n)
	}
	if !regexp.MustCompile("\x1b7\x1b\\[2;4H\x1b_Ga=p,i=\\d+,p=1,c=20,r=\\d+,C=1,q=2\x1b\\\\\x1b8").MatchString(out) {
		t.Errorf("it is not placed at row 2, column 4, with the cursor kept: %q", out)
	}
	if strings.ContainsRune(out, rune(marks+markRows)) || !strings.Contains(out, "ab "+strings.Repeat(" ", 20)+"|") {
		t.Error("a mark reached the terminal, or its cell is gone")
	}
	if again := s.draw("title"); !strings.Contains(again, "a=d,d=i") {
		t.Error("a picture that left the frame is not taken off the screen")
	}
	if back := s.draw(frame...); strings.Contains(back, "a=t,") || !strings.Contains(back, "a=p") {
		t.Error("a picture that comes back is sent again, or not placed")
	}
	s.sent.Reset()
	s.Remove(id)
	s.Close()
	if !strings.Contains(s.sent.String(), "a=d,d=I") {
		t.Error("the terminal is not told to forget the picture")
	}
}

func TestAFrameThatChangesNothingOfAPictureSendsNoneOfIt(t *testing.T) {
	for _, mode := range []Mode{Kitty, Sixel} {
		s := newScreen(mode)
		lines, _ := s.Add(drawing(100, 100, 3), 12, 6, Colour)
		s.draw(lines...)
		s.sent.Reset()
		s.Frame(append(lines, "12:01"), false) // the renderer sends only what differs
		_, _ = s.Write([]byte("\x1b[9;1H12:01"))
		if got := s.sent.String(); got != "\x1b[9;1H12:01" {
			t.Errorf("mode %d: %q", mode, got)
		}
	}
}

func TestASixelPictureIsErasedBeforeTheFrameAndDrawnBehindIt(t *testing.T) {
	s := newScreen(Sixel)
	lines, _ := s.Add(drawing(100, 100, 3), 12, 6, Colour)
	out := s.draw(lines...)
	if i := strings.Index(out, "\x1bP0;1q"); i < 0 || strings.Contains(out[i:], "\r\n") {
		t.Errorf("the picture is not behind the frame: %.80q", out)
	}
	gone := s.draw("text where it was")
	if !strings.HasPrefix(gone, "\x1b7\x1b[m\x1b[1;1H\x1b[12X") || strings.Index(gone, "text") < strings.Index(gone, "\x1b8") {
		t.Errorf("it is not erased before the frame: %q", gone)
	}
}

func TestWhatLiesOverAPictureHidesItAndItComesBack(t *testing.T) {
	s := newScreen(Kitty)
	lines, _ := s.Add(drawing(100, 100, 3), 12, 6, Colour)
	s.draw(lines...)
	s.sent.Reset()
	under := s.Frame(append([]string(nil), lines...), true)
	for _, line := range under {
		if strings.IndexByte(line, markByte) >= 0 {
			t.Error("a mark is left in a covered frame")
		}
	}
	_, _ = s.Write([]byte("dialog"))
	if !strings.Contains(s.sent.String(), "a=d,d=i") {
		t.Errorf("the picture shows through: %q", s.sent.String())
	}
	// The dialog went before the covered frame was drawn: no mark is written.
	s.sent.Reset()
	s.Frame(lines, false)
	_, _ = s.Write([]byte("x"))
	if !strings.Contains(s.sent.String(), "a=p") {
		t.Error("the picture does not come back")
	}
}

func TestThroughTmuxCharactersStandForThePicture(t *testing.T) {
	s := newScreen(KittyTmux)
	lines, _ := s.Add(drawing(100, 100, 3), 12, 6, Colour)
	if ansi.StringWidth(lines[0]) != 12 || !strings.Contains(lines[0], "\U0010EEEE\u0305\u0305") || !strings.Contains(lines[1], "\U0010EEEE\u030d\u0305") {
		t.Errorf("%d wide: %q", ansi.StringWidth(lines[0]), lines[0])
	}
	out := s.draw(lines...)
	if !strings.HasPrefix(out, "\x1bPtmux;\x1b\x1b_Ga=T,U=1,") {
		t.Errorf("not passed through tmux: %.60q", out)
	}
}

func TestAMarkCutByTwoWritesIsWhole(t *testing.T) {
	s := newScreen(Kitty)
	lines, _ := s.Add(drawing(9, 9, 1), 1, 1, Colour)
	s.Frame(lines, false)
	for i := range len(lines[0]) {
		_, _ = s.Write([]byte(lines[0][i : i+1]))
	}
	if out := s.sent.String(); strings.IndexByte(out, markByte) >= 0 || !strings.Contains(out, "a=p") {
		t.Errorf("%q", out)
	}
}

func TestManyPicturesForgetTheOldest(t *testing.T) {
	s := newScreen(Kitty)
	for range 3 * mostIDs {
		s.Add(drawing(9, 9, 1), 2, 2, Colour)
	}
	if len(s.images) > mostIDs {
		t.Errorf("%d pictures are kept", len(s.images))
	}
}

// TestSixelIsReadBackAsDrawn by the rules of the VT340's manual.
func TestSixelIsReadBackAsDrawn(t *testing.T) {
	p := drawing(37, 23, 2)
	copy(p.Pix[3*(5*37+9):], []byte{200, 30, 40})
	got := readSixel(t, sixel(p), p.Width, p.Height)
	for y := range p.Height {
		for x := range p.Width {
			if d := distance(at(got, x, y), at(p, x, y)); d > .03 {
				t.Fatalf("pixel %d,%d is %v, want %v", x, y, at(got, x, y), at(p, x, y))
			}
		}
	}
}

// readSixel draws what a terminal would.
func readSixel(t *testing.T, code string, width, height int) *pixels.Picture {
	t.Helper()
	body, ok := strings.CutPrefix(strings.TrimSuffix(code, "\x1b\\"), "\x1bP0;1q\"1;1;"+strconv.Itoa(width)+";"+strconv.Itoa(height))
	if !ok {
		t.Fatalf("the header is %.30q", code)
	}
	p := &pixels.Picture{Width: width, Height: height, Pix: make([]byte, 3*width*height)}
	colours := map[int]rgb{}
	number := func() int {
		n := 0
		for body != "" && body[0] >= '0' && body[0] <= '9' {
			n, body = 10*n+int(body[0]-'0'), body[1:]
		}
		return n
	}
	x, top, colour, run := 0, 0, 0, 1
	for body != "" {
		char := body[0]
		body = body[1:]
		switch char {
		case '#':
			colour = number()
			if strings.HasPrefix(body, ";2;") {
				body = body[3:]
				var c rgb
				for i := range c {
					c[i] = uint8((number()*255 + 50) / 100)
					body = strings.TrimPrefix(body, ";")
				}
				colours[colour] = c
			}
		case '!':
			run = number()
		case '$':
			x = 0
		case '-':
			x, top = 0, top+6
		default:
			for range run {
				for y := range 6 {
					if (char-'?')>>y&1 == 1 {
						c := colours[colour]
						copy(p.Pix[3*((top+y)*width+x):], c[:])
					}
				}
				x++
			}
			run = 1
		}
	}
	return p
}

func TestAsciiFollowsTheStrokes(t *testing.T) {
	text := strings.Join(ASCII(drawing(300, 300, 20), 40, 20), "\n")
	for _, char := range []string{"_", "|", "\"", " "} {
		if !strings.Contains(text, char) {
			t.Errorf("a frame has no %q:\n%s", char, text)
		}
	}
	for _, r := range text {
		if r > 126 {
			t.Fatalf("%q is no ASCII", r)
		}
	}
}

// A picture of any size gives lines of one width inside the room, in any mode.
func FuzzCanvas(f *testing.F) {
	f.Add(uint16(300), uint16(200), uint8(40), uint8(20), uint8(2))
	f.Add(uint16(1), uint16(4000), uint8(1), uint8(255), uint8(4))
	f.Fuzz(func(t *testing.T, width, height uint16, columns, rows, mode uint8) {
		if width == 0 || height == 0 || int(width)*int(height) > 1<<20 {
			return
		}
		s := newScreen(Mode(mode % 6))
		p := &pixels.Picture{Width: int(width), Height: int(height), Pix: make([]byte, 3*int(width)*int(height))}
		p.Pix[0] = 255
		lines, _ := s.Add(p, int(columns), int(rows), Colour)
		if len(lines) > int(rows) {
			t.Errorf("%d lines in %d rows", len(lines), rows)
		}
		for _, line := range lines {
			if w := ansi.StringWidth(line); w > int(columns) || w != ansi.StringWidth(lines[0]) {
				t.Errorf("a line of %d cells in %d columns", w, columns)
			}
		}
		s.draw(lines...)
	})
}
