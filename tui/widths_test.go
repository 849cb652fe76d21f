package tui

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// widthsTable has a column that grows between two that go, and a mark.
func widthsTable(wished widths) table {
	return table{widths: wished, columns: []column{
		{width: 1},
		{title: "id", width: 4},
		{title: "first", width: 6, drop: 2},
		{title: "text", width: 10, grow: true},
		{title: "last", width: 8, drop: 1},
	}}
}

func TestAWishedWidthIsAWish(t *testing.T) {
	for _, c := range []struct {
		name    string
		wished  widths
		width   int
		columns []int
		widths  []int
	}{
		{"no wish: the one that grows takes the rest", nil, 60, []int{0, 1, 2, 3, 4}, []int{1, 4, 6, 33, 8}},
		{"a wider one takes it from the one that grows", widths{"first": 16}, 60, []int{0, 1, 2, 3, 4}, []int{1, 4, 16, 23, 8}},
		{"a narrower one gives it", widths{"last": 3}, 60, []int{0, 1, 2, 3, 4}, []int{1, 4, 6, 38, 3}},
		{"the one that grows does not if its width is wished", widths{"text": 12}, 60, []int{0, 1, 2, 3, 4}, []int{1, 4, 6, 12, 8}},
		{"where there is no room for a wish, columns go by their rank", widths{"text": 30}, 56, []int{0, 1, 3, 4}, []int{1, 4, 30, 8}},
		{"but not the one that was widened", widths{"first": 30}, 53, []int{0, 1, 2, 3}, []int{1, 4, 30, 12}},
		{"which yields when no other can go", widths{"first": 50}, 45, []int{0, 1, 2, 3}, []int{1, 4, 24, 10}},
		{"of two the one that asks more yields first", widths{"id": 8, "first": 30}, 45, []int{0, 1, 2, 3}, []int{1, 8, 20, 10}},
		{"on a small screen it goes as it does without a wish", widths{"first": 50}, 24, []int{0, 1, 3}, []int{1, 4, 15}},
		{"a narrower one keeps the others on screen", widths{"first": 3, "last": 3}, 30, []int{0, 1, 2, 3, 4}, []int{1, 4, 3, 11, 3}},
		{"what was kept may be anything", widths{"id": -7, "first": 1 << 40, "nobody": 9}, 400, []int{0, 1, 2, 3, 4}, []int{1, 3, mostColumn, 180, 8}},
	} {
		t.Run(c.name, func(t *testing.T) {
			columns, got := widthsTable(c.wished).layout(c.width)
			if !reflect.DeepEqual(columns, c.columns) || !reflect.DeepEqual(got, c.widths) {
				t.Errorf("columns %v of widths %v, want %v of %v", columns, got, c.columns, c.widths)
			}
		})
	}
}

// The border stays under the pointer: left of the column that grows and right
// of it, there and back.
func TestADraggedBorderFollowsThePointer(t *testing.T) {
	const width = 62
	ends := func(tb table) (x []int) {
		_, widths := tb.layout(width - 2)
		end := 2
		for _, w := range widths {
			end += w
			x = append(x, end)
			end += 2
		}
		return x
	}
	for border, name := range []string{"", "id", "first", "text"} {
		if name == "" {
			continue
		}
		tb := widthsTable(nil)
		at := ends(tb)[border]
		g, ok := tb.grip(at, width)
		if !ok {
			t.Fatalf("the border behind %s cannot be taken", name)
		}
		for _, by := range []int{1, 2, 5, -2, 0} {
			g.move(at + by)
			if name == "id" && by < 0 || name == "text" && by > 2 {
				continue // the least width of a column
			}
			if got := ends(tb)[border]; got != at+by {
				t.Errorf("the border behind %s, dragged by %d, is at %d, not %d", name, by, got, at+by)
			}
		}
	}
	tb := widthsTable(nil)
	for _, x := range []int{0, 1, 3, 4, 12, width - 1, width, width + 30, -1} {
		if g, ok := tb.grip(x, width); ok && x != 4 {
			t.Errorf("at %d a border of %s is taken", x, g.id)
		}
	}
	g, _ := tb.grip(ends(tb)[1], width)
	g.move(g.from)
	if len(tb.widths) != 0 {
		t.Error("a click on a border is a wish")
	}
}

