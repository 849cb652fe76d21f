//go:build unix

package tui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// A border that is dragged stays under the pointer, keys do the same by steps,
// and the next start has the columns as they were left.
func TestColumnsAreResizedAndRemembered(t *testing.T) {
	workspace := newWorkspace(t)
	term := openTerminal(t, program(t, workspace), 160, 40)
	term.sees("0 Overview", "100 records")
	term.keys("1")
	term.sees(`compound  rings  said  split +formula +SMILES`, `▸ +1117973 +5 +train`)

	// Drag the right border of the column of splits four cells to the left.
	x, y := term.finds("formula")
	term.drags(x-2, y, x-6)
	term.sees(`compound  rings  said  split {3}formula +SMILES`, `▸ +1117973 +5 +train {3}C25H21N5O2`)
	term.sees(formulaAt(x - 4))

	// Two steps to the right with keys, which also say what they do.
	term.keys("|")
	term.sees(`▸ +compound │`, "> wider")
	term.keys("lll>>")
	term.sees("Column split is 10 cells wide", `▸split {6}│formula`)
	term.sees(formulaAt(x))
	term.keys("<" + keyEnter)
	term.sees("Column split is 8 cells wide", `said  split {5}formula`)
	term.leaves("q")

	again := openTerminal(t, program(t, workspace), 160, 40)
	again.sees(`compound  rings  said  split {5}formula +SMILES`, `▸ +1117973 +5 +train {5}C25H21N5O2`)
	again.keys("|lll=" + keyEsc)
	again.sees("Column split has its own width again", `split {7}formula`)
	again.leaves("q")
}

// formulaAt is the pattern of a header with the formula in that cell.
func formulaAt(x int) string { return fmt.Sprintf(`(?m)^.{%d}formula`, x) }

// finds is the cell where text begins on screen.
func (term *terminal) finds(text string) (x, y int) {
	term.t.Helper()
	for y, line := range strings.Split(term.text(), "\n") {
		if before, _, ok := strings.Cut(line, text); ok {
			return ansi.StringWidth(before), y
		}
	}
	term.t.Fatalf("%q is not on screen:\n%s", text, term.text())
	return 0, 0
}

// drags presses the left button at a cell, moves in steps of a cell to another
// of the same line, and lets go.
func (term *terminal) drags(x, y, to int) {
	term.t.Helper()
	report := func(button, x int, end byte) { term.keys(fmt.Sprintf("\x1b[<%d;%d;%d%c", button, x+1, y+1, end)) }
	report(0, x, 'M')
	for x != to {
		if x < to {
			x++
		} else {
			x--
		}
		report(32, x, 'M')
	}
	report(0, x, 'm')
}
