package tui

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	tea "charm.land/bubbletea/v2"
)

// What colour tells is told in the same frame without colours: a mark, a word
// or a letter.
func TestWhatColourTellsIsAlsoWritten(t *testing.T) {
	for screen, signals := range map[string][]string{
		"overview":              {"! 2 dead letters waiting", "★ v1", "✗ failed", "✓ finished", "forced +v1", "rolled back +v2"},
		"overview-new":          {"Nothing is in production"},
		"data":                  {`(?m)^ ▸ `, "✗ 6"},
		"data-failed":           {"✗ Cannot load records"},
		"data-filter-wrong":     {`did you mean rings\?`, `\^\^\^\^`},
		"train-editing":         {"✗ parameter variants"},
		"runs":                  {`▸ ? ?● ?4|● 6|▸● ?5|● +5`, "1 marked", "✗ failed", "✓ finished", "⊘ cancelled", "◐ interrupted", "▶ running", "○ queued"},
		"run-epoch":             {"▸ ✗ newly", "✗ still", "✓ now", "✗✗✓"},
		"run-failed":            {"✗ failed", "✗ train run 3: the loss is no number"},
		"run-mistakes":          {"81.0 % +said", "13.0 % +truth"},
		"run-promote":           {"✓ passed +better", "✗ refused +not worse", "A gate refuses"},
		"compare-disagreements": {"✓ 3", "✗ 4"},
		"compare-confusion":     {`5 ✓\+1`, `1 ✗\+1`, `13 ✗-2`, "✓ better +✗ worse"},
		"models":                {"★ production", "promoted +v1", "forced +v1 → v2", "rolled back +v2 → v1"},
		"models-gates":          {"✓ passed", "✗ refused"},
		"serving":               {"★ v1", "serves", "nothing", "errors", "! 12 pictures unlike"},
		"run-live":              {"── train", "╌╌ validation"},
	} {
		t.Run(screen, func(t *testing.T) {
			b := newBench(t, 120, 40)
			b.give(tea.ColorProfileMsg{Profile: colorprofile.ASCII})
			screens()[screen](b)
			frame := b.frame()
			if coloured := regexp.MustCompile(`\x1b\[[0-9;:]*[349][0-8][0-9;:]*m`).FindString(frame); coloured != "" {
				t.Fatalf("a frame without colours has %q", coloured)
			}
			frame = ansi.Strip(frame)
			for _, signal := range signals {
				if !regexp.MustCompile(signal).MatchString(frame) {
					t.Errorf("nothing but colour tells %q:\n%s", signal, frame)
				}
			}
		})
	}
}

// No two texts of a frame are the same but for good or bad: then only colour
// would tell them apart.
func TestGoodAndBadAreNotTheSameText(t *testing.T) {
	for screen, fill := range screens() {
		b := newBench(t, 120, 40)
		fill(b)
		th := b.root.shell.theme
		meaning := map[string]string{} // of a text
		for name, style := range map[string]string{"good": th.good.Render("x"), "warning": th.warn.Render("x"), "bad": th.bad.Render("x")} {
			begin, _, _ := strings.Cut(style, "x")
			for _, part := range strings.Split(b.frame(), begin)[1:] {
				text, _, _ := strings.Cut(part, "\x1b")
				text = strings.TrimSpace(text)
				if other := meaning[text]; text != "" && other != "" && other != name {
					t.Errorf("%s: %q is %s and %s", screen, text, name, other)
				}
				meaning[text] = name
			}
		}
	}
}

// A theme without colours changes nothing of what is written. Pictures are in
// black and white then, of the same half blocks.
func TestWithoutColoursTheTextIsTheSame(t *testing.T) {
	noPicture := strings.NewReplacer("▀", "", "▄", "", "█", "", " ", "")
	for screen, fill := range screens() {
		var frames [2]string
		for i, profile := range []colorprofile.Profile{colorprofile.TrueColor, colorprofile.ASCII} {
			b := newBench(t, 120, 40)
			b.give(tea.ColorProfileMsg{Profile: profile})
			fill(b)
			frames[i] = noPicture.Replace(ansi.Strip(b.frame()))
		}
		if frames[0] != frames[1] {
			t.Errorf("%s differs:\n%s\n%s", screen, frames[0], frames[1])
		}
	}
}

func TestTerminalsWithoutColours(t *testing.T) {
	for setting, want := range map[string]bool{
		"TERM=xterm-256color": false, "TERM=linux": false, "TERM=vte-256color": false, "TERM=": false, "NO_COLOR=": false,
		"NO_COLOR=1": true, "NO_COLOR=yes": true, "NO_COLOR=0": true,
		"TERM=vt100": true, "TERM=vt220-w": true, "TERM=xterm-mono": true, "TERM=linux-m": true,
	} {
		if got := colourless([]string{setting}); got != want {
			t.Errorf("with %s there are no colours: %v, want %v", setting, got, want)
		}
	}
}