// headerOf finds the line of a frame that has a table's titles.
func headerOf(t *testing.T, b *bench, title string) (y int, line string) {
	t.Helper()
	for y, line := range strings.Split(ansi.Strip(b.frame()), "\n") {
		if strings.Contains(line, title) {
			return y, line
		}
	}
	t.Fatalf("no line has %q:\n%s", title, ansi.Strip(b.frame()))
	return 0, ""
}

// at is the column of the screen in which a text begins.
func at(line, text string) int { return ansi.StringWidth(line[:strings.Index(line, text)]) }

func TestColumnsAreResizedInTheirPanelAndKeptInViewsAndSessions(t *testing.T) {
	b := newBench(t, 160, 40)
	b.giveRuns()
	p := b.runsPage()
	b.press("s", "down", "down", ">", ">", ">", ">")
	b.wants("[x] preset  16 cells", "Column preset is 16 cells wide.")
	_, line := headerOf(t, b, "preset")
	if got := at(line, "name") - at(line, "preset"); got != 18 {
		t.Errorf("name begins %d after preset: %q", got, line)
	}
	b.press("<", "esc", "V", "s")
	b.types("wide")
	b.press("enter", "enter", "esc", "s", "home", "down", "down", "=")
	b.wants("Column preset has its own width again.")
	if got := p.table.laid("preset", p.listWidth()); got != 8 {
		t.Errorf("after = it is %d wide", got)
	}
	b.press("esc", "V", "enter")
	if got := p.table.laid("preset", p.listWidth()); got != 14 {
		t.Errorf("in the view it is %d wide", got)
	}
	b.press("s", "home", "down", "down", ">", "esc", "V")
	if got := p.views.saved[0].Widths["preset"]; got != 14 {
		t.Errorf("the saved view changes to %d without being saved", got)
	}
	later := newBench(t, 160, 40)
	later.runsPage().Restore(mustJSON(t, p.Keep()))
	later.giveRuns()
	if got := later.runsPage().table.laid("preset", later.runsPage().listWidth()); got != 16 {
		t.Errorf("in the next session it is %d wide", got)
	}
	later.press("s", "u")
	if got := later.runsPage().table.widths; len(got) != 0 {
		t.Errorf("u leaves the widths %v", got)
	}
	// Wishes of a hidden column are said, and wait.
	later.press("end", ">")
	later.wants("is 10 cells wide where there is room for it")
	later.press("home", "<", "<")
	later.wants("Column run is 3 cells wide.")
}

// Every table of a page is resized by the same keys and by the mouse, and
// remembered.
func TestEveryTableIsResizedByKeyAndByDraggingAndRemembered(t *testing.T) {
	for _, c := range []struct {
		name, id, title string // a column, and a title of the header
		fill            func(*bench)
	}{
		{"records", "split", "split", (*bench).giveRecords},
		{"dead letters", "code", "code", (*bench).giveLetters},
		{"snapshots", "snapshot", "no.", func(b *bench) { b.giveRecords(); b.press("S") }},
		{"runs", "state", "state", (*bench).giveRuns},
		{"models", "alias", "alias", (*bench).giveModels},
		{"serving", "requests", "requests", (*bench).giveServing},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, 200, 60)
			c.fill(b)
			untouched := b.frame()
			tb, _, width := b.root.table()
			before := tb.laid(c.id, width)

			b.press("|")
			for range 12 {
				b.press("right")
			}
			for range 12 {
				if tb.picked != c.id {
					b.press("left")
				}
			}
			checkFrame(t, b.frame(), 200, 60)
			headerOf(t, b, "▸")
			b.press("<", "<")
			if got := tb.laid(c.id, width); got != before-4 {
				t.Errorf("< < makes %d of %d", got, before)
			}
			b.wants(fmt.Sprintf("Column %s is %d cells wide.", c.id, before-4), "own width", "esc done")
			b.press("=", "esc", "|", "|")
			b.root.shell.notice = notice{}
			if b.frame() != untouched {
				t.Error("after = and esc something is left")
			}

			y, line := headerOf(t, b, c.title)
			_, at0, _ := b.root.table()
			if y != at0+2 {
				t.Fatalf("the header is in line %d, the page says %d", y, at0+2)
			}
			columns, widths := tb.layout(width - 2)
			x := margin + 2
			for n, col := range columns {
				if x += widths[n]; tb.columns[col].id() == c.id {
					break
				}
				x += 2
			}
			b.give(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft})
			b.give(tea.MouseMotionMsg{X: x - 2, Y: y + 9, Button: tea.MouseLeft})
			b.give(tea.MouseReleaseMsg{X: x - 2, Y: y + 9})
			b.give(tea.MouseMotionMsg{X: x - 4, Y: y})
			if _, moved := headerOf(t, b, c.title); moved == line {
				t.Errorf("dragging changes nothing: %q", moved)
			}
			checkFrame(t, b.frame(), 200, 60)
			if len(tb.widths) != 1 {
				t.Errorf("dragging wishes %v", tb.widths)
			}

			later := newBench(t, 200, 60)
			later.give(stateLoadedMsg{state: b.root.state()})
			c.fill(later)
			again, _, _ := later.root.table()
			if !reflect.DeepEqual(again.widths, tb.widths) {
				t.Errorf("remembered %v of %v", again.widths, tb.widths)
			}
		})
	}
}

