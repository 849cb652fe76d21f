package tui

// window is the part of a long list that a page holds: the rows on screen and a
// screen more on either side. The rest stays in the store.
type window[T any] struct {
	rows   []T
	offset int // of the first row in the list
}

// around is the window to ask for when a table shows what it shows now.
func around(t table) (offset, limit int) {
	rows := max(t.height, 20)
	return max(t.top-rows, 0), 3 * rows
}

// at is line i of the list, if the window holds it.
func (w window[T]) at(i int) (row T, ok bool) {
	if i < w.offset || i >= w.offset+len(w.rows) {
		return row, false
	}
	return w.rows[i-w.offset], true
}

// covers tells whether the window holds all that a table shows.
func (w window[T]) covers(t table) bool {
	_, first := w.at(t.top)
	_, last := w.at(min(t.top+t.height, t.count) - 1)
	return t.count == 0 || first && last
}
