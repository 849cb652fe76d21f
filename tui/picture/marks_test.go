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
	marks := []Mark{{12, 12, "1"}, {70, 12, "5"}, {70, 12, "lost"}, {88, 88, "23"}, {500, 500, "lost"}, {-9, 0, "lost"}}
	for name, lines := range map[string][2][]string{
		"colours": {HalfBlocks(p, 40, 20, Colour), Marked(p, 40, 20, Colour, marks)},
		"mono":    {HalfBlocks(p, 40, 20, Mono), Marked(p, 40, 20, Mono, marks)},
		"letters": {ASCII(p, 40, 20), MarkedASCII(p, 40, 20, marks)},
	} {
		plain, marked := lines[0], lines[1]
		if len(plain) != len(marked) {
			t.Fatalf("%s: %d lines, want %d", name, len(marked), len(plain))
		}
		for i := range marked {
			if ansi.StringWidth(marked[i]) != ansi.StringWidth(plain[i]) {
				t.Errorf("%s: line %d is %d cells wide, want %d", name, i, ansi.StringWidth(marked[i]), ansi.StringWidth(plain[i]))
			}
		}
		all := strings.Join(marked, "\n")
		if strings.Contains(all, "lost") {
			t.Error(name + ": a mark outside of the picture is drawn")
		}
		if n := strings.Count(all, "\x1b[1;7m"); n != 3 {
			t.Errorf("%s: %d marks, want 3:\n%q", name, n, marked)
		}
		if !strings.Contains(marked[1], "\x1b[1;7m1\x1b[m") || !strings.Contains(marked[len(marked)-2], "\x1b[1;7m23\x1b[m") {
			t.Errorf("%s: marks are not at their places:\n%s", name, all)
		}
	}
	if Marked(nil, 40, 20, Mono, marks) != nil || MarkedASCII(nil, 40, 20, marks) != nil {
		t.Error("marks without a picture")
	}
}
