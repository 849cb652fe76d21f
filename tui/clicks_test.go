package tui

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// clickOn clicks in the middle of a text on the screen.
func (b *bench) clickOn(text string) {
	b.t.Helper()
	for y, line := range strings.Split(ansi.Strip(b.frame()), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			x := ansi.StringWidth(line[:i]) + ansi.StringWidth(text)/2
			b.give(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			b.give(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
			return
		}
	}
	b.t.Errorf("there is no %q to click on:\n%s", text, ansi.Strip(b.frame()))
}

// The mouse reaches what is drawn to be pressed: sections, fields, buttons,
// actions of the palette, choices of the settings.

func TestAClickOnASectionShowsIt(t *testing.T) {
	for _, width := range []int{60, 80, 200} {
		b := newBench(t, width, 24)
		b.giveRun("1")
		b.clickOn("Parameters")
		b.wants("min_leaf")
		b.clickOn("Mistakes")
		b.wants("truth", "said")
		b.clickOn("Evaluation")
		b.wants("confusion")
		b = newBench(t, width, 24)
		b.giveComparison()
		b.clickOn("Curves")
		if b.runsPage().compare.section != compareCurves {
			t.Errorf("%d wide: a click shows section %d", width, b.runsPage().compare.section)
		}
	}
}

func TestAClickInTheFormGoesToAFieldAndThenEditsIt(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	form := &b.trainPage().form
	b.clickOn("  max_features")
	if form.current() == nil || form.current().name != "max_features" || form.editing {
		t.Fatalf("a click leaves the cursor on %v", form.current())
	}
	b.clickOn("▸ max_features")
	if !form.editing {
		t.Fatal("a click on the field under the cursor does not edit it")
	}
	b.press("5")
	b.clickOn("  preset")
	if form.editing || form.value("max_features") != "0.45" || form.current().name != fieldPreset {
		t.Error("a click on another field does not take what was typed and go there")
	}
	b.clickOn("▸ preset")
	b.wants("--preset fast")
	b.clickOn("Start training")
	if !b.trainPage().submitting {
		t.Error("a click on the button does not start")
	}
}

func TestAClickReachesWhatLiesOverThePage(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		b := newBench(t, width, 24)
		b.giveRuns()
		b.press("ctrl+o")
		b.clickOn("contrast")
		if got := b.root.shell.session.Settings.Theme; got != "contrast" {
			t.Errorf("%d wide: a click on contrast chooses %q", width, got)
		}
		b.clickOn(" off")
		if got := b.root.shell.session.Settings.Pictures; got != "off" {
			t.Errorf("%d wide: a click on off chooses %q for the pictures", width, got)
		}
		b.press("esc", ":")
		b.clickOn("choose columns")
		if b.root.palette != nil || !b.runsPage().panel.open {
			t.Errorf("%d wide: a click on an action does not do it", width)
		}
		b.press("esc")
		b.giveRun("5")
		b.press("c")
		b.clickOn(" Close ")
		if b.root.shell.dialog != nil {
			t.Fatalf("%d wide: a click on Close leaves the dialog open", width)
		}
		b.press("c")
		b.clickOn("  Cancel the run  ")
		if b.root.shell.dialog != nil {
			t.Errorf("%d wide: a click on the button does not press it", width)
		}
	}
}

func TestAClickDoesNotConfirmWhatIsNotKnownYet(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRun("1")
	b.press("P")
	b.give(gatesLoadedMsg{b.root.shell.dialog.request, []experiments.Gate{testGates()[0]}})
	b.clickOn("  Promote  ")
	if b.root.shell.dialog == nil {
		t.Error("a click promotes without the name")
	}
}

func TestEachLabelIsHitWhereItStands(t *testing.T) {
	labels := []string{" ab ", "環 ", "c"}
	var got []int
	for x := -1; x < 12; x++ {
		i, ok := labelAt(labels, 1, x)
		if !ok {
			i = -1
		}
		got = append(got, i)
	}
	if want := []int{-1, 0, 0, 0, 0, -1, 1, 1, 1, -1, 2, -1, -1}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestAClickOnARunOfTheOverviewOpensIt(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveOverview()
		b.opens("▶ running")
		if v := b.runsPage().run; v == nil || v.id != "5" {
			t.Errorf("%v: a click on the running run opens %v", size, v)
		}
	}
}

// opens clicks on a text, and gives what the click asks for.
func (b *bench) opens(text string) {
	b.t.Helper()
	for y, line := range strings.Split(ansi.Strip(b.frame()), "\n") {
		if i := strings.Index(line, text); i >= 0 {
			if _, cmd := b.root.Update(tea.MouseClickMsg{X: ansi.StringWidth(line[:i]) + 1, Y: y, Button: tea.MouseLeft}); cmd != nil {
				b.give(cmd())
			}
			return
		}
	}
	b.t.Errorf("there is no %q to click on:\n%s", text, ansi.Strip(b.frame()))
}

func TestAClickOnACellOfTheMatrixOpensItsPictures(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveRun("1")
		v := b.runsPage().run
		// Where the cursor is drawn is where the click belongs.
		for _, cell := range [][2]int{{0, 0}, {2, 3}, {4, 4}} {
			v.section, v.top = sectionEvaluation, 0
			v.matrix = matrix{focused: true, row: cell[0], col: cell[1]}
			text := "[·]"
			if n := v.run.Evaluation.Confusion[cell[0]][cell[1]]; n > 0 {
				text = "[" + strconv.Itoa(n) + "]"
			}
			want := v.matrix.cell(*v.run.Evaluation)
			if !strings.Contains(ansi.Strip(b.frame()), text) {
				v.scroll(actDown)
				v.scroll(actDown)
				v.scroll(actDown)
			}
			b.clickOn(text)
			if got := v.mistakes.cell; v.section != sectionMistakes || got == nil || *got != want {
				t.Errorf("%v: a click on the cell of %s shows %v", size, want.title(), got)
			}
		}
	}
}

func TestAClickOnATextOfADialogWritesThere(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveGates()
		d := b.root.shell.dialog
		b.clickOn("reason (")
		if !d.typing || d.part != partReason {
			t.Fatalf("%v: a click on the reason leaves the focus on %v", size, d.part)
		}
		b.types("because")
		b.clickOn("to confirm")
		b.types("x")
		if d.part != partWord || d.echo.Value() != "x" || d.input.Value() != "because" {
			t.Errorf("%v: after a click on the other text it is %q, the first %q", size, d.echo.Value(), d.input.Value())
		}
		b.clickOn("because")
		b.types("-")
		if d.input.Value() != "bec-ause" {
			t.Errorf("%v: a click in the middle of a text writes %q", size, d.input.Value())
		}
	}
}
