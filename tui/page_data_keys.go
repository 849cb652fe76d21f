package tui

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/filter"
	"ringlab/experiments"
)

func (p *dataPage) Why(a action) string {
	switch p.mode {
	case inLetters:
		return p.letters.why(a)
	case inSnapshots:
		return p.snapshots.why(a)
	}
	switch a {
	case actOpen, actSameMolecule:
		if p.table.count == 0 {
			return "there is no record"
		}
	case actFilter, actSnapshots, actBalance, actDuplicates:
		if p.records == nil {
			return "there are no records; ringlab ingest FOLDER adds some"
		}
	}
	if row, ok := p.current(); a == actSameMolecule && ok && row.Copies < 2 && row.SamePicture < 2 {
		return fmt.Sprintf("compound %d has no near duplicate", row.Compound)
	}
	return ""
}

func (p *dataPage) Act(a action) tea.Cmd {
	switch {
	case p.mode == inLetters:
		return p.actLetters(a)
	case p.mode == inSnapshots && !p.panel.open:
		return p.actSnapshots(a)
	case p.bar.typing:
		if p.bar.act(a, p.shell.now) {
			return p.refilter()
		}
		return nil
	case p.panel.open:
		return p.actColumns(a)
	case p.table.act(a):
		return p.look()
	}
	if row, ok := p.current(); ok && p.mode == inRecord && p.scroll.act(a, row.ID, len(p.recordLines()), p.height-2) {
		return nil
	}
	switch a {
	case actOpen:
		p.setMode(inRecord)
		return p.askModel()
	case actBack:
		if p.mode == inRecord {
			p.setMode(inRecords)
			return nil
		}
		return p.setFilter("")
	case actFilter:
		p.bar.begin(p.shell.theme, p.shell.now)
	case actColumns:
		p.panel.open = true
	case actBalance:
		p.showBalance = !p.showBalance
	case actSameMolecule:
		row, _ := p.current()
		p.setMode(inRecords)
		return p.setFilter("group:" + short(row.Group))
	case actDuplicates:
		p.panel.orders = []filter.Order{
			{Ref: filter.Ref{Field: experiments.RecordCopies}, Down: true}, {Ref: filter.Ref{Field: experiments.RecordGroup}},
		}
		p.table.columns = p.panel.titles()
		return p.setFilter("copies>1 or same_picture>1")
	case actSnapshots:
		p.setMode(inSnapshots)
	case actLetters:
		p.setMode(inLetters)
		return p.letters.refresh()
	}
	return nil
}

// setFilter applies a filter as if it were typed.
func (p *dataPage) setFilter(text string) tea.Cmd {
	if p.bar.set(text, p.shell.now) {
		return p.refilter()
	}
	return nil
}

func (p *dataPage) actColumns(a action) tea.Cmd {
	switch a {
	case actNarrowColumn, actWidenColumn, actOwnWidth:
		p.panel.sizeColumn(p.shell, p, a)
		return nil
	case actDefault:
		p.table.widths = nil
	}
	shape, order := p.panel.act(a)
	if shape || order {
		p.table.columns = p.panel.titles()
	}
	if !order {
		return nil
	}
	p.keepPlace = true
	return p.reselect()
}

func (p *dataPage) actLetters(a action) tea.Cmd {
	if (a == actRecords || a == actBack && p.letters.bar.text == "") && !p.letters.bar.typing {
		p.setMode(inRecords)
		return tea.Batch(p.Refresh(), p.look())
	}
	return p.letters.act(a)
}

func (p *dataPage) actSnapshots(a action) tea.Cmd {
	if bar := &p.snapshots.lines.bar; bar.typing || bar.open() && a == actBack {
		p.snapshots.act(a)
		return nil
	}
	switch a {
	case actBack:
		p.setMode(inRecords)
	case actOpen, actDifference:
		text := p.snapshots.filter(a)
		p.setMode(inRecords)
		return p.setFilter(text)
	default:
		p.snapshots.act(a)
	}
	return nil
}

func (p *dataPage) setMode(c keyContext) {
	p.mode = c
	p.layout()
}
