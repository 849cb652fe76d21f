package tui

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// What a click does beyond a row of a page's table: the sections of a run and
// of a comparison, the fields of a form, and what lies over a page. It is what
// keys do, in fewer steps; nothing is done by a click alone.

// labelAt is which of the labels, drawn from column 0 with gap cells between
// them, stands in a column.
func labelAt(labels []string, gap, x int) (i int, ok bool) {
	at := 0
	for i, label := range labels {
		width := ansi.StringWidth(label)
		if x >= at && x < at+width {
			return i, true
		}
		at += width + gap
	}
	return 0, false
}

// clickPage gives a click to the page. In a form it ends the text that is being
// typed; in a filter that is all it does, for the rows are others then.
func (r *root) clickPage(x, y int) tea.Cmd {
	page, ok := r.page().(clickable)
	width, height := r.pageSize()
	if !ok || x < 0 || y < 0 || x >= width || y >= height {
		return nil
	}
	if !r.page().Typing() {
		return page.Click(x, y)
	}
	form := r.context() == inField
	cmd := r.page().Act(actAccept)
	if !form || r.page().Typing() {
		return cmd
	}
	return tea.Batch(cmd, page.Click(x, y))
}

// clickOver gives a click, in the screen's cells, to what covers the page.
func (r *root) clickOver(x, y int) tea.Cmd {
	th := r.shell.theme
	switch {
	case r.palette != nil:
		_, y = inBox(r.palette.view(th, r.width, r.height), x, y, r.width, r.height)
		top, rows := r.palette.window(r.height)
		if n := y - paletteHead; n >= 0 && n < rows && top+n < len(r.palette.found) {
			r.palette.cursor = top + n
			return r.pressPalette(actAccept, true, tea.KeyPressMsg{})
		}
	case r.settings != nil:
		x, y = inBox(r.settings.view(th, r.width), x, y, r.width, r.height)
		return r.clickSettings(x, y)
	case r.overlay.kind == "" && r.shell.dialog != nil:
		d := r.shell.dialog
		box := d.view(th, r.width, r.height-1)
		x, y = inBox(box, x, y, r.width, r.height)
		if part, ok := d.fieldAt(y, r.width, r.height-1); ok {
			d.write(part, x-2)
			return nil
		}
		if y != len(box)-3 { // the buttons are the last line
			return nil
		}
		if i, ok := labelAt(d.buttons(), 2, x); ok {
			d.typing, d.part = false, partConfirm+dialogPart(i)
			return r.pressDialog(actPress, true, tea.KeyPressMsg{})
		}
	}
	return nil
}

// inBox turns a cell of the screen into one of what a box frames, which lies in
// the middle of the screen: its first cell is 0, 0.
func inBox(box []string, x, y, width, height int) (column, line int) {
	left, top := corner(box, width, height)
	return x - left - 3, y - top - 1
}

// clickSettings takes the choice that was clicked.
func (r *root) clickSettings(x, y int) tea.Cmd {
	lines, inner := 2, r.settings.inner(r.width) // title and air
	for i, line := range settingTable() {
		if y == lines {
			r.settings.cursor = i
			n, ok := labelAt(line.labels(), line.gap(inner), x-settingName)
			if !ok {
				return nil
			}
			return r.choose(func(int, int) int { return n })
		}
		lines += r.settings.height(line, inner)
	}
	return nil
}

func (v *runView) click(x, y int) tea.Cmd {
	switch line := y - headHeight; {
	case !v.loaded:
	case line == -2:
		if i, ok := labelAt(v.labels(), 1, x); ok {
			v.section, v.top, v.chosen = i, 0, true
		}
	case v.section == sectionEvaluation && v.run.Evaluation != nil:
		row, col, ok := cellAt(*v.run.Evaluation, x, line+v.top, v.width)
		if !ok || line < 0 {
			return nil
		}
		v.matrix = matrix{focused: true, row: row, col: col}
		cmd, _ := v.actOnMatrix(actOpenCell)
		return cmd
	case v.section == sectionMistakes && x < v.width-v.mistakes.sideWidth()-3:
		if hit, _ := v.mistakes.table.click(line - v.mistakes.headHeight()); hit {
			return v.mistakes.look()
		}
	}
	return nil
}

func (v *compareView) click(x, y int) tea.Cmd {
	switch line := y - compareHead; {
	case line == -2:
		if i, ok := labelAt(compareLabels(), 1, x); ok {
			return v.show(i)
		}
	case v.section == compareDisagreements && v.pair.state() == "" && x < v.width-v.pair.sideWidth()-3:
		line -= len(v.pair.note(v.ids[0], v.ids[v.other])) + v.pair.differing.bar.height()
		if hit, _ := v.pair.table.click(line); hit {
			return v.pair.look()
		}
	}
	return nil
}

// Click puts the cursor on a field, and edits it or takes its next choice where
// it stood there already. The button is pressed at once.
func (p *trainPage) Click(x, y int) tea.Cmd {
	field, again, ok := p.form.click(y - 2)
	switch {
	case !ok || x >= p.formWidth():
		return nil
	case p.form.onButton() && p.Why(actEdit) != "":
		p.shell.say("Cannot start: %s.", clean(p.Why(actEdit)))
		return nil
	case p.form.onButton() || again && field != nil:
		return p.Act(actEdit)
	}
	return nil
}

// click puts the cursor on the field in a line of the form, or on the button.
func (f *form) click(line int) (field *formField, again, ok bool) {
	row := f.top + line
	if line < 0 || line >= f.height || row == len(f.fields) || row > f.rowOf(len(f.fields)) {
		return nil, false, false
	}
	at := min(row, len(f.fields))
	again = f.cursor == at
	f.cursor = at
	return f.current(), again, true
}
