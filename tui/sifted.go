package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/filter"
)

// sifted is a list at hand behind the filter that every table has.
type sifted[T any, P interface {
	*T
	filter.Row[P]
}] struct {
	bar   filterBar
	all   []T
	keep  func(*T) bool // of all, what is listed without a filter; nil keeps all
	shown []T           // what is listed
}

// give takes another list.
func (s *sifted[T, P]) give(all []T) {
	s.all = all
	s.sift()
}

func (s *sifted[T, P]) sift() {
	selects := filter.Matcher[P](s.bar.applied)
	s.shown = make([]T, 0, len(s.all))
	for i := range s.all {
		if row := &s.all[i]; (s.keep == nil || s.keep(row)) && selects(row) {
			s.shown = append(s.shown, *row)
		}
	}
}

// typed gives a key or a paste to the filter; changed tells that other rows
// are listed.
func (s *sifted[T, P]) typed(msg tea.Msg, now time.Time) (changed bool) {
	if changed = s.bar.typing && s.bar.key(msg, now); changed {
		s.sift()
	}
	return changed
}

// filters does what concerns the filter: all while it is typed, and what begins
// and clears it; done is false for any other action.
func (s *sifted[T, P]) filters(th theme, a action, now time.Time) (changed, done bool) {
	switch {
	case s.bar.typing:
		changed = s.bar.act(a, now)
	case a == actFilter:
		s.bar.begin(th, now)
	case (a == actBack || a == actLeaveCell || a == actLeaveEpoch) && s.bar.text != "":
		changed = s.bar.set("", now)
	default:
		return false, false
	}
	if changed {
		s.sift()
	}
	return changed, true
}

// open: the filter has lines over the table.
func (b *filterBar) open() bool { return b.typing || b.text != "" }

// head are the filter's lines over a table, none where there is no filter.
func (b *filterBar) head(th theme, width int) []string {
	if !b.open() {
		return nil
	}
	lines := b.view(th, width)
	return block(lines, width, max(barHeight, len(lines)))
}

// barHeight is how many lines a filter takes, but for what is wrong with one.
const barHeight = 2

// height is how many lines the table has to leave to the filter.
func (b *filterBar) height() int {
	if b.open() {
		return barHeight
	}
	return 0
}

// nothingMatches stands in place of the rows.
func (t theme) nothingMatches() []string {
	return []string{"", "  Nothing matches. " + t.dim.Render("esc clears the filter.")}
}
