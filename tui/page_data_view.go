package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ringlab/data"
	"ringlab/experiments"
)

func (p *dataPage) View() []string {
	switch {
	case p.mode == inLetters:
		return p.letters.view(p.width, p.height)
	case p.loaded && p.records == nil:
		return p.viewEmpty()
	case p.mode == inRecord:
		return p.viewRecord()
	case p.mode == inSnapshots:
		return p.snapshots.view(p.overview.task)
	}
	th := p.shell.theme
	left := p.width - p.sideWidth() - 3
	list := p.table.view(th, left, p.cells())
	if p.loaded && p.table.count == 0 && !p.selecting && p.records.Whole() {
		list = append(list, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	side := slices.Concat(p.preview.view(th), []string{""}, p.details(p.sideWidth(), 2))
	switch {
	case p.panel.open:
		side = p.panel.view(th, p.sideWidth(), p.height-filterHead)
	case p.showBalance:
		side = p.balanceLines(p.sideWidth(), -1)
	}
	head := block(p.head(), p.width, filterHead)
	return append(head, th.beside(list, side, left, p.width, p.height-len(head))...)
}

// cells draws the rows on screen.
func (p *dataPage) cells() func(i int) []cell {
	th, shown := p.shell.theme, p.panel.shown()
	return func(i int) []cell {
		n := p.row(i)
		if n < 0 {
			return []cell{{"…", th.dim}}
		}
		row := p.records.Row(n)
		cells := make([]cell, len(shown))
		for c := range shown {
			cells[c] = p.cell(shown[c].ref.Field, row)
		}
		return cells
	}
}

func (p *dataPage) cell(field int, row experiments.RecordRow) cell {
	th := p.shell.theme
	switch field {
	case experiments.RecordCompound:
		return cell{strconv.FormatInt(row.Compound, 10), th.plain}
	case experiments.RecordLabel:
		return cell{strconv.Itoa(row.Label), th.strong}
	case experiments.RecordPredicted:
		switch {
		case !row.Answered:
			return cell{"", th.dim}
		case row.Predicted == row.Label:
			return cell{strconv.Itoa(row.Predicted), th.good}
		}
		return cell{"✗ " + strconv.Itoa(row.Predicted), th.bad}
	case experiments.RecordConfidence:
		if !row.Answered {
			return cell{"", th.dim}
		}
		return cell{strconv.FormatFloat(row.Confidence, 'f', 2, 64), th.plain}
	case experiments.RecordSplit:
		return cell{string(row.Side), th.dim}
	case experiments.RecordSMILES:
		return cell{row.SMILES, th.plain}
	case experiments.RecordFormula:
		return cell{row.Formula, th.plain}
	case experiments.RecordImage:
		return cell{row.Image, th.dim}
	case experiments.RecordCopies:
		return cell{strconv.Itoa(row.Copies), th.plain}
	case experiments.RecordSamePicture:
		return cell{strconv.Itoa(row.SamePicture), th.plain}
	case experiments.RecordGroup:
		return cell{short(row.Group), th.dim}
	case experiments.RecordSnapshot:
		return cell{strconv.Itoa(row.Snapshot), th.dim}
	}
	return cell{ago(p.shell.now, row.Added), th.dim}
}

// head is the title, and the filter or what waits.
func (p *dataPage) head() []string {
	th := p.shell.theme
	title := "Records"
	if p.loaded {
		title += "  " + p.table.place()
	}
	if p.records != nil && p.rows != nil && len(p.rows) < p.records.Snapshot.Records {
		title += " selected of " + thousands(p.records.Snapshot.Records)
	}
	lines := []string{th.heading(title, p.width)}
	switch {
	case p.bar.typing || p.bar.text != "":
		return append(lines, p.bar.view(th, p.width)...)
	case p.records == nil:
		return lines
	}
	note := th.dim.Render("snapshot " + short(clean(p.records.Snapshot.ID)))
	if p.records.Model != "" {
		note += th.dim.Render("   answers of " + clean(p.records.Model))
	}
	if !p.records.Whole() {
		note = th.dim.Render(fmt.Sprintf("reading %s records …", thousands(p.records.Snapshot.Records)))
	}
	if n := p.overview.waiting; n > 0 {
		note += "   " + th.warn.Render(plural(n, "dead letter")+" waiting") + th.dim.Render("  press d")
	}
	return append(lines, note)
}

func (p *dataPage) details(width, wrapped int) []string {
	row, ok := p.current()
	if !ok {
		return nil
	}
	list := []pair{
		{labelName(p.overview.task), strconv.Itoa(row.Label)},
		{"compound", strconv.FormatInt(row.Compound, 10)},
		{"formula", row.Formula},
		{"SMILES", row.SMILES},
		{"image", row.Image},
		{"split", string(row.Side)},
	}
	if row.Answered {
		list = slices.Insert(list, 1, pair{"model says", answerText(row)})
	}
	if row.Copies > 1 || row.SamePicture > 1 {
		list = append(list, pair{"near copies", duplicatesText(row)})
	}
	list = append(list, pair{"picture", short(row.Picture)}, pair{"group", short(row.Group)},
		pair{"snapshot", fmt.Sprintf("%d, %s ago", row.Snapshot, ago(p.shell.now, row.Added))})
	for _, field := range p.detail.of(row.ID) {
		if field.name != p.overview.task.LabelField {
			list = append(list, field)
		}
	}
	return p.shell.theme.pairs(list, width, wrapped)
}

// answerText is what the model said of its holdout.
func answerText(row experiments.RecordRow) string {
	text := fmt.Sprintf("%d, sure to %.0f %%", row.Predicted, 100*row.Confidence)
	if row.Predicted != row.Label {
		return "✗ " + text
	}
	return "✓ " + text
}

func duplicatesText(row experiments.RecordRow) string {
	var parts []string
	if row.Copies > 1 {
		parts = append(parts, fmt.Sprintf("%d in its group", row.Copies-1))
	}
	if row.SamePicture > 1 {
		parts = append(parts, fmt.Sprintf("%d with its picture", row.SamePicture-1))
	}
	return strings.Join(parts, ", ")
}

func (p *dataPage) viewRecord() []string {
	th, side := p.shell.theme, p.sideWidth()
	row, _ := p.current()
	title := fmt.Sprintf("Compound %d  %s", row.Compound, p.table.place())
	right := append(p.detail.view(th, row, side), p.details(side, 4)...)
	right = append(right, "")
	if rest := p.height - 2 - len(right); len(p.balance) > 0 && rest > 4 {
		right = append(right, p.balanceLines(side, row.Label)...)
	}
	body := th.beside(p.preview.view(th), right, p.width-side-3, p.width, p.height-2)
	return append([]string{th.heading(title, p.width), ""}, body...)
}

// balanceLines draw how many of the selected records there are of each label
// and, in shades, on which side of the split.
func (p *dataPage) balanceLines(width, here int) []string {
	return p.shell.theme.balanceBars(p.balance, "records by "+labelName(p.overview.task), width, here)
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

// labelName is what the label is called, in the workspace's task.
func labelName(t data.Task) string {
	if t.LabelName == "" {
		return "rings"
	}
	return clean(t.LabelName)
}
