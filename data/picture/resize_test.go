package picture

import (
	"bytes"
	"testing"
)

func filled(width, height int, colour [3]byte) *Picture {
	p := &Picture{Width: width, Height: height, Pix: make([]byte, 3*width*height)}
	for i := 0; i < len(p.Pix); i += 3 {
		copy(p.Pix[i:], colour[:])
	}
	return p
}

func TestResizeAveragesAreas(t *testing.T) {
	p := &Picture{Width: 4, Height: 2, Pix: bytes.Repeat([]byte{0}, 24)}
	for _, i := range []int{0, 1, 4} { // three of the left four pixels
		copy(p.Pix[3*i:], []byte{200, 100, 40})
	}
	got := p.Resize(2, 1)
	if want := []byte{150, 75, 30, 0, 0, 0}; !bytes.Equal(got.Pix, want) {
		t.Errorf("got %v, want %v", got.Pix, want)
	}
}

func TestResizeKeepsOneColourAtAnySize(t *testing.T) {
	colour := [3]byte{255, 254, 1}
	p := filled(37, 11, colour)
	for _, size := range [][2]int{{1, 1}, {300, 300}, {7, 90}, {37, 11}, {36, 12}, {500, 1}} {
		got := p.Resize(size[0], size[1])
		if want := filled(size[0], size[1], colour); got.Width != size[0] || got.Height != size[1] || !bytes.Equal(got.Pix, want.Pix) {
			t.Errorf("%v: not of one colour, or not of that size", size)
		}
	}
}

func TestResizeKeepsTheAspectRatioAndPadsWithPaper(t *testing.T) {
	p := filled(60, 20, [3]byte{250, 251, 252})
	for y := 5; y < 15; y++ {
		for x := range 50 {
			copy(p.Pix[3*(60*y+5+x):], []byte{0, 0, 0})
		}
	}
	got := p.Resize(30, 30) // to 30x10, from row 10 to 19
	at := func(x, y int) [3]byte { return [3]byte(got.Pix[3*(30*y+x):]) }
	if paper := ([3]byte{250, 251, 252}); at(15, 2) != paper || at(15, 28) != paper || at(0, 10) != paper {
		t.Error("above, below or beside the drawing is not paper")
	}
	if ink := ([3]byte{0, 0, 0}); at(15, 13) != ink || at(15, 16) != ink {
		t.Error("the middle of the drawing is not ink")
	}
}

func TestPaperIsTheMostFrequentBorderColour(t *testing.T) {
	p := filled(9, 9, [3]byte{1, 2, 3})
	for y := 1; y < 8; y++ {
		for x := 1; x < 8; x++ {
			copy(p.Pix[3*(9*y+x):], []byte{9, 9, 9}) // most of the picture, none of the border
		}
	}
	copy(p.Pix, []byte{200, 200, 200})
	if got, want := p.Paper(), ([3]byte{1, 2, 3}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}

func BenchmarkResize(b *testing.B) {
	p := filled(600, 400, [3]byte{7, 8, 9})
	for b.Loop() {
		p.Resize(300, 300)
	}
}
