package tui

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"charm.land/bubbles/v2/textinput"
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
)

// palette finds an action by its name and does it. Its list is the key table:
// what the screen below offers, then what other pages offer.
type palette struct {
	input  textinput.Model
	all    []offer
	found  []offer
	cursor int

	things  bool      // it offers runs, versions and tables, not actions
	now     time.Time // what a filter counts from
	request int       // for those
}

// offer is an action of the palette and where it is done.
type offer struct {
	action action
	place  place
	title  string // what it does, as the help says
	keys   string
	here   bool    // the screen below has it
	not    string  // why it cannot be done now
	follow tea.Msg // what it goes to, where it is no action
}

// newPalette lists the actions, those of the screen below first.
func newPalette(th theme, m keyMap, here keyContext, why func(action) string) *palette {
	p := &palette{input: newField(th, "", 50)}
	seen := map[action]bool{}
	add := func(pl place, b binding, here bool) {
		if b.action == actPalette || here && seen[b.action] {
			return
		}
		seen[b.action] = seen[b.action] || here
		o := offer{action: b.action, place: pl, title: b.key.Help().Desc, keys: b.key.Help().Key, here: here}
		switch {
		case here:
			o.not = why(b.action)
		case pl.page == noPage:
			return
		case !pl.first:
			o.not = "first go to " + pl.title
		}
		p.all = append(p.all, o)
	}
	under := append([]keyContext{here}, m.under[here]...)
	// Nobody looks for moving up and down here: it comes last.
	slices.SortStableFunc(under, func(a, b keyContext) int {
		last := map[bool]int{true: 1}
		return last[a == inList] - last[b == inList]
	})
	for _, pl := range places() {
		if pl.context == here {
			for _, c := range under {
				for _, b := range m.rows[c] {
					add(pl, b, true)
				}
			}
		}
	}
	for _, pl := range places() {
		if !slices.Contains(under, pl.context) {
			for _, b := range m.rows[pl.context] {
				add(pl, b, false)
			}
		}
	}
	p.search()
	return p
}

// search keeps the actions that hold the letters typed, in order; the better
// fit comes first, and of equals the one of this screen.
func (p *palette) search() {
	type scored struct {
		offer
		score int
	}
	var hits []scored
	for _, o := range p.all {
		if score, ok := fuzzy(o.title+" "+string(o.action)+" "+o.place.title, p.input.Value()); ok {
			hits = append(hits, scored{o, score})
		}
	}
	slices.SortStableFunc(hits, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	p.found = p.found[:0]
	for _, h := range hits {
		p.found = append(p.found, h.offer)
	}
	if p.things {
		p.found = append(p.found, p.tables()...)
	}
	p.cursor = 0
}

// fuzzy tells whether text holds the letters of query in order, and how far
// apart: 0 is best.
func fuzzy(text, query string) (score int, ok bool) {
	text = strings.ToLower(text)
	for _, word := range strings.Fields(strings.ToLower(query)) {
		// A word as it stands is the best, at the start of one better still.
		if i := strings.Index(text, word); i >= 0 {
			score += i / 8
			if i > 0 && text[i-1] != ' ' {
				score += 5
			}
			continue
		}
		score += 20
		rest := text
		for _, r := range word {
			i := strings.IndexRune(rest, r)
			if i < 0 {
				return 0, false
			}
			score += i
			rest = rest[i+utf8.RuneLen(r):]
		}
	}
	return score, true
}

// act does what a key stands for; done closes the palette, with the action
// that was chosen.
func (p *palette) act(a action) (done bool, chosen *offer) {
	switch a {
	case actUp:
		p.cursor = max(p.cursor-1, 0)
	case actDown:
		p.cursor = min(p.cursor+1, max(len(p.found)-1, 0))
	case actClose:
		return true, nil
	case actAccept:
		if p.cursor < len(p.found) {
			return true, &p.found[p.cursor]
		}
	}
	return false, nil
}

func (p *palette) typed(msg tea.Msg) {
	before := p.input.Value()
	p.input = typed(p.input, msg)
	if p.input.Value() != before {
		p.search()
	}
}

const paletteRows = 14

// paletteHead is what stands over the actions: what is looked for, and air.
const paletteHead = 2

// window is which actions are in view: the first, and how many.
func (p *palette) window(height int) (top, rows int) {
	rows = min(paletteRows, height-8)
	return min(max(p.cursor-rows+1, 0), max(len(p.found)-rows, 0)), rows
}

// view is the palette's box.
func (p *palette) view(th theme, width, height int) []string {
	inner := min(width-6, 84)
	top, rows := p.window(height)
	lines := []string{th.accent.Render("› ") + pad(p.input.View(), inner-2), ""}
	for i := range rows {
		line := ""
		if n := top + i; n < len(p.found) {
			line = p.row(th, p.found[n], n == p.cursor, inner)
		} else if n == 0 {
			line = th.dim.Render(p.nothing())
		}
		lines = append(lines, line)
	}
	note := ""
	if p.cursor < len(p.found) {
		if not := p.found[p.cursor].not; not != "" {
			note = th.warn.Render(fit("not now: "+not, inner))
		}
	}
	return th.box(append(lines, "", note), inner)
}

// nothing says why there is no offer.
func (p *palette) nothing() string {
	if p.things {
		return "Runs, model versions, records and dead letters: type what to look for."
	}
	return "No action has these letters."
}

func (p *palette) row(th theme, o offer, selected bool, width int) string {
	const keysWidth = 14
	where := ""
	if !o.here {
		where = o.place.title
	}
	mark, style, quiet := "  ", th.plain, th.dim
	if o.not != "" {
		style = th.dim
	}
	if selected {
		mark, style, quiet = th.selected.Inherit(th.accent).Render("▸ "), style.Inherit(th.selected), th.selected.Inherit(th.dim)
	}
	room := width - 2 - keysWidth - ansi.StringWidth(where) - 2
	return mark + style.Render(fit(o.title, room)) + quiet.Render("  "+where+fitRight(o.keys, keysWidth))
}

// openPalette lists what the screen below can do.
func (r *root) openPalette() {
	r.palette = newPalette(r.shell.theme, r.keys, r.page().Context(), r.whyAny)
}

// do does an action of the palette, after going to its page.
func (r *root) do(o offer) tea.Cmd {
	if o.follow != nil {
		return func() tea.Msg { return o.follow }
	}
	if o.here {
		return r.act(o.action)
	}
	cmd := r.show(o.place.page)
	if r.active != o.place.page {
		return cmd
	}
	if c := r.page().Context(); c != o.place.context && !slices.Contains(r.keys.under[c], o.place.context) {
		r.shell.say("Cannot %s: first go to %s.", o.action, o.place.title)
		return cmd
	}
	return tea.Batch(cmd, r.act(o.action))
}
