package tui

import (
	"fmt"
	"slices"
	"strings"
)

// widths are what a person wishes columns to have, in cells, by the columns'
// ids. A wish is kept when there is no room for it now.
type widths map[string]int

const (
	leastColumn = 3   // cells that a column can be narrowed to
	mostColumn  = 200 // also for what was kept, which may be anything
	columnStep  = 2   // cells, by key
)

// id names a column where its width is kept. A column without one is not
// resized: it holds a mark.
func (c column) id() string {
	if c.key != "" {
		return c.key
	}
	return c.title
}

// of is the width that a column should have, and whether that is a wish.
func (w widths) of(c column) (cells int, wished bool) {
	if wish, ok := w[c.id()]; ok {
		return min(max(wish, leastColumn), mostColumn), true
	}
	return c.width, false
}

// grows: column i of the table takes what is left, as nobody wished its width.
func (t table) grows(i int) bool {
	_, wished := t.widths.of(t.columns[i])
	return t.columns[i].grow && !wished
}

// yield takes cells back from the wishes that exceed a column's own width,
// always from the one that exceeds it most.
func (t table) yield(columns, widths []int, cells int) {
	for ; cells > 0; cells-- {
		from, most := -1, 0
		for i, c := range columns {
			if more := widths[i] - t.columns[c].width; more > most {
				from, most = i, more
			}
		}
		if from < 0 {
			return
		}
		widths[from]--
	}
}

// wish makes a column so wide in a table of width cells.
func (t *table) wish(id string, cells int) {
	if t.widths == nil {
		t.widths = widths{}
	}
	t.widths[id] = min(max(cells, leastColumn), mostColumn)
}

// laid is how wide a column is in a table of width cells; 0 where it is hidden
// or has no room.
func (t *table) laid(id string, width int) int {
	columns, widths := t.layout(width - 2)
	at := slices.IndexFunc(columns, func(c int) bool { return t.columns[c].id() == id })
	if at < 0 {
		return 0
	}
	return widths[at]
}

// size does what a key stands for to the width of a column, in a table of
// width cells, and says what came of it.
func (t *table) size(c column, a action, width int) string {
	id := c.id()
	before := t.laid(id, width)
	if before == 0 { // not on screen
		before, _ = t.widths.of(c)
	}
	switch a {
	case actNarrowColumn:
		t.wish(id, before-columnStep)
	case actWidenColumn:
		t.wish(id, before+columnStep)
	default:
		delete(t.widths, id)
	}
	switch now := t.laid(id, width); {
	case a == actOwnWidth:
		return fmt.Sprintf("Column %s has its own width again.", clean(id))
	case now == 0:
		return fmt.Sprintf("Column %s is %s wide where there is room for it.", clean(id), plural(t.widths[id], "cell"))
	case a == actWidenColumn && now <= before:
		t.wish(id, now)
		return fmt.Sprintf("Column %s is %s wide; there is no room for more.", clean(id), plural(now, "cell"))
	default:
		return fmt.Sprintf("Column %s is %s wide.", clean(id), plural(now, "cell"))
	}
}

// pick chooses the column that the width keys are for: by places further to
// the right, the first at first.
func (t *table) pick(by, width int) {
	var ids []string
	columns, _ := t.layout(width - 2)
	for _, c := range columns {
		if id := t.columns[c].id(); id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return
	}
	at := slices.Index(ids, t.picked)
	if at < 0 {
		at, by = 0, 0
	}
	t.picked = ids[min(max(at+by, 0), len(ids)-1)]
}

// grip is the border of a column while it is dragged.
type grip struct {
	table *table
	id    string // the column that it resizes
	from  int    // where it was taken
	cells int    // of the column then
	sign  int    // 1 where the column grows to the right, -1 to the left
}

// grip takes the border between two columns at x of the header, in a table of
// width cells. Right of a column that grows, it resizes the column after the
// border: the one that grows gives or takes the rest, so that the border stays
// under the pointer on either side of it.
func (t *table) grip(x, width int) (grip, bool) {
	columns, widths := t.layout(width - 2)
	end, grown := 2, false
	for n, c := range columns {
		end += widths[n]
		grown = grown || t.grows(c)
		if x != end && x != end+1 || x >= width {
			end += 2
			continue
		}
		g := grip{t, t.columns[c].id(), x, widths[n], 1}
		if grown && n+1 < len(columns) && !t.grows(columns[n+1]) {
			g = grip{t, t.columns[columns[n+1]].id(), x, widths[n+1], -1}
		}
		return g, g.id != ""
	}
	return grip{}, false
}

// move takes the border to x. It depends on where it was taken only, so that
// the way back undoes the way there.
func (g grip) move(x int) {
	if x != g.from || g.table.widths[g.id] != 0 {
		g.table.wish(g.id, g.cells+g.sign*(x-g.from))
	}
}

// sizingHeader is the header while keys resize columns: a mark before the title
// that they are for, lines where the others can be dragged.
func (t table) sizingHeader(th theme, columns []int, titles []string) string {
	var b strings.Builder
	for i, c := range columns {
		switch {
		case t.columns[c].id() == t.picked:
			b.WriteString(" " + th.accent.Render("▸") + th.accent.Inherit(th.selected).Render(titles[i]))
			continue
		case i == 0:
			b.WriteString("  ")
		default:
			b.WriteString(" " + th.rule.Render("│"))
		}
		b.WriteString(th.dim.Render(titles[i]))
	}
	return b.String()
}

// tabular is a page with a table whose columns can be resized.
type tabular interface {
	// Table is the one whose header is on screen now, the line of the page that
	// the header is in, and how wide the table is; nil where there is none.
	Table() (t *table, line, width int)
}

// table is the table on screen, nil where there is none.
func (r *root) table() (t *table, line, width int) {
	if page, ok := r.page().(tabular); ok {
		return page.Table()
	}
	return nil, 0, 0
}

// sizing: the keys are for the widths of columns.
func (r *root) sizing() bool {
	t, _, _ := r.table()
	return t != nil && t.picked != ""
}

// actWidths does what a key stands for while they are for widths. The list
// still moves.
func (r *root) actWidths(a action) (done bool) {
	t, _, width := r.table()
	switch a {
	case actWidths:
		if t == nil {
			r.shell.say("This screen has no table.")
			return true
		}
		t.pick(0, width)
	case actPrevColumn:
		t.pick(-1, width)
	case actNextColumn:
		t.pick(1, width)
	case actNarrowColumn, actWidenColumn, actOwnWidth:
		if at := slices.IndexFunc(t.columns, func(c column) bool { return c.id() == t.picked }); at >= 0 {
			r.shell.say("%s", t.size(t.columns[at], a, width))
		}
	case actBack:
		t.picked = ""
	default:
		return false
	}
	return true
}

// sizeColumn does it for the column under the cursor of the panel.
func (p *columnPanel) sizeColumn(s *shell, page tabular, a action) {
	if t, _, width := page.Table(); t != nil {
		s.say("%s", t.size(p.columns[p.cursor].keyed(), a, width))
	}
}
