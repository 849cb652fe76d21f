package tui

import (
	"fmt"
	"strconv"
	"strings"

	"ringlab/models"
)

// evaluation draws a run's holdout results: figures, the confusion matrix as a
// heat map that can be read without colour, and the table by label.
func (t theme) evaluation(e models.Evaluation, width int) []string {
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
	matrix, table := t.confusion(e), t.perClass(e)
	matrixWidth := 8 + 5*len(e.Labels) + 2
	if width >= matrixWidth+3+46 {
		return append(lines, t.beside(matrix, table, matrixWidth, width, max(len(matrix), len(table)))...)
	}
	lines = append(lines, matrix...)
	return append(append(lines, ""), table...)
}

// confusion: rows are the truth, columns what was said. Shade is the share of
// the row; the number is always there, and the diagonal is bold.
func (t theme) confusion(e models.Evaluation) []string {
	lines := []string{t.title.Render("confusion") + t.dim.Render("  rows truth, columns said")}
	head := fitRight("", 7)
	for _, label := range e.Labels {
		head += fitRight(strconv.Itoa(label), 5)
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
			line += style.Render(fitRight(text, 4) + " ")
		}
		lines = append(lines, line)
	}
	return lines
}

func (t theme) perClass(e models.Evaluation) []string {
	lines := []string{
		t.title.Render("by label"),
		t.dim.Render("label  records  precision  recall            F1"),
	}
	for _, c := range e.PerClass {
		interval := fmt.Sprintf("[%.2f, %.2f]", c.RecallLow, c.RecallHigh)
		lines = append(lines, fmt.Sprintf("%5d  %7d  %9s  %s %s  %s", c.Label, c.Support,
			share(c.Precision), share(c.Recall), t.dim.Render(interval), share(c.F1)))
	}
	return lines
}
