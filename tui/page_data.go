package tui

import (
	"slices"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
)

// dataPage shows the records of the newest snapshot, one record at large, the
// snapshots, or the dead letters. It holds the records in compact columns, so
// that moving, filtering and sorting ask nobody.
type dataPage struct {
	shell         *shell
	width, height int
	mode          keyContext // inRecords, inRecord, inSnapshots, inLetters
	table         table
	bar           filterBar
	panel         columnPanel

	records     *experiments.RecordTable // nil before the first answer
	loaded      bool                     // an answer came
	rows        []int32                  // of records, in the order shown; nil is all of them as they are
	request     int                      // for the records
	pending     bool
	selectAsked int // for rows
	selecting   bool
	stop        chan struct{} // ends the selection under way
	keepPlace   bool          // after the selection the cursor stays on its record
	balance     balance       // of what is selected
	showBalance bool

	overview      overviewLoadedMsg
	overviewAsked int
	refreshes     int
	preview       preview
	detail        recordDetail
	scroll        scroll // of the open record's text
	snapshots     snapshotList
	letters       letterList
	divide        divide
}

// overviewEvery is in refreshes: the overview reads more than a look does.
const overviewEvery = 3

func newDataPage(s *shell) *dataPage {
	p := &dataPage{shell: s, mode: inRecords, letters: newLetterList(s), snapshots: newSnapshotList(s)}
	p.bar.schema = experiments.RecordFields(data.DefaultTask())
	p.panel = newColumnPanel(recordColumns("rings"))
	p.table.columns = p.panel.titles()
	return p
}

// recordColumns are the columns there are; label is what the label is called.
func recordColumns(label string) []listColumn {
	at := func(field int) filter.Ref { return filter.Ref{Field: field} }
	return []listColumn{
		{name: "compound", ref: at(experiments.RecordCompound), column: column{title: "compound", width: 10, right: true}},
		{name: label, ref: at(experiments.RecordLabel), column: column{title: label, width: max(5, min(len(label), 10)), right: true}},
		{name: "predicted", ref: at(experiments.RecordPredicted), column: column{title: "said", width: 4, right: true, drop: 1}},
		{name: "split", ref: at(experiments.RecordSplit), column: column{title: "split", width: 10, drop: 3}},
		{name: "formula", ref: at(experiments.RecordFormula), column: column{title: "formula", width: 14, drop: 2}},
		{name: "smiles", ref: at(experiments.RecordSMILES), column: column{title: "SMILES", width: 12, grow: true}},
		{name: "image", ref: at(experiments.RecordImage), column: column{title: "picture", width: 22, drop: 4}},
		{name: "confidence", ref: at(experiments.RecordConfidence), column: column{title: "sure", width: 5, right: true, drop: 5}, hidden: true},
		{name: "copies", ref: at(experiments.RecordCopies), column: column{title: "copies", width: 6, right: true, drop: 5}, hidden: true},
		{name: "same_picture", ref: at(experiments.RecordSamePicture), column: column{title: "same pic", width: 8, right: true, drop: 6}, hidden: true},
		{name: "group", ref: at(experiments.RecordGroup), column: column{title: "group", width: 10, drop: 6}, hidden: true},
		{name: "snapshot", ref: at(experiments.RecordSnapshot), column: column{title: "snap", width: 4, right: true, drop: 6}, hidden: true},
		{name: "added", ref: at(experiments.RecordAdded), column: column{title: "added", width: 7, right: true, drop: 6}, hidden: true},
	}
}

func (p *dataPage) Context() keyContext {
	switch {
	case p.bar.typing && p.mode == inRecords, p.letters.bar.typing && p.mode == inLetters,
		p.snapshots.lines.bar.typing && p.mode == inSnapshots:
		return inFilter
	case p.panel.open:
		return inColumns
	}
	return p.mode
}

func (p *dataPage) Typing() bool { return p.Context() == inFilter }

