package tui

import (
	"slices"
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
