package tui

import (
	"fmt"
	"slices"
	"strconv"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"

	"ringlab/data"
)

// dataPage shows the records of the newest snapshot, one record at large, or
// the dead letters. It holds a window of the records, never all.
type dataPage struct {
	shell         *shell
	width, height int
	mode          keyContext // inRecords, inRecord, inLetters
	table         table
	snapshot      data.Snapshot
	loaded        bool
	rows          window[recordRow]
	askedTop      int // what was on screen when the window was asked for
	request       int
	pending       bool
	overview      overviewLoadedMsg
	overviewAsked int
	refreshes     int
	filter        string
	typing        bool
	input         textinput.Model
	preview       preview
	letters       letterList
	divide        divide
}

// overviewEvery is in refreshes: the overview reads more than a window does.
const overviewEvery = 3

func newDataPage(s *shell) *dataPage {
	p := &dataPage{shell: s, mode: inRecords, letters: newLetterList(s)}
	p.table.columns = []column{
		{title: "compound", width: 10, right: true},
		{title: "rings", width: 5, right: true},
		{title: "formula", width: 14, drop: 1},
		{title: "SMILES", width: 12, grow: true},
		{title: "picture", width: 22, drop: 2},
	}
	return p
}

func (p *dataPage) Context() keyContext { return p.mode }
func (p *dataPage) Typing() bool        { return p.typing }

func (p *dataPage) Refresh() tea.Cmd {
	p.refreshes++
	var cmds []tea.Cmd
	if p.overviewAsked == 0 || p.refreshes%overviewEvery == 0 {
		var cmd tea.Cmd
		p.overviewAsked, cmd = p.shell.ask(loadOverview(p.shell.session.Data, p.overview.snapshot))
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

// load asks for the window around what is on screen.
func (p *dataPage) load() tea.Cmd {
	if p.pending {
		return nil
	}
	p.pending = true
	return p.loadNow()
}

func (p *dataPage) loadNow() tea.Cmd {
	p.askedTop = p.table.top
	offset, limit := around(p.table)
	q := data.Query{Text: p.filter, Offset: offset, Limit: limit}
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(loadRecords(p.shell.session.Data, q))
	return cmd
}

func (p *dataPage) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		p.input = typed(p.input, msg)
		return p.setFilter(p.input.Value())
	case recordsLoadedMsg:
		if msg.request != p.request {
			return nil
		}
		p.pending, p.loaded = false, true
		p.snapshot, p.rows = msg.snapshot, window[recordRow]{msg.rows, msg.offset}
		p.table.setCount(msg.total)
		if p.table.top != p.askedTop { // the person scrolled on meanwhile
			return tea.Batch(p.need(), p.look())
		}
		return p.look()
	case overviewLoadedMsg:
		if msg.request != p.overviewAsked {
			return nil
		}
		if msg.labels == nil {
			msg.labels = p.overview.labels
		}
		p.overview = msg
		p.table.columns[1].title = labelName(msg.task)
		if p.loaded && msg.snapshot != p.snapshot.ID {
			p.loaded = false
			return p.load()
		}
	case pictureLoadedMsg:
		p.preview.show(msg, p.shell.theme.mono)
	case repaintMsg:
		p.preview.repaint(p.shell.theme.mono)
	case openLettersMsg:
		p.setMode(inLetters)
		return p.letters.refresh()
	case lettersRetriedMsg:
		p.loaded = false
		return p.letters.update(msg)
	case failedMsg:
		if msg.request == p.request {
			p.pending = false
		}
		return p.letters.update(msg)
	default:
		return p.letters.update(msg)
	}
	return nil
}

// labelName is what the label is called, in the workspace's task.
func labelName(t data.Task) string {
	if t.LabelName == "" {
		return "rings"
	}
	return clean(t.LabelName)
}

func (p *dataPage) setFilter(text string) tea.Cmd {
	if text == p.filter {
		return nil
	}
	p.filter = text
	p.table.cursor, p.table.top = 0, 0
	p.pending = true
	return p.loadNow() // supersedes what was asked before
}

// need asks for another window when the screen left this one.
func (p *dataPage) need() tea.Cmd {
	if p.rows.covers(p.table) {
		return nil
	}
	return p.load()
}

// look asks for the picture of the record under the cursor.
func (p *dataPage) look() tea.Cmd {
	row, ok := p.rows.at(p.table.cursor)
	if !ok {
		if p.table.count == 0 {
			p.preview.forget()
		}
		return nil
	}
	key := strconv.FormatInt(row.record.ID, 10) + row.record.Picture
	if key == p.preview.of {
		return nil
	}
	request, cmd := p.shell.ask(loadPicture(p.shell.session.Data, row.record))
	p.preview.want(key, request)
	return cmd
}

func (p *dataPage) Why(a action) string {
	if p.mode == inLetters {
		return p.letters.why(a)
	}
	switch a {
	case actOpen:
		if p.table.count == 0 {
			return "there is no record"
		}
	case actFilter:
		if p.snapshot.ID == "" {
			return "there are no records; ringlab ingest FOLDER adds some"
		}
	}
	return ""
}

