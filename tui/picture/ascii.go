package picture

import (
	"strings"

	pixels "ringlab/data/picture"
)

// stroke is a character and where it has ink, in 3×3 parts of a cell.
type stroke struct {
	char  byte
	parts [9]float64
}

func strokes() []stroke {
	parse := func(char byte, rows string) stroke {
		s := stroke{char: char}
		for i := range s.parts {
			if rows[i] == '#' {
				s.parts[i] = 1
			}
		}
		return s
	}
	return []stroke{
		parse(' ', "         "),
		parse('.', "       # "),
		parse('\'', " #       "),
		parse('-', "   ###   "),
		parse('_', "      ###"),
		parse('|', " #  #  # "),
		parse('|', "#  #  #  "),
		parse('|', "  #  #  #"),
		parse('"', "###      "),
		parse('(', " ## #  ##"),
		parse(')', "##  # ## "),
		parse('/', "  # # #  "),
		parse('\\', "#   #   #"),
		parse('+', " # ### # "),
		parse('x', "# # # # #"),
		parse('T', "### #  # "),
		parse('L', "#  #  ###"),
		parse('#', "#########"),
	}
}

// ASCII draws p in at most columns × rows cells with letters whose strokes lie
// where the picture has ink: for terminals that can do no more, and for logs.
func ASCII(p *pixels.Picture, columns, rows int) []string {
	if p == nil || p.Width <= 0 || p.Height <= 0 || columns <= 0 || rows <= 0 {
		return nil
	}
	paper := paperOf(p)
	p = crop(p, paper)
	// A cell is about twice as high as wide.
	width, height := within(2*p.Width, p.Height, columns, rows)
	small := p.Resize(3*width, 6*height)
	strengthen(small, paper)
	table := strokes()
	lines := make([]string, height)
	for y := range height {
		var b strings.Builder
		for x := range width {
			var ink [9]float64
			for i := range ink {
				column, row := 3*x+i%3, 6*y+i/3*2
				ink[i] = max(distance(at(small, column, row), paper), distance(at(small, column, row+1), paper))
			}
			b.WriteByte(nearest(table, ink))
		}
		lines[y] = b.String()
	}
	return lines
}

// nearest is the character whose strokes differ least from the ink.
func nearest(table []stroke, ink [9]float64) byte {
	best, least := byte(' '), 10.
	for _, s := range table {
		sum := 0.
		for i, want := range s.parts {
			sum += (want - ink[i]) * (want - ink[i])
		}
		if sum < least {
			best, least = s.char, sum
		}
	}
	return best
}
