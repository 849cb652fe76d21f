package tui

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"

	"ringlab/experiments"
	"ringlab/models"
	"ringlab/tui/picture"
)

// epochPane shows the validation pictures that a run got wrong after an epoch,
// and those that it got right there and not an epoch before: a list, and as
// many pictures as have room, from the one under the cursor's page.
type epochPane struct {
	shell         *shell
	run           string
	open          bool
	width, height int
	wanted        int64 // the epoch that is to be shown
	newest        int64 // that has ended, 0 for none
	request       int   // under way, 0 for none
	loaded        bool
	answers       experiments.EpochAnswers
	differences   sifted[experiments.EpochAnswer, *experiments.EpochAnswer] // of answers
	table         table
	tiles         []preview
	across        int // tiles side by side
	trail         epochTrail
}

// epochAnswersMsg is what a run keeps of an epoch.
type epochAnswersMsg struct {
	request int
	answers experiments.EpochAnswers
}

func newEpochPane(s *shell, run string) epochPane {
	p := epochPane{shell: s, run: run, trail: epochTrail{shell: s, run: run}, table: table{columns: []column{
		{title: "change", width: 7},
		{title: "compound", width: 10, right: true, drop: 2},
		{title: "truth", width: 5, right: true},
		{title: "said", width: 4, right: true},
		{title: "sure", width: 5, right: true, drop: 1},
		{title: "before", width: 6, right: true, drop: 3},
		{title: "SMILES", width: 10, grow: true, drop: 4},
	}}}
	p.differences.bar.schema = experiments.EpochAnswerFields()
	return p
}

// show asks for an epoch, of which newest have ended. One question is under way at a time: a cursor that
// moves on meanwhile asks for where it is by then.
func (p *epochPane) show(epoch, newest int64) tea.Cmd {
	p.wanted, p.newest = epoch, newest
	if !p.open || p.request != 0 || epoch == 0 || epoch > newest || p.loaded && p.answers.Known && p.answers.Epoch == epoch {
		return nil
	}
	store, run := p.shell.session.Experiments, p.run
	var cmd tea.Cmd
	p.request, cmd = p.shell.ask(func(ctx context.Context, request int) tea.Msg {
		answers, err := store.AnswersAt(ctx, run, epoch)
		if err != nil {
			return failedMsg{request, "load the answers of an epoch", err}
		}
		return epochAnswersMsg{request, answers}
	})
	return cmd
}

func (p *epochPane) update(msg tea.Msg) tea.Cmd {
	return tea.Batch(p.hear(msg), p.trail.update(msg))
}

func (p *epochPane) hear(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case epochAnswersMsg:
		if msg.request != p.request {
			return nil
		}
		p.request = 0
		p.take(msg.answers)
		if p.wanted != msg.answers.Epoch {
			return tea.Batch(p.look(), p.show(p.wanted, p.newest))
		}
		return p.look()
	case failedMsg:
		if msg.request == p.request {
			p.request = 0
		}
	case pictureLoadedMsg:
		for i := range p.tiles {
			p.tiles[i].show(msg, p.shell)
		}
	case repaintMsg:
		for i := range p.tiles {
			p.tiles[i].repaint(p.shell)
		}
		return p.tile()
	}
	return nil
}

// take shows answers. The cursor stays on its picture if that is among them.
func (p *epochPane) take(a experiments.EpochAnswers) {
	d, had := p.current()
	p.loaded, p.answers = true, a
	p.differences.give(a.Differences)
	at := 0
	if had {
		at = max(slices.IndexFunc(p.differences.shown, func(e experiments.EpochAnswer) bool { return e.Record.ID == d.Record.ID }), 0)
	}
	p.table.cursor, p.table.top = at, min(p.table.top, at)
	p.table.setCount(len(p.differences.shown))
}

// list shows other answers of the epoch, from the first.
func (p *epochPane) list() tea.Cmd {
	p.layout()
	p.table.cursor = 0
	p.table.setCount(len(p.differences.shown))
	return p.look()
}

func (p *epochPane) typed(msg tea.Msg) tea.Cmd {
	if !p.differences.typed(msg, p.shell.now) {
		return nil
	}
	return p.list()
}

// current is the answer under the cursor.
func (p *epochPane) current() (experiments.EpochAnswer, bool) {
	if p.table.cursor >= len(p.differences.shown) {
		return experiments.EpochAnswer{}, false
	}
	return p.differences.shown[p.table.cursor], true
}

func (p *epochPane) act(a action) (cmd tea.Cmd, done bool) {
	if changed, done := p.differences.filters(p.shell.theme, a, p.shell.now); changed {
		return p.list(), true
	} else if done {
		p.layout()
		return nil, true
	}
	if !p.table.act(a) {
		return nil, false
	}
	return p.look(), true
}

