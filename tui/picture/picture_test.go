package picture

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

// drawing is white paper with a black frame line one pixel wide, inset.
func drawing(width, height, inset int) *pixels.Picture {
	p := &pixels.Picture{Width: width, Height: height, Pix: make([]byte, 3*width*height)}
	for i := range p.Pix {
		p.Pix[i] = 255
	}
	ink := func(x, y int) {
		i := 3 * (y*width + x)
		p.Pix[i], p.Pix[i+1], p.Pix[i+2] = 0, 0, 0
	}
	for x := inset; x < width-inset; x++ {
		ink(x, inset)
		ink(x, height-1-inset)
	}
	for y := inset; y < height-inset; y++ {
		ink(inset, y)
		ink(width-1-inset, y)
	}
	return p
}

func TestLinesFitTheRoomAndAreEquallyWide(t *testing.T) {
	for _, size := range [][2]int{{300, 300}, {300, 100}, {1, 1}, {2, 400}, {17, 3}} {
		for _, room := range [][2]int{{40, 20}, {1, 1}, {3, 50}, {200, 2}} {
			for _, ink := range []Ink{Colour, Mono} {
				lines := HalfBlocks(drawing(size[0], size[1], 0), room[0], room[1], ink)
				if len(lines) == 0 || len(lines) > room[1] {
					t.Errorf("%v in %v: %d lines", size, room, len(lines))
				}
				for _, line := range lines {
					if w := ansi.StringWidth(line); w == 0 || w > room[0] || w != ansi.StringWidth(lines[0]) {
						t.Errorf("%v in %v: a line is %d wide", size, room, w)
					}
				}
			}
		}
	}
}

func TestNothingIsDrawnWithoutPictureOrRoom(t *testing.T) {
	if HalfBlocks(nil, 10, 10, Colour) != nil || HalfBlocks(drawing(9, 9, 1), 0, 10, Colour) != nil {
		t.Error("lines came out of nothing")
	}
}

// A line of one pixel in 300, drawn into 40 cells, would be grey of a seventh.
func TestThinLinesStayLegible(t *testing.T) {
	lines := HalfBlocks(drawing(300, 300, 20), 40, 20, Mono)
	text := strings.Join(lines, "\n")
	if n := strings.Count(text, "█") + strings.Count(text, "▀") + strings.Count(text, "▄"); n < 60 {
		t.Errorf("only %d cells have ink:\n%s", n, text)
	}
	if inner := lines[len(lines)/2]; strings.Count(inner, " ") < 30 {
		t.Errorf("the inside is not empty: %q", inner)
	}
}

func TestMarginsAreCutOff(t *testing.T) {
	lines := HalfBlocks(drawing(300, 300, 120), 40, 20, Mono)
	first := strings.Join(lines[:3], "")
	if !strings.ContainsAny(first, "█▀▄") {
		t.Errorf("a small drawing in the middle stays small:\n%s", strings.Join(lines, "\n"))
	}
}

func TestABlankPictureIsPaper(t *testing.T) {
	blank := drawing(30, 30, 0)
	for i := range blank.Pix {
		blank.Pix[i] = 255
	}
	for _, line := range HalfBlocks(blank, 10, 5, Mono) {
		if strings.TrimSpace(line) != "" {
			t.Errorf("ink on blank paper: %q", line)
		}
	}
}

func TestTheSourceIsNotChanged(t *testing.T) {
	p := drawing(20, 20, 0)
	before := string(p.Pix)
	HalfBlocks(p, 40, 40, Colour)
	if string(p.Pix) != before {
		t.Error("drawing changed the picture")
	}
}