func TestWithoutATableTheWidthKeySaysSo(t *testing.T) {
	b := newBench(t, 80, 24)
	b.press("2", "|")
	b.wants("This screen has no table.")
	b.press("3", "|")
	b.wants("This screen has no table.")
	if b.root.sizing() {
		t.Error("the keys are for widths of no table")
	}
}

func TestWideningStopsWhereTheRoomEnds(t *testing.T) {
	b := newBench(t, 80, 24)
	b.giveRuns()
	tb, _, width := b.root.table()
	b.press("|", "right")
	for range 60 {
		b.press(">")
		checkFrame(t, b.frame(), 80, 24)
	}
	b.wants("there is no room for more")
	b.wants("run ", "▸state", "preset", "name", "accuracy", "epoch") // which never go
	b.wantsNot("F1", "version")
	was := tb.laid("state", width)
	b.press("<")
	if got := tb.laid("state", width); got != was-columnStep {
		t.Errorf("the first < makes %d of %d", got, was)
	}
}

// Wishes from a large screen lay out on every other, and wide characters stay
// straight in columns of any width.
func TestWishedWidthsLayOutAtEverySize(t *testing.T) {
	runs := testRuns()
	for i := range runs {
		runs[i].Name = []string{"環を数える 環を数える", "👩‍🔬 ring e\u0301", "שלום", "\x1b[31mred"}[i%4]
	}
	wished, err := json.Marshal(widths{"name": 7, "preset": 40, "accuracy": 3, "by": 90, "run": 5})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}, {200, 60}, {300, 100}} {
		for name := 3; name < 12; name++ {
			b := newBench(t, size[0], size[1])
			b.give(stateLoadedMsg{state: map[string]string{"Runs": `{"now":{"filter":"","fold":true,"columns":{},"widths":` + string(wished) + `}}`}})
			b.press("3")
			b.give(runsAnswer(b.runsPage().request, runs))
			tb, _, width := b.root.table()
			tb.wish("name", name)
			checkFrame(t, b.frame(), size[0], size[1])
			b.press("|")
			checkFrame(t, b.frame(), size[0], size[1])
			left := margin + 2
			columns, laid := tb.layout(width - 2)
			for n, c := range columns {
				if tb.columns[c].id() == "name" {
					break
				}
				left += laid[n] + 2
			}
			for i, line := range strings.Split(ansi.Strip(b.frame()), "\n")[6 : 6+len(runs)] {
				after := ansi.Cut(line, left+tb.laid("name", width), left+tb.laid("name", width)+2)
				if strings.TrimSpace(after) != "" {
					t.Errorf("%v, name of %d cells, line %d: %q between columns: %q", size, name, i, after, line)
				}
			}
		}
	}
}

func TestAnOlderOrBrokenStateHasNoWidths(t *testing.T) {
	for _, broken := range []string{`{"widths":7}`, `{"widths":{"run":"x"}}`, `{"widths":null}`, `{}`} {
		b := newBench(t, 80, 24)
		b.give(stateLoadedMsg{state: map[string]string{"Runs": broken, "Data": broken, "Models": broken, "Serving": broken}})
		b.giveModels()
		checkFrame(t, b.frame(), 80, 24)
	}
}
