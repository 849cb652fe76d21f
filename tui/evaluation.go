package tui

import (
	"fmt"
	"strconv"
	"strings"

	"ringlab/experiments"
	"ringlab/models"
)

// evaluation draws a run's holdout results: figures, the confusion matrix as a
// heat map that can be read without colour, and the table by label.
// answers, where they are known, add the calibration.
func (t theme) evaluation(e models.Evaluation, at matrix, answers []experiments.HoldoutPrediction, width int) []string {
	figure := func(name, value string) string { return t.dim.Render(name+" ") + t.strong.Render(value) }
	lines := []string{
		strings.Join([]string{
			figure("accuracy", share(e.Accuracy)) + t.dim.Render(fmt.Sprintf(" [%s, %s]", share(e.AccuracyLow), share(e.AccuracyHigh))),
			figure("macro F1", share(e.MacroF1)),
			figure("within one", share(e.WithinOne)),
			figure("ECE", share(e.ECE)),
		}, "   "),
		t.dim.Render(fmt.Sprintf("%s; always saying %d would reach %s", plural(e.Records, "holdout record"),
			e.MajorityLabel, share(e.Majority))),
		"",
	}
	each := cellWidth(width)
	matrixWidth := max(7+each*len(e.Labels), 25)
	confusion, table := t.confusion(e, at, each), t.perClass(e)
	if len(answers) > 0 {
		table = append(append(table, ""), t.calibration(answers, max(min(width-matrixWidth-3, 80), perClassWidth))...)
	}
	if width >= matrixWidth+3+perClassWidth {
		return append(lines, t.beside(confusion, table, matrixWidth, width, max(len(confusion), len(table)))...)
	}
	lines = append(lines, confusion...)
	return append(append(lines, ""), table...)
}

// cellWidth is how wide a cell of the confusion matrix is on such a screen.
func cellWidth(width int) int {
	if width < 100 {
		return 4
	}
	return 5
}

// Where the cells of the matrix begin in what evaluation draws.
const (
	matrixTop  = 5 // the figures, air, the title and the labels
	matrixLeft = 7 // the labels
)

// cellAt is the cell of the matrix at a place of what evaluation draws.
func cellAt(e models.Evaluation, x, line, width int) (row, col int, ok bool) {
	row, col = line-matrixTop, (x-matrixLeft)/cellWidth(width)
	n := len(e.Labels)
	return row, col, x >= matrixLeft && row >= 0 && row < n && col < n
}

// confusion: rows are the truth, columns what was said. Shade is the share of
// the row; the number is always there, and the diagonal is bold.
func (t theme) confusion(e models.Evaluation, at matrix, each int) []string {
	hint := "  truth ↓ said →"
	if at.focused {
		hint = "  " + at.cell(e).title()
	}
	lines := []string{t.title.Render("confusion") + t.dim.Render(hint)}
	head := fitRight("", 7)
	for _, label := range e.Labels {
		head += fitRight(strconv.Itoa(label), each-1) + " "
	}
	lines = append(lines, t.dim.Render(head))
	for i, row := range e.Confusion {
		sum := 0
		for _, n := range row {
			sum += n
		}
		line := t.dim.Render(fitRight(strconv.Itoa(e.Labels[i]), 6) + " ")
		for j, n := range row {
			text := "·"
			level := 0
			if n > 0 {
				text = strconv.Itoa(n)
				level = 1 + min(3, n*4/max(sum, 1))
			}
			style := t.heat[level]
			if i == j && n > 0 {
				style = style.Bold(true).Underline(t.mono)
			}
			if at.focused && i == at.row && j == at.col {
				line += t.pressed.Render(fitRight("["+text+"]", each))
				continue
			}
			line += style.Render(fitRight(text, each-1) + " ")
		}
		lines = append(lines, line)
	}
	return lines
}

const perClassWidth = 45

func (t theme) perClass(e models.Evaluation) []string {
	lines := []string{
		t.title.Render("by label"),
		t.dim.Render("label    n  prec.  recall" + strings.Repeat(" ", 18) + "F1"),
	}
	for _, c := range e.PerClass {
		interval := fmt.Sprintf("[%.2f, %.2f]", c.RecallLow, c.RecallHigh)
		lines = append(lines, fmt.Sprintf("%5d  %3d  %s  %s  %s  %s", c.Label, c.Support,
			share(c.Precision), share(c.Recall), t.dim.Render(interval), share(c.F1)))
	}
	return lines
}
