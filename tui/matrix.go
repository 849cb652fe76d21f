package tui

import (
	"fmt"

	"ringlab/experiments"
	"ringlab/models"
)

// matrix is the cursor in a confusion matrix. Until it has the focus, the keys
// are those of the run.
type matrix struct {
	focused  bool
	row, col int
}

// matrixCell is one cell of a confusion matrix.
type matrixCell struct{ truth, said int }

func (c matrixCell) title() string { return fmt.Sprintf("truth %d, said %d", c.truth, c.said) }

func (c matrixCell) holds(p experiments.HoldoutPrediction) bool {
	return p.Record.Label == c.truth && p.Predicted == c.said
}

// cell is where the cursor stands.
func (m matrix) cell(e models.Evaluation) matrixCell {
	return matrixCell{e.Labels[m.row], e.Labels[m.col]}
}

// focus puts the cursor on the largest number off the diagonal: the mistake
// that is made most.
func (m *matrix) focus(e models.Evaluation) {
	most := -1
	for i, row := range e.Confusion {
		for j, n := range row {
			if i != j && n > most {
				most, m.row, m.col = n, i, j
			}
		}
	}
	m.focused = len(e.Labels) > 0
	m.row, m.col = min(m.row, len(e.Labels)-1), min(m.col, len(e.Labels)-1)
}

// move takes the cursor one cell further, up to the edges.
func (m *matrix) move(a action, labels int) {
	switch a {
	case actUp:
		m.row--
	case actDown:
		m.row++
	case actCellLeft:
		m.col--
	case actCellRight:
		m.col++
	}
	m.row, m.col = min(max(m.row, 0), labels-1), min(max(m.col, 0), labels-1)
}

// reliability is one bin of the calibration plot: how sure the answers were,
// and how many of them were right.
type reliability struct {
	low, high   float64
	answers     int
	sure, right float64 // shares, means over the bin
}

// reliabilityBins sorts answers into ten equal bins of confidence; empty bins
// are left out (DeGroot and Fienberg 1983).
func reliabilityBins(answers []experiments.HoldoutPrediction) []reliability {
	const bins = 10
	all := make([]reliability, bins)
	for _, p := range answers {
		b := &all[min(max(int(p.Confidence*bins), 0), bins-1)]
		b.answers++
		b.sure += p.Confidence
		if p.Predicted == p.Record.Label {
			b.right++
		}
	}
	var filled []reliability
	for i, b := range all {
		if b.answers > 0 {
			b.low, b.high = float64(i)/bins, float64(i+1)/bins
			b.sure, b.right = b.sure/float64(b.answers), b.right/float64(b.answers)
			filled = append(filled, b)
		}
	}
	return filled
}

// calibration draws how often answers were right beside how sure they were: a
// bar for what was right, and a mark where it should end.
func (t theme) calibration(answers []experiments.HoldoutPrediction, width int) []string {
	const words = 32
	lines := []string{
		t.title.Render("calibration") + t.dim.Render("  █ right, ┃ how sure"),
		t.dim.Render(fit("confidence     n  right  sure", width)),
	}
	for _, b := range reliabilityBins(answers) {
		line := fmt.Sprintf("%.1f to %.1f  %4d   %.2f  %.2f  ", b.low, b.high, b.answers, b.right, b.sure)
		if room := min(width-words, 40); room >= 8 {
			at := min(int(b.sure*float64(room)), room-1)
			full := min(int(b.right*float64(room)+.5), room)
			for i := range room {
				switch {
				case i == at:
					line += t.warn.Render("┃")
				case i < full:
					line += t.accent.Render("█")
				default:
					line += t.rule.Render("·")
				}
			}
		}
		lines = append(lines, line)
	}
	return lines
}