func (p *dataPage) Refresh() tea.Cmd {
	p.refreshes++
	var cmds []tea.Cmd
	if p.overviewAsked == 0 || p.refreshes%overviewEvery == 0 {
		var cmd tea.Cmd
		p.overviewAsked, cmd = p.shell.ask(loadOverview(p.shell.session.Stores))
		cmds = append(cmds, cmd)
	}
	if p.mode == inLetters {
		return tea.Batch(append(cmds, p.letters.refresh())...)
	}
	if !p.loaded {
		cmds = append(cmds, p.load())
	}
	return tea.Batch(cmds...)
}

// load asks for the records of the newest snapshot.
func (p *dataPage) load() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadRecords(p.shell.session.Stores, p.records))
	return cmd
}

func (p *dataPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		if p.mode == inLetters {
			return p.letters.typed(msg)
		}
		if p.mode == inSnapshots {
			p.snapshots.typed(msg)
			return nil
		}
		if p.bar.key(msg, p.shell.now) {
			return p.refilter()
		}
		return nil
	case recordsLoadedMsg:
		return p.setRecords(msg)
	case rowsSelectedMsg:
		return p.setRows(msg)
	case overviewLoadedMsg:
		return p.setOverview(msg)
	case recordLoadedMsg:
		p.preview.show(msg.picture, p.shell)
		if row, ok := p.current(); ok && row.ID == msg.id {
			p.detail.take(msg)
			return p.askModel()
		}
	case answeredMsg:
		p.detail.answer(msg)
	case repaintMsg:
		p.preview.repaint(p.shell)
	case filterMsg:
		return p.take(msg)
	case openLettersMsg:
		p.setMode(inLetters)
		return p.Refresh()
	case lettersRetriedMsg:
		return tea.Batch(p.letters.update(msg), p.load())
	case failedMsg:
		p.forgive(msg.request)
		return p.letters.update(msg)
	default:
		return p.letters.update(msg)
	}
	return nil
}

// take filters the records or the dead letters.
func (p *dataPage) take(msg filterMsg) tea.Cmd {
	switch {
	case msg.page != pageData:
		return nil
	case !msg.letters:
		p.setMode(inRecords)
		return tea.Batch(p.setFilter(msg.text), p.Refresh())
	}
	p.setMode(inLetters)
	p.letters.bar.set(msg.text, p.shell.now)
	return tea.Batch(p.letters.refilter(), p.Refresh())
}

// forgive lets a question be asked again that failed.
func (p *dataPage) forgive(request int) {
	switch request {
	case p.request:
		p.pending = false
	case p.selectAsked:
		p.selecting = false
	case p.detail.asked:
		p.detail.asked = 0
	}
}

func (p *dataPage) setOverview(msg overviewLoadedMsg) tea.Cmd {
	if msg.request != p.overviewAsked {
		return nil
	}
	before := labelName(p.overview.task)
	p.overview = msg
	if name := labelName(msg.task); name != before {
		p.bar.schema = experiments.RecordFields(msg.task)
		p.panel = newColumnPanel(recordColumns(name), p.panel.orders...)
		p.table.columns = p.panel.titles()
	}
	if p.loaded && (p.records == nil && msg.snapshot != "" ||
		p.records != nil && (msg.snapshot != p.records.Snapshot.ID || msg.model != p.records.Model)) {
		return p.load()
	}
	return nil
}

// setRecords takes a table, and asks for the rest where it is only the first.
func (p *dataPage) setRecords(msg recordsLoadedMsg) tea.Cmd {
	if msg.request != p.request {
		return nil
	}
	p.pending, p.loaded, p.records = false, true, msg.table
	if msg.table == nil {
		p.rows = nil
		p.table.setCount(0)
		p.preview.forget()
		return nil
	}
	p.bar.schema = msg.table.Fields()
	p.snapshots.set(msg.table, msg.balance)
	if !msg.table.Whole() {
		p.balance = nil
		if p.plain() {
			p.table.setCount(msg.table.Snapshot.Records)
		}
		return tea.Batch(p.load(), p.look())
	}
	p.keepPlace = true
	if p.plain() {
		p.balance = msg.balance
	}
	return p.reselect()
}

// plain: all records are shown, as they are.
func (p *dataPage) plain() bool { return p.bar.applied.All() && len(p.panel.orders) == 0 }

// refilter shows what another filter selects, from its beginning.
func (p *dataPage) refilter() tea.Cmd {
	p.table.cursor, p.table.top = 0, 0
	p.keepPlace = false
	return p.reselect()
}

