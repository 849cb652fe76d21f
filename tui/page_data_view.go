package tui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ringlab/data"
	"ringlab/data/filter"
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
	left := p.listWidth()
	list := p.table.draw(th, left, p.cells())
	if p.loaded && p.table.count == 0 && !p.selecting && p.records.Whole() {
		list = append(list, "", "  Nothing matches. "+th.dim.Render("esc clears the filter."))
	}
	side := slices.Concat(p.preview.view(th), []string{""}, p.details(p.sideWidth(), 2))
	switch {
	case p.panel.open:
		side = p.panel.view(th, p.sideWidth(), p.height-filterHead, p.table.widths)
	case p.showBalance:
		side = p.balanceLines(p.sideWidth(), -1)
	}
	head := tableHead(p.head(), p.width)
	return append(head, th.beside(list, side, left, p.width, p.height-len(head))...)
}

// cells draws the rows on screen.
func (p *dataPage) cells() func(i int, cells []toned) []toned {
	shown := p.panel.shown()
	return func(i int, cells []toned) []toned {
		n := p.row(i)
		if n < 0 {
			return append(cells, toned{"…", toneDim})
		}
		row := p.records.Row(n)
		for c := range shown {
			cells = append(cells, p.cell(shown[c].ref, &row))
		}
		return cells
	}
}

func (p *dataPage) cell(ref filter.Ref, row *experiments.RecordRow) toned {
	switch ref.Field {
	case experiments.RecordCompound:
		return toned{strconv.FormatInt(row.Compound, 10), tonePlain}
	case experiments.RecordLabel:
		return toned{strconv.Itoa(row.Label), toneStrong}
	case experiments.RecordPredicted:
		switch {
		case !row.Answered:
			return toned{"", toneDim}
		case row.Predicted == row.Label:
			return toned{strconv.Itoa(row.Predicted), toneGood}
		}
		return toned{"✗ " + strconv.Itoa(row.Predicted), toneBad}
	case experiments.RecordConfidence:
		if !row.Answered {
			return toned{"", toneDim}
		}
		return toned{strconv.FormatFloat(row.Confidence, 'f', 2, 64), tonePlain}
	case experiments.RecordSplit:
		return toned{string(row.Side), toneDim}
	case experiments.RecordSMILES:
		return toned{row.SMILES, tonePlain}
	case experiments.RecordFormula:
		return toned{row.Formula, tonePlain}
	case experiments.RecordImage:
		return toned{row.Image, toneDim}
	case experiments.RecordCopies:
		return toned{strconv.Itoa(row.Copies), tonePlain}
	case experiments.RecordSamePicture:
		return toned{strconv.Itoa(row.SamePicture), tonePlain}
	case experiments.RecordGroup:
		return toned{short(row.Group), toneDim}
	case experiments.RecordSnapshot:
		return toned{strconv.Itoa(row.Snapshot), toneDim}
	}
	return toned{ago(p.shell.now, row.Added), toneDim}
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
	right := p.scroll.view(th, p.recordLines(), row.ID, p.height-2)
	body := th.beside(p.preview.view(th), right, p.width-side-3, p.width, p.height-2)
	return append([]string{th.heading(title, p.width), ""}, body...)
}

// recordLines are all that is known of the open record, and it itself.
func (p *dataPage) recordLines() []string {
	side := p.sideWidth()
	row, ok := p.current()
	if !ok {
		return nil
	}
	lines := append(p.detail.view(p.shell.theme, row, side), p.details(side, 20)...)
	if len(p.balance) > 0 {
		lines = append(append(lines, ""), p.balanceLines(side, row.Label)...)
	}
	if p.detail.id == row.ID && len(p.detail.raw) > 0 {
		lines = append(lines, p.shell.theme.rawLines("the record as it came", p.detail.raw, side)...)
	}
	return lines
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