// look asks for the pictures that have a tile, and the trail of the one under
// the cursor.
func (p *epochPane) look() tea.Cmd {
	var cmds []tea.Cmd
	for i := range p.tiles {
		at := p.firstTile() + i
		if at >= len(p.differences.shown) {
			p.tiles[i].forget()
			continue
		}
		record := p.differences.shown[at].Record
		key := strconv.FormatInt(record.ID, 10)
		if key == p.tiles[i].of {
			continue
		}
		request, cmd := p.shell.ask(loadPicture(p.shell.session.Data, record))
		p.tiles[i].want(key, request)
		cmds = append(cmds, cmd)
	}
	if d, ok := p.current(); ok && p.hasTrail() {
		cmds = append(cmds, p.trail.show(trailKey{d.Record.ID, p.newest}))
	}
	return tea.Batch(cmds...)
}

// hasTrail: a trail is under the list where that keeps enough lines.
func (p *epochPane) hasTrail() bool { return p.height >= 14 }

// firstTile is the answer in the first tile: the tiles turn over like pages.
func (p *epochPane) firstTile() int {
	n := max(len(p.tiles), 1)
	return p.table.cursor / n * n
}

func (p *epochPane) resize(width, height int) tea.Cmd {
	p.width, p.height = width, height
	p.layout()
	return p.tile()
}

// layout leaves room for what stands over and under the table.
func (p *epochPane) layout() {
	rows := p.height - 1 - p.differences.bar.height()
	if p.hasTrail() {
		rows -= trailHeight
	}
	p.table.resize(rows)
}

// Room that a tile takes at least, with its caption and the gap beside it. Half
// blocks have two dots a cell and need more of them.
func (p *epochPane) leastTile() (width, height int) {
	switch p.shell.canvas.Mode() {
	case picture.Kitty, picture.KittyTmux, picture.Sixel:
		return 26, 12
	default:
		return 38, 16
	}
}

const (
	mostTiles = 8
	tileGap   = 2
)

// tile lays out the pictures.
func (p *epochPane) tile() tea.Cmd {
	least, high := p.leastTile()
	width, height := p.sideWidth(), max(p.height-1, 2)
	p.across = min(max((width+tileGap)/(least+tileGap), 1), mostTiles/2)
	down := min(max(height/high, 1), mostTiles/p.across)
	for len(p.tiles) > p.across*down {
		p.tiles[len(p.tiles)-1].forget()
		p.tiles = p.tiles[:len(p.tiles)-1]
	}
	for len(p.tiles) < p.across*down {
		p.tiles = append(p.tiles, preview{})
	}
	for i := range p.tiles {
		p.tiles[i].resize((width-tileGap*(p.across-1))/p.across, height/down-1)
	}
	return p.look()
}

// sideWidth is the room for the pictures: what the list leaves.
func (p *epochPane) sideWidth() int {
	switch {
	case p.width < 70:
		return 22
	case p.width < 100:
		return 28
	}
	return p.width - max(p.width*3/10, 58) - 3
}

func (p *epochPane) view() []string {
	th := p.shell.theme
	lines := []string{th.heading(p.title(), p.width)}
	if why := p.nothing(); why != "" {
		return append(lines, styled(th.dim, wrap(why, p.width, max(p.height-1, 1)))...)
	}
	if len(p.answers.Differences) == 0 {
		return append(lines, th.good.Render("✓ "+fit("All of them were answered right, as after the epoch before.", p.width-2)))
	}
	left := p.width - p.sideWidth() - 3
	list := append(p.differences.bar.head(th, left), p.table.view(th, left, p.row)...)
	if len(p.differences.shown) == 0 {
		list = append(list, th.nothingMatches()...)
	}
	if d, ok := p.current(); ok && p.hasTrail() {
		list = append(list, p.trail.view(d, p.answers.Epoch, left)...)
	}
	return append(lines, th.beside(list, p.tileLines(), left, p.width, p.height-1)...)
}