// reselect applies filter and order. What was asked before is not of interest
// any more.
func (p *dataPage) reselect() tea.Cmd {
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	p.selectAsked, p.selecting = 0, false
	if p.records == nil {
		return nil
	}
	if p.plain() {
		return p.show(nil, p.records.Snapshot.Records)
	}
	if !p.records.Whole() {
		return nil // asked again when all are there
	}
	p.stop, p.selecting = make(chan struct{}), true
	var cmd tea.Cmd
	p.selectAsked, cmd = p.shell.ask(selectRecords(p.records, p.bar.applied, p.panel.orders, p.stop))
	return cmd
}

func (p *dataPage) setRows(msg rowsSelectedMsg) tea.Cmd {
	if msg.request != p.selectAsked || p.records == nil {
		return nil
	}
	p.selecting, p.balance = false, msg.balance
	if msg.rows == nil {
		msg.rows = []int32{}
	}
	return p.show(msg.rows, len(msg.rows))
}

// show puts rows on screen; the cursor stays on its record if that is asked
// for and it is among them.
func (p *dataPage) show(rows []int32, count int) tea.Cmd {
	here := p.row(p.table.cursor)
	p.rows = rows
	if p.keepPlace && here >= 0 {
		if at := slices.Index(rows, int32(here)); at >= 0 { //nolint:gosec // a row's number
			p.table.cursor = at
		} else if rows == nil {
			p.table.cursor = here
		}
	}
	if rows == nil && p.records.Whole() && p.balance.records() != count {
		p.balance = balanceOf(p.records, nil)
	}
	p.table.setCount(count)
	return p.look()
}

// row is the number of the record in line i, -1 where it is not there yet.
func (p *dataPage) row(i int) int {
	switch {
	case p.records == nil || i < 0:
		return -1
	case p.rows != nil && i < len(p.rows):
		return int(p.rows[i])
	case p.rows == nil && i < p.records.Len():
		return i
	}
	return -1
}

// current is the record under the cursor.
func (p *dataPage) current() (experiments.RecordRow, bool) {
	i := p.row(p.table.cursor)
	if i < 0 || i >= p.records.Len() || p.table.count == 0 {
		return experiments.RecordRow{}, false
	}
	return p.records.Row(i), true
}

// look asks for the picture and the fields of the record under the cursor.
func (p *dataPage) look() tea.Cmd {
	row, ok := p.current()
	if !ok {
		if p.table.count == 0 {
			p.preview.forget()
		}
		return nil
	}
	key := strconv.FormatInt(row.ID, 10) + row.Picture
	if key == p.preview.of {
		return p.askModel()
	}
	request, cmd := p.shell.ask(loadRecord(p.shell.session.Data, row))
	p.preview.want(key, request)
	p.detail.want(row.ID)
	return cmd
}

// askModel asks the model in production about the open record.
func (p *dataPage) askModel() tea.Cmd {
	if p.mode != inRecord || p.preview.picture == nil || !p.detail.wants() {
		return nil
	}
	var cmd tea.Cmd
	p.detail.asked, cmd = p.shell.ask(answerRecord(p.shell.session.Stores, p.detail.id, p.preview.picture, p.detail.model))
	return cmd
}

func (p *dataPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.layout()
	return nil
}

// sideWidth is the right pane's room; the picture takes the upper part.
func (p *dataPage) sideWidth() int {
	if p.mode == inRecord {
		return p.divide.side(p.width, min(max(p.width/3, 30), 60), 28)
	}
	return p.divide.side(p.width, min(max(p.width*2/5, 28), 72), 28)
}

// listWidth is the room of the table.
func (p *dataPage) listWidth() int { return p.width - p.sideWidth() - 3 }

func (p *dataPage) layout() {
	p.table.resize(p.height - filterHead)
	p.letters.resize(p.width, p.height)
	p.snapshots.resize(p.width, p.height)
	if p.mode == inRecord {
		p.preview.resize(p.width-p.sideWidth()-3, p.height-2)
		return
	}
	p.preview.resize(p.sideWidth(), max((p.height-filterHead)*3/5, 5))
}
