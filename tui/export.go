package tui

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"ringlab/data/workspace"
	"ringlab/experiments"
)

// Tables are written as CSV or Markdown, curves as PNG or SVG; the ending of
// the file's name decides.

// exportedMsg: the file is there.
type exportedMsg struct {
	request int
	file    string
}

// grid is a table as text.
type grid struct {
	title string
	head  []string
	rows  [][]string
}

// csv is the grid as a spreadsheet reads it. A cell that would be a formula
// there is text.
func (g grid) csv() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range append([][]string{g.head}, g.rows...) {
		safe := make([]string, len(row))
		for i, text := range row {
			if text != "" && strings.ContainsRune("=@\t\r", rune(text[0])) {
				text = "'" + text
			}
			safe[i] = text
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func (g grid) markdown() []byte {
	var b strings.Builder
	line := func(cells []string) {
		b.WriteString("|")
		for _, text := range cells {
			b.WriteString(" " + strings.NewReplacer("|", `\|`, "\n", " ", "\r", " ").Replace(clean(text)) + " |")
		}
		b.WriteString("\n")
	}
	if g.title != "" {
		b.WriteString("### " + clean(g.title) + "\n\n")
	}
	line(g.head)
	line(strings.Split(strings.Repeat("---\n", len(g.head)-1)+"---", "\n"))
	for _, row := range g.rows {
		line(row)
	}
	return []byte(b.String())
}

// writeGrids writes tables one below the other.
func writeGrids(grids []grid, format string) ([]byte, error) {
	var parts [][]byte
	for _, g := range grids {
		part := g.markdown()
		if format == "csv" {
			var err error
			if part, err = g.csv(); err != nil {
				return nil, err
			}
		}
		parts = append(parts, part)
	}
	return bytes.Join(parts, []byte("\n")), nil
}

// askExport asks for a file, and writes grids or the curves of runs into it.
func (s *shell) askExport(file string, ids []string, grids func() []grid) {
	s.open(dialog{
		title:  "Export",
		lines:  []string{"A name that ends in .csv or .md gets the table as it is shown, one in .png or .svg the curves of " + runNames(ids) + "."},
		reason: true, needed: true, label: "file", value: file, button: "Write",
		confirm: func(name string) tea.Cmd { return s.export(homePath(name), ids, grids(), false) },
	})
}

// fileThereMsg: there is a file of that name, which is replaced only when the
// person says so.
type fileThereMsg struct {
	file    string
	replace func() tea.Cmd
}

// export writes a file. One that is there already is asked about first.
func (s *shell) export(file string, ids []string, grids []grid, replace bool) tea.Cmd {
	store := s.session.Experiments
	_, cmd := s.ask(func(ctx context.Context, request int) tea.Msg {
		if _, err := os.Lstat(file); err == nil && !replace {
			return fileThereMsg{file, func() tea.Cmd { return s.export(file, ids, grids, true) }}
		}
		if err := export(ctx, store, file, ids, grids); err != nil {
			return failedMsg{request, "export", err}
		}
		return exportedMsg{request, file}
	})
	return cmd
}

// askReplace asks whether a file may be lost.
func (s *shell) askReplace(msg fileThereMsg) {
	s.open(dialog{
		title:  "Replace the file",
		lines:  []string{clean(msg.file) + " is there already; what it holds would be lost."},
		button: "Replace", danger: true,
		confirm: func(string) tea.Cmd { return msg.replace() },
	})
}

// mostDrawn is how many curves over one another can still be told apart.
const mostDrawn = 50

func export(ctx context.Context, store *experiments.Store, file string, ids []string, grids []grid) error {
	var content []byte
	var err error
	switch format := strings.ToLower(strings.TrimPrefix(filepath.Ext(file), ".")); format {
	case "csv", "md":
		content, err = writeGrids(grids, format)
	case "png", "svg":
		if len(ids) > mostDrawn {
			return fmt.Errorf("the curves of %d runs cannot be told apart; mark at most %d", len(ids), mostDrawn)
		}
		content, err = store.Plot(ctx, ids, nil, format)
	default:
		return fmt.Errorf("%s: end the name in .csv, .md, .png or .svg", clean(file))
	}
	if err != nil {
		return err
	}
	return workspace.WriteFile(file, content)
}

// askExport offers the runs as they are listed.
func (p *runsPage) askExport() {
	ids := p.concerned()
	p.shell.askExport("runs.csv", ids, func() []grid { return []grid{p.grid()} })
}

// grid is the list as it is shown: of marked runs those, else all.
func (p *runsPage) grid() grid {
	g := grid{}
	shown := p.panel.shown()
	for _, c := range shown {
		g.head = append(g.head, c.name)
	}
	for _, line := range p.lines {
		run := &p.all.Runs[line.row]
		if len(p.marked) > 0 && !p.marked[run.ID] {
			continue
		}
		row := make([]string, len(shown))
		for i, c := range shown {
			row[i] = p.exported(c, line, run)
		}
		g.rows = append(g.rows, row)
	}
	return g
}

// exported is a cell in full: a spreadsheet wants numbers, not what fits.
func (p *runsPage) exported(c listColumn, line runLine, run *experiments.Run) string {
	if line.group != nil {
		if shown, ok := p.groupCell(c.ref, line, run, math.MaxInt); ok {
			return shown.text
		}
	}
	switch c.ref.Field {
	case experiments.RunCreated:
		return run.Created.UTC().Format("2006-01-02T15:04:05Z")
	case experiments.RunEpoch:
		return epochText(*run)
	}
	return run.Value(c.ref).String()
}