// title counts what is listed, in as many words as have room.
func (p *epochPane) title() string {
	a := p.answers
	switch {
	case p.wanted == 0:
		return "Pictures of an epoch"
	case p.nothing() != "":
		return "Pictures of epoch " + strconv.FormatInt(p.wanted, 10)
	}
	changed := ""
	switch {
	case a.Compared && a.NewlyWrong+a.NewlyRight == 0:
		changed = fmt.Sprintf(", as after epoch %d", a.Epoch-1)
	case a.Compared:
		var parts []string
		if a.NewlyWrong > 0 {
			parts = append(parts, thousands(a.NewlyWrong)+" newly")
		}
		if a.NewlyRight > 0 {
			parts = append(parts, thousands(a.NewlyRight)+" now right")
		}
		changed = ", " + strings.Join(parts, " · ")
	}
	watched := ""
	if a.Watched < a.Pictures {
		watched = " kept of " + thousands(a.Pictures)
	}
	long := fmt.Sprintf("Epoch %d: %s of %s validation pictures%s wrong%s", a.Epoch, thousands(a.Wrong), thousands(a.Watched), watched, changed)
	if ansi.StringWidth(long)+4 <= p.width {
		return long
	}
	return fmt.Sprintf("Epoch %d: %s of %s wrong%s", a.Epoch, thousands(a.Wrong), thousands(a.Watched), changed)
}

// nothing says why there is nothing to list, "" if there is.
func (p *epochPane) nothing() string {
	a := p.answers
	switch {
	case p.newest == 0:
		return "No epoch has ended yet."
	case p.wanted > p.newest:
		return fmt.Sprintf("Epoch %d has not ended yet; the newest is %d.", p.wanted, p.newest)
	case !p.loaded:
		return "looking up the answers …"
	case a.Known:
		return ""
	case a.Kept.All():
		return "Nothing is kept of what this run answered in training: an earlier version of ringlab trained it, or it had no validation pictures. esc, then N, trains its spec again."
	}
	return fmt.Sprintf("Nothing is kept of epoch %d, only of epochs %d to %d: an earlier version of ringlab trained it.", a.Epoch, a.Kept.First, a.Kept.Last)
}

func (p *epochPane) row(i int) []cell {
	th, d := p.shell.theme, p.differences.shown[i]
	change, style := p.change(d)
	before := ""
	if p.answers.Compared {
		before = saidText(d.Before)
	}
	return []cell{
		{change, style},
		{strconv.FormatInt(d.Record.CompoundID, 10), th.plain},
		{strconv.Itoa(d.Record.Label), th.strong},
		{saidText(d.Said), th.strong},
		{sure(d.Said), th.plain},
		{before, th.dim},
		{d.Record.SMILES, th.dim},
	}
}

// change is what became of an answer, with a mark for right or wrong.
func (p *epochPane) change(d experiments.EpochAnswer) (text string, style lipgloss.Style) {
	th := p.shell.theme
	switch {
	case d.Change == experiments.NewlyRight:
		return "✓ now", th.good
	case d.Change == experiments.NewlyWrong:
		return "✗ newly", th.bad
	case p.answers.Compared:
		return "✗ still", th.warn
	}
	return "✗", th.warn
}

// saidText is the label of an answer, or a dash where the training went astray.
func saidText(a models.Answer) string {
	if a.Label < 0 {
		return "–"
	}
	return strconv.Itoa(a.Label)
}

// sure is the share of an answer's label.
func sure(a models.Answer) string {
	if a.Label < 0 {
		return "–"
	}
	return fmt.Sprintf("%.0f %%", 100*a.Share)
}

// tileLines are the pictures, each with its caption right under it.
func (p *epochPane) tileLines() []string {
	var lines []string
	for from := 0; from < len(p.tiles); from += p.across {
		columns := make([][]string, 0, p.across)
		for i := from; i < min(from+p.across, len(p.tiles)); i++ {
			tile := p.tiles[i]
			columns = append(columns, block(append(tile.lines(p.shell.theme), p.caption(p.firstTile()+i, tile.width)), tile.width, tile.height+1))
		}
		for y := range columns[0] {
			parts := make([]string, len(columns))
			for x := range columns {
				parts[x] = columns[x][y]
			}
			lines = append(lines, strings.Join(parts, strings.Repeat(" ", tileGap)))
		}
	}
	return lines
}

// caption names what stands in a tile.
func (p *epochPane) caption(at, width int) string {
	if at >= len(p.differences.shown) {
		return strings.Repeat(" ", width)
	}
	th, d := p.shell.theme, p.differences.shown[at]
	mark, style := p.change(d)
	mark, _, _ = strings.Cut(mark, " ")
	text := fmt.Sprintf("%s truth %d, said %s", mark, d.Record.Label, saidText(d.Said))
	if d.Said.Label >= 0 {
		text += ", " + sure(d.Said)
	}
	if ansi.StringWidth(text)+2 > width { // the list has the truth too
		text = strings.Replace(text, "truth ", "", 1)
	}
	if at == p.table.cursor && len(p.tiles) > 1 {
		text, style = "▸ "+text, style.Inherit(th.selected)
	}
	text = ansi.Truncate(text, width, "…")
	return pad(strings.Repeat(" ", (width-ansi.StringWidth(text))/2)+style.Render(text), width)
}
