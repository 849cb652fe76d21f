package tui

import (
	"testing"

	tea "charm.land/bubbletea/v2"
)

// Each row of the key table of a screen is in the palette, but for what opens
// the palette itself, and each can be run from it or says why not.
func TestThePaletteOffersEveryActionOfTheKeyTable(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	b.press(":")
	offered := map[action]bool{}
	for _, o := range b.root.palette.all {
		offered[o.action] = true
	}
	for _, p := range places() {
		if p.page == noPage && p.context != inGlobal && p.context != inAlways && p.context != inList {
			continue // of a field, a dialog, an overlay: nothing to do from here
		}
		for _, row := range newKeyMap().rows[p.context] {
			if !offered[row.action] && row.action != actPalette {
				t.Errorf("%s: %q is not offered", p.context, row.action)
			}
		}
	}
}

func TestAnActionIsFoundAndDoneOnItsPage(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveModels()
	b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()[1:]})
	b.press("3", "ctrl+p", "v", "e", "r", "s", "i", "o", "n", "space", "b", "e", "f", "o", "r", "e")
	b.wants("put the version before into production again")
	b.press("enter")
	if b.root.active != pageModels || b.root.shell.dialog == nil {
		t.Error("the action was not done on its page")
	}
	b.press("esc", "3", ":", "p", "u", "t", "space", "t", "h", "e", "space", "r", "u", "n", "enter")
	b.wants("Cannot promote: there is no run.")
	b.press(":", "q", "q", "q", "q")
	b.wants("No action has these letters")
	b.press("esc")
	if b.root.palette != nil {
		t.Error("esc does not close the palette")
	}
}

func TestFuzzyPrefersWordsToScatteredLetters(t *testing.T) {
	score := func(text, query string) int {
		s, ok := fuzzy(text, query)
		if !ok {
			t.Errorf("%q does not fit %q", query, text)
		}
		return s
	}
	if score("roll back", "roll") >= score("read other large letters", "roll") {
		t.Error("scattered letters are as good as a word")
	}
	if score("cancel the run", "run") >= score("prune", "run") {
		t.Error("inside a word is as good as at its start")
	}
	if _, ok := fuzzy("promote", "xyz"); ok {
		t.Error("letters that are not there fit")
	}
	score("ünï 環", "環")
}

func TestTheMouseClicksTabsAndRowsAndTheWheelScrolls(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRuns()
	click := func(x, y int) {
		b.give(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
		b.give(tea.MouseReleaseMsg{X: x, Y: y, Button: tea.MouseLeft})
	}
	b.give(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if got := b.runsPage().table.cursor; got != wheelLines {
		t.Errorf("the wheel moved to row %d", got)
	}
	click(10, 2+3+1+2)
	if run, _ := b.runsPage().current(); run.ID != "4" {
		t.Errorf("the third row is run 4, and run %s is selected", run.ID)
	}
	click(10, 2+3+1+2)
	if b.runsPage().run == nil {
		t.Error("a click on the selected row does not open it")
	}
	x := 0
	for ; x < 120; x++ {
		if page, ok := b.root.tabAt(x); ok && page == pageModels {
			break
		}
	}
	click(x, 0)
	if b.root.active != pageModels {
		t.Errorf("a click on its tab shows page %d", b.root.active)
	}
	b.press("?")
	click(x-30, 0)
	if b.root.active != pageModels {
		t.Error("a click goes through the help")
	}
}

func TestAPaneIsResizedByKeyAndByDraggingAndRemembered(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveRecords()
	p := b.dataPage()
	before := p.sideWidth()
	b.press(">", ">")
	if p.sideWidth() <= before {
		t.Errorf("> leaves the pane at %d", p.sideWidth())
	}
	at := p.Border()
	b.give(tea.MouseClickMsg{X: at + margin, Y: 10, Button: tea.MouseLeft})
	b.give(tea.MouseMotionMsg{X: 60, Y: 12, Button: tea.MouseLeft})
	b.give(tea.MouseReleaseMsg{X: 60, Y: 12})
	if got := p.Border(); got != 60-margin {
		t.Errorf("dragged to column %d, the border is at %d", 60-margin, got)
	}
	b.give(tea.MouseMotionMsg{X: 90, Y: 12})
	if got := p.Border(); got != 60-margin {
		t.Error("without a button the border still moves")
	}
	checkFrame(t, b.frame(), 120, 40)

	b.press("3")
	b.give(runsAnswer(b.runsPage().request, testRuns()))
	b.press("down", "space")
	later := newBench(t, 120, 40)
	later.give(stateLoadedMsg{state: b.root.state()})
	if got := later.dataPage().Border(); got != p.Border() {
		t.Errorf("the border is at %d in the next session, it was at %d", got, p.Border())
	}
	if later.root.active != pageRuns || !later.runsPage().marked["5"] {
		t.Errorf("page %d, marks %v", later.root.active, later.runsPage().marked)
	}
	for _, broken := range []string{"", "{", `{"marked":7}`, "null", "[]"} {
		newBench(t, 80, 24).give(stateLoadedMsg{state: map[string]string{"Runs": broken, "Data": broken, "workbench": broken}})
	}
}

func TestSettingsChangeTheThemeAtOnceAndSayWhoDecided(t *testing.T) {
	b := newBench(t, 100, 30)
	b.giveModels()
	before := b.frame()
	b.press("ctrl+o", "right", "right", "esc")
	if b.root.shell.session.Settings.Theme != "light" || b.frame() == before {
		t.Errorf("the theme is %q", b.root.shell.session.Settings.Theme)
	}
	b.root.shell.session.Settings.Fixed = map[string]string{"theme": "RINGLAB_THEME"}
	b.press("ctrl+o", "right")
	b.wants("Cannot change the theme: RINGLAB_THEME has decided.")
}
