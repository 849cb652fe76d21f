package tui

import (
	"fmt"
	"slices"
	"strings"

	"ringlab/data/filter"
)

// listColumn is a column that a person may choose: a field of the rows, and
// how it is drawn.
type listColumn struct {
	column
	name   string // as the field is called in a filter: "rings", "metric.loss"
	ref    filter.Ref
	hidden bool
}

// columnPanel is where columns are chosen, ordered and sorted by. Of several
// sort keys the first one chosen is the most important.
type columnPanel struct {
	columns []listColumn
	orders  []filter.Order
	own     []listColumn   // as the page wants them
	sorted  []filter.Order // the same
	open    bool
	cursor  int
}

func newColumnPanel(columns []listColumn, orders ...filter.Order) columnPanel {
	return columnPanel{columns: slices.Clone(columns), own: columns, orders: slices.Clone(orders), sorted: orders}
}

// shown are the columns on screen, in their order.
func (p *columnPanel) shown() []listColumn {
	return slices.DeleteFunc(slices.Clone(p.columns), func(c listColumn) bool { return c.hidden })
}

// act does what a key of the panel stands for. shape tells that other columns
// are shown, order that the rows are sorted anew.
func (p *columnPanel) act(a action) (shape, order bool) {
	last := len(p.columns) - 1
	switch a {
	case actUp:
		p.cursor--
	case actDown:
		p.cursor++
	case actPageUp, actFirst:
		p.cursor = 0
	case actPageDown, actLast:
		p.cursor = last
	case actBack:
		p.open = false
	case actToggle:
		if c := &p.columns[p.cursor]; c.hidden || len(p.shown()) > 1 {
			c.hidden = !c.hidden
		}
		shape = true
	case actMoveUp, actMoveDown:
		to := p.cursor + 1
		if a == actMoveUp {
			to = p.cursor - 1
		}
		if to < 0 || to > last {
			break
		}
		p.columns[p.cursor], p.columns[to] = p.columns[to], p.columns[p.cursor]
		p.cursor, shape = to, true
	case actSort:
		p.turn(p.columns[p.cursor].ref)
		order = true
	case actDefault:
		p.columns, p.orders = slices.Clone(p.own), slices.Clone(p.sorted)
		shape, order = true, true
	}
	p.cursor = min(max(p.cursor, 0), len(p.columns)-1)
	return shape, order
}

// turn makes a field a sort key, downwards first, then upwards, then none.
func (p *columnPanel) turn(ref filter.Ref) {
	at := p.sortedBy(ref)
	switch {
	case at < 0:
		p.orders = append(p.orders, filter.Order{Ref: ref, Down: true})
	case p.orders[at].Down:
		p.orders[at].Down = false
	default:
		p.orders = slices.Delete(p.orders, at, at+1)
	}
}

func (p *columnPanel) sortedBy(ref filter.Ref) int {
	return slices.IndexFunc(p.orders, func(o filter.Order) bool { return o.Ref == ref })
}

// arrow shows how rows are sorted by a field: ↓ or ↑, with the place among
// several keys.
func (p *columnPanel) arrow(ref filter.Ref) string {
	at := p.sortedBy(ref)
	if at < 0 {
		return ""
	}
	arrow := "↑"
	if p.orders[at].Down {
		arrow = "↓"
	}
	if len(p.orders) > 1 {
		arrow += fmt.Sprint(at + 1)
	}
	return arrow
}

// titles are the table's columns, with arrows where rows are sorted.
func (p *columnPanel) titles() []column {
	var columns []column
	for _, c := range p.shown() {
		if arrow := p.arrow(c.ref); arrow != "" {
			c.title += arrow
			c.width = max(c.width, len([]rune(c.title)))
		}
		columns = append(columns, c.keyed())
	}
	return columns
}

// keyed is the table's column, named as the field is.
func (c listColumn) keyed() column {
	c.key = c.name
	return c.column
}

// view is the panel, for the pane beside the table, with the widths that are
// wished for.
func (p *columnPanel) view(th theme, width, height int, wished widths) []string {
	room := max(height-4, 3)
	top := min(max(p.cursor-room/2, 0), max(len(p.columns)-room, 0))
	lines := []string{th.heading("Columns and sorting", width)}
	for i := top; i < min(top+room, len(p.columns)); i++ {
		c := p.columns[i]
		mark, box, style := "  ", "[x] ", th.plain
		if c.hidden {
			box, style = "[ ] ", th.dim
		}
		if i == p.cursor {
			mark, style = th.accent.Render("▸ "), style.Inherit(th.selected)
		}
		text := box + c.name
		if cells, ok := wished.of(c.keyed()); ok {
			text += "  " + plural(cells, "cell")
		}
		lines = append(lines, mark+style.Render(fit(text, width-7))+" "+th.accent.Render(fit(p.arrow(c.ref), 3)))
	}
	return append(append(lines, ""), styled(th.dim, wrap(strings.Join(p.summary(), ", "), width, 2))...)
}

func (p *columnPanel) summary() []string {
	if len(p.orders) == 0 {
		return []string{"not sorted: s sorts by the column"}
	}
	list := []string{"sorted by"}
	for i, o := range p.orders {
		at := slices.IndexFunc(p.columns, func(c listColumn) bool { return c.ref == o.Ref })
		if at >= 0 {
			list[0] = strings.TrimSpace(list[0] + " " + strings.Repeat("then ", min(i, 1)) + clean(p.columns[at].name))
		}
	}
	return list
}

// panelState is what is remembered of a panel.
type panelState struct {
	Shown []string `json:"shown,omitempty"` // names, in order
	Sort  []string `json:"sort,omitempty"`  // names, "-" before those sorted downwards
}

func (p *columnPanel) keep() panelState {
	var s panelState
	for _, c := range p.shown() {
		s.Shown = append(s.Shown, c.name)
	}
	for _, o := range p.orders {
		if at := slices.IndexFunc(p.columns, func(c listColumn) bool { return c.ref == o.Ref }); at >= 0 {
			name := p.columns[at].name
			if o.Down {
				name = "-" + name
			}
			s.Sort = append(s.Sort, name)
		}
	}
	return s
}

// restore takes what keep gave. Names that no column has are left out; make
// makes those that were added by hand.
func (p *columnPanel) restore(s panelState, make func(name string) (listColumn, bool)) {
	if len(s.Shown) == 0 {
		return
	}
	var columns []listColumn
	for _, name := range s.Shown {
		if c, ok := p.named(name, make); ok {
			c.hidden = false
			columns = append(columns, c)
		}
	}
	if len(columns) == 0 {
		return
	}
	for _, c := range p.columns {
		if !slices.Contains(s.Shown, c.name) {
			c.hidden = true
			columns = append(columns, c)
		}
	}
	p.columns, p.orders = columns, nil
	for _, name := range s.Sort {
		field, down := strings.CutPrefix(name, "-")
		if c, ok := p.named(field, make); ok {
			p.orders = append(p.orders, filter.Order{Ref: c.ref, Down: down})
		}
	}
	p.cursor = 0
}

func (p *columnPanel) named(name string, make func(string) (listColumn, bool)) (listColumn, bool) {
	if at := slices.IndexFunc(p.columns, func(c listColumn) bool { return c.name == name }); at >= 0 {
		return p.columns[at], true
	}
	if make == nil {
		return listColumn{}, false
	}
	return make(name)
}
