package tui

import (
	"fmt"
	"strconv"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
)

// letterList is the part of the Data page that shows what ingest refused. It
// holds a window of the letters, never all.
type letterList struct {
	shell         *shell
	width, height int
	table         table
	letters       window[data.DeadLetter]
	waiting       int // of all letters
	askedTop      int // what was on screen when the window was asked for
	loaded        bool
	settled       bool // also those that are settled
	request       int
	pending       bool
	full          data.DeadLetter // the letter under the cursor, with its bytes
	fullRequest   int
	fullAsked     int64
	divide        divide
	bar           filterBar
	edited        editedLetter // what was edited last and is not ingested
	scroll        scroll       // of the text on the right
}

func newLetterList(s *shell) letterList {
	return letterList{shell: s, bar: filterBar{schema: data.LetterFields()}, table: table{columns: []column{
		{title: "id", width: 4, right: true},
		{title: "row", width: 5, right: true, drop: 3},
		{title: "code", width: 20},
		{title: "state", width: 10, drop: 2},
		{title: "seen", width: 4, right: true, drop: 3},
		{title: "reason", width: 10, grow: true, drop: 1},
	}}}
}

func (l *letterList) refresh() tea.Cmd {
	if l.pending {
		return nil
	}
	l.pending, l.askedTop = true, l.table.top
	var q data.LetterQuery
	q.Offset, q.Limit = around(l.table)
	if l.settled {
		q.States = []string{data.StateWaiting, data.StateIngested, data.StateDiscarded}
	}
	var cmd tea.Cmd
	l.request, cmd = l.shell.ask(loadLetters(l.shell.session.Data, q, l.bar.applied))
	return cmd
}

// typed gives a key or a paste to the filter.
func (l *letterList) typed(msg tea.Msg) tea.Cmd {
	if l.bar.key(msg, l.shell.now) {
		return l.refilter()
	}
	return nil
}

func (l *letterList) refilter() tea.Cmd {
	l.table.cursor, l.table.top = 0, 0
	return l.reload()
}

// need asks for another window when the screen left this one.
func (l *letterList) need() tea.Cmd {
	if l.letters.covers(l.table) {
		return nil
	}
	return l.refresh()
}

func (l *letterList) update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case lettersLoadedMsg:
		if msg.request != l.request {
			return nil
		}
		l.pending, l.loaded = false, true
		l.letters, l.waiting = window[data.DeadLetter]{msg.letters, msg.offset}, msg.waiting
		l.table.setCount(msg.total)
		if l.table.top != l.askedTop {
			return tea.Batch(l.need(), l.look())
		}
		return l.look()
	case letterLoadedMsg:
		if msg.request == l.fullRequest {
			l.full = msg.letter
		}
	case lettersRetriedMsg:
		kept, tried := msg.result.Kept+msg.result.Repeated, msg.result.Read
		l.shell.say("%s ingested, %d still refused.", plural(kept, "record"), tried-kept)
		return l.reload()
	case letterFileMsg:
		return openEditor(msg, l.shell.session.Environ)
	case letterEditedMsg:
		return l.retryEdited(msg)
	case letterRepairedMsg:
		l.edited = editedLetter{}
		l.shell.say("Dead letter %d is repaired and ingested.", msg.id)
		return l.reload()
	case letterRefusedMsg:
		l.shell.fail(failedMsg{doing: "ingest the repaired record", err: msg.err})
	case letterDiscardedMsg:
		l.shell.say("Dead letter %d is discarded; its bytes are kept.", msg.id)
		return l.reload()
	case failedMsg:
		switch msg.request {
		case l.request:
			l.pending = false
		case l.fullRequest:
			l.fullAsked = 0
		}
	}
	return nil
}

func (l *letterList) reload() tea.Cmd {
	l.pending, l.fullAsked = false, 0
	return l.refresh()
}

// current is the letter under the cursor.
func (l *letterList) current() (data.DeadLetter, bool) {
	return l.letters.at(l.table.cursor)
}

// currentID is its number, 0 for none.
func (l *letterList) currentID() int64 {
	letter, _ := l.current()
	return letter.ID
}

func (l *letterList) look() tea.Cmd {
	letter, ok := l.current()
	if !ok || letter.ID == l.fullAsked {
		return nil
	}
	l.fullAsked = letter.ID
	var cmd tea.Cmd
	l.fullRequest, cmd = l.shell.ask(loadLetter(l.shell.session.Data, letter.ID))
	return cmd
}

func (l *letterList) why(a action) string {
	letter, ok := l.current()
	switch a {
	case actRetry, actDiscard, actEditLetter:
		switch {
		case !ok:
			return "there is no dead letter"
		case letter.State != data.StateWaiting:
			return fmt.Sprintf("letter %d is %s already", letter.ID, letter.State)
		case a == actEditLetter && !l.shell.local():
			return "an editor would open on the host, not here; ringlab dlq export writes the record"
		}
	case actRetryAll:
		if l.waiting == 0 {
			return "no dead letter is waiting"
		}
	}
	return ""
}

