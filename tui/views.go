package tui

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
)

// savedView is an arrangement of the runs under a name.
type savedView struct {
	Name    string     `json:"name,omitempty"`
	Filter  string     `json:"filter,omitempty"`
	Columns panelState `json:"columns"`
	Widths  widths     `json:"widths,omitempty"`
	Fold    bool       `json:"fold,omitempty"`
}

// viewList are the saved views, beside the runs.
type viewList struct {
	open   bool
	saved  []savedView // by name
	cursor int
	shown  string // the view that the runs are arranged by, "" for none
}

// mostViews bounds what is kept for a person.
const mostViews = 100

func (l *viewList) at(name string) int {
	return slices.IndexFunc(l.saved, func(v savedView) bool { return v.Name == name })
}

func (l *viewList) save(v savedView) {
	if at := l.at(v.Name); at >= 0 {
		l.saved[at] = v
	} else if len(l.saved) < mostViews {
		l.saved = append(l.saved, v)
	}
	slices.SortFunc(l.saved, func(a, b savedView) int { return strings.Compare(a.Name, b.Name) })
	l.cursor, l.shown = max(l.at(v.Name), 0), v.Name
}

func (l *viewList) view(th theme, width int) []string {
	lines := []string{th.heading("Saved views", width)}
	for i, v := range l.saved {
		mark, style := "  ", th.plain
		if i == l.cursor {
			mark, style = th.accent.Render("▸ "), th.selected
		}
		lines = append(lines, mark+style.Render(fit(v.Name, width-2)))
		if i == l.cursor {
			for _, part := range v.summary() {
				lines = append(lines, "    "+th.dim.Render(fit(part, width-4)))
			}
		}
	}
	if len(l.saved) == 0 {
		lines = append(lines, styled(th.dim, wrap("None yet. s saves filter, columns, order and folding as they are now.", width, 4))...)
	}
	return lines
}

func (v savedView) summary() []string {
	var parts []string
	if v.Filter != "" {
		parts = append(parts, v.Filter)
	}
	if len(v.Columns.Sort) > 0 {
		parts = append(parts, "sorted by "+strings.Join(v.Columns.Sort, ", "))
	}
	if v.Fold {
		parts = append(parts, "seeds folded")
	}
	return parts
}

func (p *runsPage) actViews(a action) tea.Cmd {
	l := &p.views
	switch a {
	case actUp:
		l.cursor--
	case actDown:
		l.cursor++
	case actFirst, actPageUp:
		l.cursor = 0
	case actLast, actPageDown:
		l.cursor = len(l.saved) - 1
	case actBack:
		l.open = false
	case actOpen:
		if l.cursor < len(l.saved) {
			l.open = false
			return p.arrange(l.saved[l.cursor])
		}
	case actSaveView:
		p.shell.open(dialog{
			title:  "Save this view",
			lines:  []string{"Filter, columns, order and folding as they are now. A view of that name is replaced."},
			reason: true, needed: true, label: "name", value: l.shown, button: "Save",
			confirm: func(name string) tea.Cmd {
				v := p.arrangement()
				v.Name = strings.TrimSpace(name)
				l.save(v)
				p.shell.say("View %s is saved.", clean(v.Name))
				return nil
			},
		})
	case actDelete:
		if l.cursor < len(l.saved) {
			p.shell.say("View %s is gone.", clean(l.saved[l.cursor].Name))
			l.saved = slices.Delete(l.saved, l.cursor, l.cursor+1)
		}
	}
	l.cursor = min(max(l.cursor, 0), max(len(l.saved)-1, 0))
	return nil
}

// arrangement is how the runs are arranged now.
func (p *runsPage) arrangement() savedView {
	return savedView{Filter: p.bar.text, Columns: p.panel.keep(), Widths: maps.Clone(p.table.widths), Fold: p.fold}
}

// arrange arranges the runs as a view says.
func (p *runsPage) arrange(v savedView) tea.Cmd {
	p.bar.set(v.Filter, p.shell.now)
	p.panel = newColumnPanel(runColumns())
	p.panel.restore(v.Columns, func(name string) (listColumn, bool) {
		c, err := runColumn(p.bar.schema, name)
		return c, err == nil
	})
	p.table.widths = maps.Clone(v.Widths)
	p.fold, p.views.shown = v.Fold, v.Name
	p.shape()
	return p.refilter()
}

// runsState is what the Runs page remembers.
type runsState struct {
	Marked []string    `json:"marked,omitempty"`
	Now    savedView   `json:"now"`
	Views  []savedView `json:"views,omitempty"`
}

func (p *runsPage) Keep() any { return runsState{p.markedIDs(), p.arrangement(), p.views.saved} }

func (p *runsPage) Restore(text json.RawMessage) tea.Cmd {
	var s runsState
	if json.Unmarshal(text, &s) != nil {
		return nil
	}
	for _, id := range s.Marked {
		p.marked[id] = true
	}
	for _, v := range s.Views[:min(len(s.Views), mostViews)] {
		p.views.save(v)
	}
	p.views.shown, p.views.cursor = "", 0
	if fmt.Sprint(s.Now) == fmt.Sprint(savedView{}) { // kept by an older version
		return nil
	}
	return p.arrange(s.Now)
}
