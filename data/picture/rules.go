package picture

const (
	ruleShare = .75 // of a side is the least length of a rule or a frame's side
	ruleBreak = 4   // pixels of gap do not end a rule
)

// eraseRules takes straight lines away that run along most of the sheet: ruled
// paper, margins, frames, the lines of a table. Where a stroke crosses one, it
// stays.
func (s *sheet) eraseRules() {
	for _, across := range []bool{true, false} {
		length, lines := s.w, s.h
		at := func(i, line int) int { return line*s.w + i }
		if !across {
			length, lines = s.h, s.w
			at = func(i, line int) int { return i*s.w + line }
		}
		ink := func(i, line int) bool {
			return line >= 0 && line < lines && s.dark[at(i, line)] >= s.least
		}
		counts := make([]int, lines) // pixels of ink in each line
		for _, i := range s.inkPixels() {
			if across {
				counts[int(i)/s.w]++
			} else {
				counts[int(i)%s.w]++
			}
		}
		var rules []int
		for line, count := range counts {
			if float64((ruleBreak+1)*count) < ruleShare*float64(length) {
				continue // too short even with a gap after each pixel
			}
			longest, run, gap := 0, 0, ruleBreak+1
			for i := range length {
				if ink(i, line) {
					if gap > ruleBreak {
						run = 0
					} else {
						run += gap
					}
					run, gap = run+1, 0
					longest = max(longest, run)
				} else {
					gap++
				}
			}
			if float64(longest) >= ruleShare*float64(length) {
				rules = append(rules, line)
			}
		}
		if len(rules) == 0 || len(rules) > lines/3 {
			continue
		}
		s.touch()
		isRule := make([]bool, lines+1)
		for _, line := range rules {
			isRule[line] = true
		}
		for first := 0; first < lines; first++ {
			if !isRule[first] {
				continue
			}
			last := first
			for isRule[last+1] {
				last++
			}
			// Its soft edges go with it; what reaches past them is a stroke.
			for i := range length {
				if ink(i, first-2) || ink(i, last+2) {
					continue
				}
				for line := max(0, first-1); line <= min(lines-1, last+1); line++ {
					s.white(at(i, line))
				}
			}
			first = last
		}
	}
}