func (l *letterList) act(a action) tea.Cmd {
	if l.bar.typing {
		if l.bar.act(a, l.shell.now) {
			return l.refilter()
		}
		return nil
	}
	if l.table.act(a) {
		return tea.Batch(l.need(), l.look())
	}
	letter, _ := l.current()
	if l.scroll.act(a, letter.ID, len(l.detail(l.sideWidth())), l.height-filterHead) {
		return nil
	}
	store, user := l.shell.session.Data, l.shell.session.User
	switch a {
	case actFilter:
		l.bar.begin(l.shell.theme, l.shell.now)
	case actBack:
		if l.bar.set("", l.shell.now) {
			return l.refilter()
		}
	case actEditLetter:
		return l.edit(letter)
	case actSettled:
		l.settled = !l.settled
		return l.reload()
	case actRetry:
		l.shell.say("Trying letter %d again …", letter.ID)
		_, cmd := l.shell.ask(retryLetters(store, []int64{letter.ID}, user))
		return cmd
	case actRetryAll:
		l.shell.open(dialog{
			title:  "Retry all waiting letters",
			lines:  []string{"Each is read again from its source folder; what passes now is ingested."},
			button: "Retry",
			confirm: func(string) tea.Cmd {
				_, cmd := l.shell.ask(retryLetters(store, nil, user))
				return cmd
			},
		})
	case actDiscard:
		l.shell.open(dialog{
			title:  fmt.Sprintf("Discard dead letter %d", letter.ID),
			lines:  []string{"It no longer waits. Its bytes and your reason are kept."},
			reason: true, needed: true, danger: true,
			button: "Discard",
			confirm: func(reason string) tea.Cmd {
				_, cmd := l.shell.ask(discardLetter(store, letter.ID, user, reason))
				return cmd
			},
		})
	}
	return nil
}

func (l *letterList) resize(width, height int) {
	l.width, l.height = width, height
	l.table.resize(height - filterHead)
}

func (l *letterList) sideWidth() int { return l.divide.side(l.width, min(max(l.width/2, 30), 90), 28) }

// listWidth is the room of the table.
func (l *letterList) listWidth() int { return l.width - l.sideWidth() - 3 }

func (l *letterList) view(width, height int) []string {
	th := l.shell.theme
	title := "Dead letters"
	note := "what ingest refused; nothing is dropped without a trace"
	if l.loaded {
		title += "  " + l.table.place()
	}
	if l.settled {
		note = "waiting, ingested and discarded"
	}
	lines := []string{th.heading(title, width)}
	if l.bar.typing || l.bar.text != "" {
		lines = append(lines, l.bar.view(th, width)...)
	} else {
		lines = append(lines, th.dim.Render(note))
	}
	head := tableHead(lines, width)
	height -= len(head)
	if l.loaded && l.table.count == 0 && l.bar.text != "" {
		return append(head, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	if l.loaded && l.table.count == 0 {
		return append(head, centred([]string{
			th.good.Render("✓ No dead letter is waiting"), "",
			th.dim.Render("a shows settled ones · d goes back to the records"),
		}, width, height)...)
	}
	left := width - l.sideWidth() - 3
	list := l.table.view(th, left, func(i int) []cell {
		d, ok := l.letters.at(i)
		if !ok {
			return []cell{{"…", th.dim}}
		}
		style := th.warn
		if d.State != data.StateWaiting {
			style = th.dim
		}
		return []cell{
			{strconv.FormatInt(d.ID, 10), th.plain},
			{strconv.Itoa(d.Row), th.plain},
			{d.Code, th.plain},
			{d.State, style},
			{strconv.Itoa(d.Seen), th.plain},
			{d.Reason, th.plain},
		}
	})
	return append(head, th.beside(list, l.scroll.view(th, l.detail(l.sideWidth()), l.currentID(), height), left, width, height)...)
}

func (l *letterList) detail(width int) []string {
	th := l.shell.theme
	letter, ok := l.current()
	if !ok {
		return nil
	}
	compound := "not given"
	if letter.CompoundID != nil {
		compound = strconv.FormatInt(*letter.CompoundID, 10)
	}
	list := []pair{
		{"reason", letter.Reason},
		{"code", letter.Code},
		{"file", letter.Source},
		{"place", fmt.Sprintf("row %d, byte %d", letter.Row, letter.Offset)},
		{"compound", compound},
		{"seen", fmt.Sprintf("%d×, last %s ago, first %s ago", letter.Seen,
			ago(l.shell.now, letter.Time), ago(l.shell.now, letter.FirstSeen))},
	}
	if letter.SettledBy != "" || letter.SettledWhy != "" {
		list = append(list, pair{letter.State + " by", letter.SettledBy + " " + letter.SettledWhy})
	}
	title, raw := "the record as it came", l.full.Raw
	if l.edited.id == letter.ID {
		title, raw = "the record as you left it; e goes on", l.edited.raw
	}
	if l.full.ID != letter.ID {
		raw = nil
	}
	return append(th.pairs(list, width, 20), th.rawLines(title, raw, width)...)
}
