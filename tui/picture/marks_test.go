package picture

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	pixels "ringlab/data/picture"
)

func TestMarksStandOnTheirPlaceAndChangeNoWidth(t *testing.T) {
	p := &pixels.Picture{Width: 100, Height: 100, Pix: make([]byte, 3*100*100)}
	for i := range p.Pix {
		p.Pix[i] = 255
	}
	for _, at := range [][2]int{{10, 10}, {90, 90}} { // ink in two corners
		copy(p.Pix[3*(at[1]*100+at[0]):], []byte{0, 0, 0})
	}
	marks := []Mark{{12, 12, "1"}, {88, 88, "23"}, {500, 500, "lost"}, {-9, 0, "lost"}}
	for _, ink := range []Ink{Colour, Mono} {
		plain, marked := HalfBlocks(p, 40, 20, ink), Marked(p, 40, 20, ink, marks)
		if len(plain) != len(marked) {
			t.Fatalf("%d lines, want %d", len(marked), len(plain))
		}
		for i := range marked {
			if ansi.StringWidth(marked[i]) != ansi.StringWidth(plain[i]) {
				t.Errorf("line %d is %d cells wide, want %d", i, ansi.StringWidth(marked[i]), ansi.StringWidth(plain[i]))
			}
		}
		all := strings.Join(marked, "\n")
		if strings.Contains(all, "lost") {
			t.Error("a mark outside of the picture is drawn")
		}
		if !strings.Contains(marked[1], "\x1b[1;7m1\x1b[m") || !strings.Contains(marked[len(marked)-2], "\x1b[1;7m23\x1b[m") {
			t.Errorf("marks are not at their places:\n%s", all)
		}
	}
	if Marked(nil, 40, 20, Mono, marks) != nil {
		t.Error("marks without a picture")
	}
}