func (p *dataPage) Act(a action) tea.Cmd {
	switch {
	case p.typing:
		return p.actTyping(a)
	case p.mode == inLetters && a == actRecords:
		p.setMode(inRecords)
		return tea.Batch(p.Refresh(), p.look())
	case p.mode == inLetters:
		return p.letters.act(a)
	case p.table.act(a):
		return tea.Batch(p.need(), p.look())
	}
	switch a {
	case actOpen:
		p.setMode(inRecord)
	case actBack:
		if p.mode == inRecord {
			p.setMode(inRecords)
			return nil
		}
		return p.setFilter("")
	case actFilter:
		p.input, p.typing = newField(p.shell.theme, p.filter, 40), true
	case actLetters:
		p.setMode(inLetters)
		return p.letters.refresh()
	}
	return nil
}

func (p *dataPage) actTyping(a action) tea.Cmd {
	p.typing = false
	if a == actAbandon {
		return p.setFilter("")
	}
	return nil
}

func (p *dataPage) setMode(c keyContext) {
	p.mode = c
	p.layout()
}

func (p *dataPage) Resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.layout()
	return p.need()
}

// sideWidth is the right pane's room; the picture takes the upper part.
func (p *dataPage) sideWidth() int {
	if p.mode == inRecord {
		return p.divide.side(p.width, min(max(p.width/3, 30), 60), 28)
	}
	return p.divide.side(p.width, min(max(p.width*2/5, 28), 72), 28)
}

func (p *dataPage) layout() {
	p.table.resize(p.height - listHead(p.height))
	p.letters.resize(p.width, p.height)
	if p.mode == inRecord {
		p.preview.resize(p.width-p.sideWidth()-3, p.height-2)
		return
	}
	p.preview.resize(p.sideWidth(), max((p.height-listHead(p.height))*3/5, 5))
}

func (p *dataPage) View() []string {
	switch {
	case p.mode == inLetters:
		return p.letters.view(p.width, p.height)
	case p.loaded && p.snapshot.ID == "":
		return p.viewEmpty()
	case p.mode == inRecord:
		return p.viewRecord()
	}
	th := p.shell.theme
	left := p.width - p.sideWidth() - 3
	list := p.table.view(th, left, func(i int) []cell {
		row, ok := p.rows.at(i)
		if !ok {
			return []cell{{"…", th.dim}}
		}
		r := row.record
		return []cell{
			{strconv.FormatInt(r.CompoundID, 10), th.plain},
			{strconv.Itoa(r.Label), th.strong},
			{row.formula, th.plain},
			{r.SMILES, th.plain},
			{r.Image, th.dim},
		}
	})
	if p.loaded && p.table.count == 0 {
		list = append(list, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	side := slices.Concat(p.preview.view(th), []string{""}, p.details(p.sideWidth(), 2))
	head := block(p.head(), p.width, listHead(p.height))
	return append(head, th.beside(list, side, left, p.width, p.height-len(head))...)
}

// head is two lines: what is shown, and the filter or what waits.
func (p *dataPage) head() []string {
	th := p.shell.theme
	title := "Records"
	if p.loaded {
		title += "  " + p.table.place()
	}
	line := ""
	switch {
	case p.typing:
		line = th.accent.Render("filter ") + p.input.View()
	case p.filter != "":
		line = th.accent.Render("filter ") + clean(p.filter) + th.dim.Render("   esc clears it")
	case p.snapshot.ID != "":
		line = th.dim.Render("snapshot " + short(clean(p.snapshot.ID)))
		if n := p.overview.waiting; n > 0 {
			line += "   " + th.warn.Render(plural(n, "dead letter")+" waiting") + th.dim.Render("  press d")
		}
	}
	return []string{th.heading(title, p.width), pad(line, p.width)}
}

func (p *dataPage) details(width, wrapped int) []string {
	row, ok := p.rows.at(p.table.cursor)
	if !ok {
		return nil
	}
	r := row.record
	list := []pair{
		{labelName(p.overview.task), strconv.Itoa(r.Label)},
		{"compound", strconv.FormatInt(r.CompoundID, 10)},
		{"formula", row.formula},
		{"SMILES", r.SMILES},
		{"image", r.Image},
		{"picture", short(r.Picture)},
		{"group", short(r.Group)},
	}
	for _, field := range row.fields {
		if field.name != p.overview.task.LabelField {
			list = append(list, field)
		}
	}
	return p.shell.theme.pairs(list, width, wrapped)
}

func (p *dataPage) viewRecord() []string {
	th, side := p.shell.theme, p.sideWidth()
	row, _ := p.rows.at(p.table.cursor)
	title := fmt.Sprintf("Compound %d  %s", row.record.CompoundID, p.table.place())
	right := append(p.details(side, 6), "")
	if rest := p.height - 2 - len(right); len(p.overview.labels) > 0 && rest > 3 {
		right = append(right, p.balance(side, row.record.Label)...)
	}
	body := th.beside(p.preview.view(th), right, p.width-side-3, p.width, p.height-2)
	return append([]string{th.heading(title, p.width), ""}, body...)
}

// balance draws how many records there are of each label.
func (p *dataPage) balance(width, here int) []string {
	th := p.shell.theme
	return append([]string{th.heading("records by "+labelName(p.overview.task), width)}, th.balance(p.overview.labels, here, width)...)
}

func (p *dataPage) viewEmpty() []string {
	th := p.shell.theme
	return centred([]string{
		th.strong.Render("No records yet"),
		"",
		"Read a folder with compounds.json and pictures:",
		th.accent.Render("ringlab ingest FOLDER"),
		"",
		"or see the whole loop on the demo's data:",
		th.accent.Render("ringlab demo"),
		"",
		th.dim.Render("What ingest refuses waits under d, dead letters."),
	}, p.width, p.height)
}
