package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
)

// / does something on every screen: it filters a table, finds in a text, or
// searches everything.
func TestSlashDoesSomethingOnEveryScreen(t *testing.T) {
	for name, fill := range screens() {
		b := newBench(t, 80, 24)
		fill(b)
		c := b.root.context()
		if c.typing() || slices.Contains([]keyContext{inDialog, inPalette}, c) {
			continue // / is a letter there, or what lies over the page is closed first
		}
		before := ansi.Strip(b.frame())
		b.press("/")
		if now := b.root.context(); now != inFilter && now != inFind && now != inPalette {
			t.Errorf("%s: / in %s leads to %s", name, c, now)
		}
		if ansi.Strip(b.frame()) == before {
			t.Errorf("%s: / changes nothing on the screen", name)
		}
		checkFrame(t, b.frame(), 80, 24)
		b.press("esc")
		if now := b.root.context(); now != c {
			t.Errorf("%s: esc leads from / to %s, not back to %s", name, now, c)
		}
	}
}

func TestFindGoesFromHitToHitInALog(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}} {
		b := newBench(t, size[0], size[1])
		b.giveRun("5")
		v := b.runsPage().run
		v.log = nil
		for i := range 200 {
			line := "21:00:01 nothing of note"
			if i%50 == 7 {
				line = "21:00:02 Warning: slow"
			}
			v.log = append(v.log, line)
		}
		b.press("right", "right", "right")
		b.types("/warn")
		b.wants("1 of 4 lines", "Warning: slow")
		if !strings.Contains(b.frame(), "\x1b[7mWarn") {
			t.Error("the hit is not marked")
		}
		first := v.top
		b.press("enter", "n")
		b.wants("2 of 4 lines", "Warning: slow")
		if v.top >= first {
			t.Errorf("n goes from %d lines before the end to %d", first, v.top)
		}
		b.press("N", "N")
		b.wants("4 of 4 lines", "Warning: slow")
		b.press("esc")
		b.wantsNot("4 lines")
		if v.section != sectionLog || b.runsPage().run == nil {
			t.Error("esc ends more than the search")
		}
		b.types("/WARN")
		b.wants("nothing found") // capitals find only capitals
	}
}

// In the panels and the settings / finds too, and puts the cursor there.
func TestFindInPanelsAndSettings(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveRuns()
		b.press("s")
		p := b.runsPage()
		b.types("/loss")
		b.wants("find loss", "1 of 2 lines")
		b.press("enter", "n")
		if at := p.panel.columns[p.panel.cursor].name; at != "metric.val_loss" {
			t.Errorf("n leads to the column %s", at)
		}
		before := len(p.panel.shown())
		b.press("space")
		if len(p.panel.shown()) != before+1 {
			t.Error("the column that was found is not shown by space")
		}
		b.press("esc")
		if !p.panel.open {
			t.Error("esc closes the panel with the search")
		}
		b.press("esc")

		p.views.saved = []savedView{{Name: "all"}, {Name: "good", Filter: "accuracy>0.9"}}
		b.press("V")
		b.types("/accuracy")
		b.wants("1 of 1 line")
		if p.views.cursor != 1 {
			t.Errorf("the cursor is on view %d", p.views.cursor)
		}
		b.press("esc", "esc", "ctrl+o")
		b.types("/sixel")
		b.wants("find sixel", "1 of 1 line")
		if at := b.root.settings.cursor; settingTable()[at].name != "pictures" {
			t.Errorf("the cursor is on setting %d", at)
		}
		checkFrame(t, b.frame(), size[0], size[1])
		b.press("esc")
		if b.root.settings == nil {
			t.Error("esc closes the settings with the search")
		}
		b.press("esc")
		if b.root.settings != nil {
			t.Error("esc does not close the settings")
		}
	}
}

