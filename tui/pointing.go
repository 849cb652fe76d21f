package tui

import (
	"encoding/json"

	tea "charm.land/bubbletea/v2"
)

// What pages do with the mouse, and what they remember.

// click puts the cursor on the row in a line of the table, its header being
// line 0. again is true where it stood there already.
func (t *table) click(line int) (hit, again bool) {
	row := t.top + line - 1
	if line < 1 || line > t.height || row >= t.count {
		return false, false
	}
	again = row == t.cursor
	t.cursor = row
	return true, again
}

// Click opens the run that was clicked, and chooses a step or, where it is
// chosen already, does it.
func (p *overviewPage) Click(x, y int) tea.Cmd {
	if p.empty() || !p.loaded || x >= p.leftWidth() {
		return nil
	}
	_, runs := p.column(p.leftWidth(), p.width < wideOverview)
	if i := y - runs; i >= 0 && i < min(p.height-runs, len(p.summary.runs)) {
		id := p.summary.runs[i].ID
		return func() tea.Msg { return openRunMsg{id} }
	}
	first := len(p.productionLines(p.width)) + 2
	if i := y - first; i >= 0 && i < len(p.next) && y < p.height-6 {
		if p.cursor == i {
			return p.Act(actOpen)
		}
		p.cursor = i
	}
	return nil
}

func (p *dataPage) Click(x, y int) tea.Cmd {
	if p.panel.open || p.mode == inRecord || x > p.Border() && p.mode != inSnapshots {
		return nil
	}
	switch p.mode {
	case inLetters:
		if hit, _ := p.letters.table.click(y - filterHead); hit {
			return tea.Batch(p.letters.need(), p.letters.look())
		}
		return nil
	case inSnapshots:
		p.snapshots.table.click(y - filterHead)
		return nil
	}
	hit, again := p.table.click(y - filterHead)
	switch {
	case !hit:
		return nil
	case again:
		return p.Act(actOpen)
	}
	return p.look()
}

func (p *dataPage) Border() int {
	if p.mode == inSnapshots {
		return -1
	}
	if p.mode == inLetters {
		return p.width - p.letters.sideWidth() - 2
	}
	return p.width - p.sideWidth() - 2
}

func (p *dataPage) MoveBorder(x int) tea.Cmd {
	if p.mode == inLetters {
		p.letters.divide.move(x, p.width)
	} else {
		p.divide.move(x, p.width)
	}
	p.layout()
	return nil
}

// dataState is what the Data page remembers.
type dataState struct {
	Filter  string     `json:"filter,omitempty"`
	Refused string     `json:"refused,omitempty"` // the filter of dead letters
	Columns panelState `json:"columns"`
	Divide  divide     `json:"divide"`
	Letters divide     `json:"letters"`
	Widths  struct {
		Records   widths `json:"records,omitempty"`
		Letters   widths `json:"letters,omitempty"`
		Snapshots widths `json:"snapshots,omitempty"`
	} `json:"widths"`
}

func (p *dataPage) Keep() any {
	s := dataState{Filter: p.bar.text, Refused: p.letters.bar.text, Columns: p.panel.keep(), Divide: p.divide, Letters: p.letters.divide}
	s.Widths.Records, s.Widths.Letters, s.Widths.Snapshots = p.table.widths, p.letters.table.widths, p.snapshots.table.widths
	return s
}

func (p *dataPage) Restore(text json.RawMessage) tea.Cmd {
	var s dataState
	if json.Unmarshal(text, &s) != nil {
		return nil
	}
	p.divide, p.letters.divide = s.Divide, s.Letters
	p.table.widths, p.letters.table.widths, p.snapshots.table.widths = s.Widths.Records, s.Widths.Letters, s.Widths.Snapshots
	p.panel.restore(s.Columns, nil)
	p.table.columns = p.panel.titles()
	p.layout()
	if s.Filter != "" && p.bar.text == "" {
		p.bar.set(s.Filter, p.shell.now)
	}
	if bar := &p.letters.bar; s.Refused != "" && bar.text == "" {
		bar.set(s.Refused, p.shell.now)
	}
	return p.reselect()
}

// Table is that of the records, the dead letters or the snapshots.
func (p *dataPage) Table() (t *table, line, width int) {
	switch {
	case p.mode == inLetters && p.letters.table.count > 0:
		return &p.letters.table, filterHead, p.letters.listWidth()
	case p.records == nil:
	case p.mode == inSnapshots:
		return &p.snapshots.table, filterHead, p.snapshots.listWidth()
	case p.mode == inRecords:
		return &p.table, filterHead, p.listWidth()
	}
	return nil, 0, 0
}

func (p *runsPage) Table() (t *table, line, width int) {
	if p.run != nil || p.compare != nil || p.all == nil || p.all.Len() == 0 {
		return nil, 0, 0
	}
	return &p.table, filterHead, p.listWidth()
}

func (p *runsPage) Click(x, y int) tea.Cmd {
	switch {
	case p.compare != nil:
		return p.compare.click(x, y)
	case p.run != nil:
		return p.run.click(x, y)
	case p.panel.open || p.views.open:
		return nil
	}
	hit, again := p.table.click(y - filterHead)
	switch {
	case !hit:
		return nil
	case again:
		return p.Act(actOpen)
	}
	p.remember()
	return nil
}

func (p *modelsPage) Click(_, y int) tea.Cmd {
	if hit, again := p.table.click(y - len(p.head())); hit && again {
		return p.Act(actOpenRun)
	}
	return nil
}

func (p *modelsPage) Table() (t *table, line, width int) {
	if len(p.versions) == 0 {
		return nil, 0, 0
	}
	return &p.table, len(p.head()), p.width
}

func (p *modelsPage) Keep() any { return tableState{p.table.widths, p.bar.text} }

func (p *modelsPage) Restore(text json.RawMessage) tea.Cmd {
	var s tableState
	if json.Unmarshal(text, &s) != nil {
		return nil
	}
	p.table.widths = s.Widths
	if s.Filter != "" && p.bar.text == "" && p.bar.set(s.Filter, p.shell.now) {
		return p.refilter()
	}
	return nil
}

func (p *servingPage) Click(_, y int) tea.Cmd {
	p.table.click(y - p.tableLine())
	return nil
}

func (p *servingPage) Table() (t *table, line, width int) {
	if len(p.serving.servers) == 0 {
		return nil, 0, 0
	}
	return &p.table, p.tableLine(), p.width
}

// tableLine is where the table of servers begins.
func (p *servingPage) tableLine() int { return p.productionHeight() + 1 + p.servers.bar.height() }

func (p *servingPage) Keep() any { return tableState{p.table.widths, p.servers.bar.text} }

func (p *servingPage) Restore(text json.RawMessage) tea.Cmd {
	var s tableState
	if json.Unmarshal(text, &s) != nil {
		return nil
	}
	p.table.widths = s.Widths
	if bar := &p.servers.bar; s.Filter != "" && bar.text == "" {
		bar.set(s.Filter, p.shell.now)
		p.servers.sift()
	}
	p.list()
	return nil
}

// tableState is what is remembered of a table whose columns nobody chooses.
type tableState struct {
	Widths widths `json:"widths,omitempty"`
	Filter string `json:"filter,omitempty"`
}
