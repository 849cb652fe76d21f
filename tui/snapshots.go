package tui

import (
	"fmt"
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/experiments"
)

// snapshotList shows the snapshots, the newest first, and what one has more
// than another: the one before it, or one that was marked.
type snapshotList struct {
	shell         *shell
	width, height int
	table         table
	lines         sifted[data.SnapshotLine, *data.SnapshotLine]
	snapshots     []data.Snapshot // oldest first
	since         []balance       // what each brought, in the same order
	marked        int             // number to compare with, 0 for the one before
}

func newSnapshotList(s *shell) snapshotList {
	l := snapshotList{shell: s, table: table{columns: []column{
		{title: "", width: 1},
		{title: "no.", width: 4, right: true},
		{title: "snapshot", width: 12, drop: 2},
		{title: "records", width: 9, right: true},
		{title: "added", width: 9, right: true},
		{title: "age", width: 7, right: true, drop: 1},
	}}}
	l.lines.bar.schema = data.SnapshotFields()
	return l
}

func (l *snapshotList) set(t *experiments.RecordTable, _ balance) {
	l.snapshots = t.Snapshots()
	l.since = make([]balance, len(l.snapshots))
	start := 0
	for i, s := range l.snapshots {
		end := min(s.Records, t.Len())
		counts := balance{}
		for row := start; row < end; row++ {
			label, _ := t.LabelSide(row)
			c := counts[label]
			c.none++
			counts[label] = c
		}
		l.since[i], start = counts, max(end, start)
	}
	newest := slices.Clone(l.snapshots)
	slices.Reverse(newest)
	l.lines.give(data.SnapshotLines(newest))
	l.table.setCount(len(l.lines.shown))
}

func (l *snapshotList) typed(msg tea.Msg) {
	if l.lines.typed(msg, l.shell.now) {
		l.list()
	}
}

// list shows other snapshots, from the newest.
func (l *snapshotList) list() {
	l.table.cursor = 0
	l.table.setCount(len(l.lines.shown))
}

func (l *snapshotList) resize(width, height int) {
	l.width, l.height = width, height
	l.table.resize(height - filterHead)
}

// number of the snapshot under the cursor, from 1; 0 where there is none.
func (l *snapshotList) number() int {
	if l.table.cursor >= len(l.lines.shown) {
		return 0
	}
	return l.lines.shown[l.table.cursor].Number
}

// base is the number of the snapshot that it is compared with; 0 is nothing.
func (l *snapshotList) base() int {
	n := l.number()
	if l.marked > 0 && l.marked != n {
		return l.marked
	}
	return n - 1
}

func (l *snapshotList) why(a action) string {
	if (a == actOpen || a == actDifference || a == actMark) && l.number() == 0 {
		return "there is no snapshot"
	}
	return ""
}

func (l *snapshotList) act(a action) {
	if changed, done := l.lines.filters(l.shell.theme, a, l.shell.now); changed {
		l.list()
		return
	} else if done || l.table.act(a) {
		return
	}
	if a == actMark {
		n := l.number()
		if l.marked == n {
			n = 0
		}
		l.marked = n
	}
}

// filter selects the snapshot's records, or the difference.
func (l *snapshotList) filter(a action) string {
	n := l.number()
	if a == actOpen {
		return fmt.Sprintf("snapshot<=%d", n)
	}
	from, to := l.span()
	if from == to {
		return fmt.Sprintf("snapshot=%d", to)
	}
	return fmt.Sprintf("snapshot=%d..%d", from, to)
}

// span are the snapshots whose records make the difference.
func (l *snapshotList) span() (from, to int) {
	a, b := l.base(), l.number()
	return min(a, b) + 1, max(a, b)
}

func (l *snapshotList) listWidth() int { return min(54, l.width/2) }

func (l *snapshotList) view(task data.Task) []string {
	th := l.shell.theme
	width := l.listWidth()
	list := l.table.view(th, width, func(i int) []cell {
		s, mark := l.lines.shown[i], ""
		if s.Number == l.marked {
			mark = "●"
		}
		return []cell{
			{mark, th.accent}, {strconv.Itoa(s.Number), th.strong}, {short(s.ID), th.plain}, {thousands(s.Records), th.plain},
			{"+" + thousands(s.Added), th.good}, {ago(l.shell.now, s.Created), th.dim},
		}
	})
	title := "Snapshots  " + l.table.place()
	if n := len(l.snapshots); len(l.lines.shown) < n {
		title += " selected of " + thousands(n)
		if len(l.lines.shown) == 0 {
			list = append(list, th.nothingMatches()...)
		}
	}
	head := []string{th.heading(title, l.width)}
	if l.lines.bar.open() {
		head = append(head, l.lines.bar.view(th, l.width)...)
	} else {
		head = append(head, th.dim.Render("Each is the one before it and what one ingest brought."))
	}
	head = tableHead(head, l.width)
	return append(head, th.beside(list, l.difference(task, l.width-width-3), width, l.width, l.height-len(head))...)
}

func (l *snapshotList) difference(task data.Task, width int) []string {
	th := l.shell.theme
	if l.number() == 0 {
		return nil
	}
	from, to := l.span()
	sum := balance{}
	for _, counts := range l.since[from-1 : to] {
		for label, c := range counts {
			all := sum[label]
			all.none += c.none
			sum[label] = all
		}
	}
	title := fmt.Sprintf("no. %d minus no. %d", to, from-1)
	if from == 1 {
		title = fmt.Sprintf("no. %d", to)
	}
	s := l.snapshots[l.number()-1]
	lines := th.pairs([]pair{
		{"snapshot", s.ID}, {"records", thousands(s.Records)}, {"made", s.Created.Format("2006-01-02 15:04:05 MST")},
		{"difference", counted(sum.records(), "record")},
	}, width, 2)
	return append(append(lines, ""), th.balanceBars(sum, title+", by "+labelName(task), width, -1)...)
}