func TestFindInTheHelp(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRuns()
	b.types("?/suspend")
	b.wants("find suspend", "suspend; fg in the shell")
	b.press("enter", "esc")
	if b.root.overlay.kind != actHelp {
		t.Error("esc closes the help with the search")
	}
	b.press("esc")
	if b.root.overlay.kind != "" {
		t.Error("esc does not close the help")
	}
}

func TestFindGoesToAFieldOfTheForm(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveTrain()
	b.types("/min_l")
	b.press("enter")
	form := &b.trainPage().form
	if form.current() == nil || form.current().name != "min_leaf" {
		t.Errorf("the cursor is on %v", form.current())
	}
	b.press("enter") // what the key means on the page
	b.types("n")
	if !form.editing || !strings.HasSuffix(form.value("min_leaf"), "n") {
		t.Error("a letter typed into the field goes to the search")
	}
}

func TestFindGoesToAMetric(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRun("5")
	b.types("/pictures_per")
	c := b.runsPage().run.curves
	if !slices.ContainsFunc(c.shown(), func(p panel) bool { return p.metric == "pictures_per_second" }) {
		t.Errorf("the charts are %v", c.shown())
	}
}

func TestFindScrollsTheParametersAndTheRecord(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveRun("1")
	b.press("left", "left")
	b.types("/within_one")
	b.wants("within_one", "1 of 1 line")
	b = newBench(t, 60, 18)
	b.giveRecords()
	b.press("enter")
	b.types("/snapshot")
	b.wants("snapshot        1, 26 h ago", "1 of 1 line")
}

func TestASearchOverEverythingOpensWhatItFinds(t *testing.T) {
	for _, width := range []int{60, 120} {
		b := newBench(t, width, 24)
		b.giveOverview()
		open := func(typed string) tea.Msg {
			t.Helper()
			b.press("0", "/")
			b.give(searchedMsg{b.root.palette.request, testRuns(), testVersions()})
			b.types(typed)
			_, cmd := b.root.Update(keyPress("enter"))
			if cmd == nil || b.root.palette != nil {
				t.Fatalf("%s leads nowhere", typed)
			}
			msg := cmd()
			b.give(msg)
			return msg
		}
		if msg := open("slow sure"); msg != (openRunMsg{"5"}) || b.runsPage().run == nil {
			t.Errorf("slow sure opens %v", msg)
		}
		open("version v1")
		if b.root.active != pageModels || b.modelsPage().bar.text != "version=v1" {
			t.Errorf("version v1 shows page %d with the filter %q", b.root.active, b.modelsPage().bar.text)
		}
		open("rings>=7") // no name: it is a filter of records
		if p := b.dataPage(); b.root.active != pageData || p.bar.text != "rings>=7" || p.mode != inRecords {
			t.Errorf("rings>=7 shows page %d with the filter %q", b.root.active, p.bar.text)
		}
	}
}

// What no filter can be is looked for as it stands.
func TestASearchForAnyTextIsAFilter(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveOverview()
	b.press("ctrl+f")
	b.types(`a"b\ (`)
	for _, o := range b.root.palette.tables() {
		if want := `"a\"b\\ ("`; o.follow.(filterMsg).text != want {
			t.Errorf("%s, want %s", o.follow.(filterMsg).text, want)
		}
	}
	b.give(searchedMsg{b.root.palette.request, []experiments.Run{}, nil})
}

func TestHitsAreCells(t *testing.T) {
	for line, want := range map[string][][2]int{
		"環ab Ab": {{2, 4}, {5, 7}}, "aab": {{1, 3}}, "": nil, "abab": {{0, 2}, {2, 4}},
	} {
		if got := hits(line, "ab"); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
	th := newBench(t, 80, 24).root.shell.theme
	line := th.bad.Render("one abab") + " ab"
	if got := th.marked(line, "ab"); ansi.Strip(got) != ansi.Strip(line) || strings.Count(got, "\x1b[7m") != 3 {
		t.Errorf("%q", got)
	}
}
