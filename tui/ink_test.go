package tui

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// The quick ways to measure and to draw are those of the slow twins.
func TestNarrowCharactersAreOneCellWide(t *testing.T) {
	for r := range rune(0x3000) {
		if !narrow(r) {
			continue
		}
		for _, text := range []string{string(r), "a" + string(r) + "b", strings.Repeat(string(r), 3)} {
			if got, want := styledWidth(text), ansi.StringWidth(text); got != want {
				t.Errorf("%U: %q is %d wide, want %d", r, text, got, want)
			}
			if clean(text) != text {
				t.Errorf("%U is cleaned to %q", r, clean(text))
			}
		}
	}
}

func FuzzStyledWidth(f *testing.F) {
	for _, text := range []string{"plain", "\x1b[1;38;5;12mblue\x1b[m ×", "e\u0301", "環境", "a\x1b]0;t\x07b", "\x1b[", "👩‍🔬", "●\ufe0f", "▶\ufe0e"} {
		f.Add(text, 9)
	}
	f.Fuzz(func(t *testing.T, text string, width int) {
		if got, want := styledWidth(clean(text)), ansi.StringWidth(clean(text)); got != want {
			t.Errorf("%q is %d wide, want %d", text, got, want)
		}
		width = min(max(width, 0), 200)
		for _, right := range []bool{false, true} {
			var b strings.Builder
			writeCell(&b, text, width, right)
			want := fit(text, width)
			if right {
				want = fitRight(text, width)
			}
			if b.String() != want {
				t.Errorf("%q in %d cells is %q, want %q", text, width, b.String(), want)
			}
		}
	})
}

// A row that is drawn quickly looks as one drawn style by style.
func TestInksLookAsTheirStyles(t *testing.T) {
	b := newBench(t, 80, 24)
	th := b.root.shell.theme
	inks := th.inks()
	for tone, style := range map[tone]string{toneBad: th.bad.Render("no"), toneStrong: th.strong.Render("no"), tonePlain: th.plain.Render("no")} {
		if got := inks.usual[tone].on + "no" + inks.usual[tone].off; got != style {
			t.Errorf("tone %d draws %q, its style %q", tone, got, style)
		}
	}
	if got, want := inks.selected[toneDim].on+"no"+inks.selected[toneDim].off, th.dim.Inherit(th.selected).Render("no"); got != want {
		t.Errorf("selected it draws %q, its style %q", got, want)
	}
}
