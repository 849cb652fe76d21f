package data

import (
	"errors"
	"strings"
)

// molecule is the graph that a SMILES spells, reduced to what tells one
// compound's skeleton from another's: elements and which atoms are bonded.
// Stereo, isotopes, charges, hydrogens and bond orders are left out: drawings
// of one skeleton are alike, and one compound can be spelled with different
// charges and bond orders (aromatic or Kekulé, for one).
type molecule struct {
	elements []string // element of each atom, "c" and "C" alike
	bonds    [][2]int // pairs of atoms, each pair once for each time it is spelled
}

var errNotSMILES = errors.New("not a SMILES")

// readSMILES reads the first word of text, tolerantly: it checks the grammar
// (brackets, branches, ring closures), not chemistry. The time is linear in
// the length of text.
// Grammar: Weininger, J. Chem. Inf. Comput. Sci. 1988, 28, 31.
func readSMILES(text string) (molecule, error) {
	text = strings.TrimSpace(text)
	if end := strings.IndexAny(text, " \t\r\n"); end >= 0 {
		text = text[:end] // what follows is a name, or CXSMILES
	}
	r := smilesReader{text: text, previous: -1}
	for r.at < len(r.text) {
		if !r.step() {
			return molecule{}, errNotSMILES
		}
	}
	// previous is -1 after a dot that no fragment follows, and where there is no atom.
	if len(r.branches) > 0 || len(r.open) > 0 || r.bond || r.previous < 0 {
		return molecule{}, errNotSMILES
	}
	return r.m.withoutHydrogens(), nil
}

// smilesReader walks over a SMILES from left to right.
type smilesReader struct {
	text     string
	at       int
	m        molecule
	previous int         // atom that the next one is bonded to, -1 for none
	bond     bool        // a bond was spelled and waits for its atom
	branches []int       // atoms at which open branches began
	open     map[int]int // number of an open ring closure to its atom
}

// step reads one symbol.
func (r *smilesReader) step() bool {
	switch c := r.text[r.at]; c {
	case '-', '=', '#', '$', ':', '/', '\\', '~':
		ok := !r.bond && r.previous >= 0
		r.bond = true
		r.at++
		return ok
	case '.':
		ok := !r.bond && r.previous >= 0
		r.previous = -1
		r.at++
		return ok
	case '(':
		r.branches = append(r.branches, r.previous)
		r.at++
		return r.previous >= 0 && !r.bond
	case ')':
		if len(r.branches) == 0 || r.bond {
			return false
		}
		last := len(r.branches) - 1
		r.previous = r.branches[last]
		r.branches = r.branches[:last]
		r.at++
		return true
	case '[':
		return r.bracketAtom()
	default:
		if c == '%' || isDigit(c) {
			return r.ringClosure()
		}
		return r.plainAtom()
	}
}

// plainAtom reads an atom of the organic subset, or *.
func (r *smilesReader) plainAtom() bool {
	rest := r.text[r.at:]
	for _, two := range []string{"Cl", "Br"} {
		if strings.HasPrefix(rest, two) {
			r.at += 2
			r.add(two)
			return true
		}
	}
	if !strings.Contains("BCNOPSFIbcnops*", rest[:1]) {
		return false
	}
	r.at++
	r.add(strings.ToUpper(rest[:1]))
	return true
}

// bracketAtom reads [isotope symbol chirality hydrogens charge class] and
// keeps the symbol.
func (r *smilesReader) bracketAtom() bool {
	length := strings.IndexByte(r.text[r.at:], ']')
	if length < 0 {
		return false
	}
	inside := strings.TrimLeft(r.text[r.at+1:r.at+length], "0123456789")
	r.at += length + 1
	symbol, ok := elementSymbol(inside)
	if !ok {
		return false
	}
	r.add(symbol)
	return true
}

// elementSymbol reads the symbol that the inside of a bracket begins with.
// Aromatic symbols are lower case: [nH], [se].
func elementSymbol(inside string) (string, bool) {
	switch {
	case inside == "":
		return "", false
	case inside[0] == '*':
		return "*", true
	case isUpper(inside[0]):
		if len(inside) > 1 && isLower(inside[1]) {
			return inside[:2], true
		}
		return inside[:1], true
	case isLower(inside[0]):
		for _, two := range []string{"se", "as", "te", "si"} {
			if strings.HasPrefix(inside, two) {
				return strings.ToUpper(two[:1]) + two[1:], true
			}
		}
		return strings.ToUpper(inside[:1]), true
	default:
		return "", false
	}
}

// ringClosure reads 1, %12 or %(123) behind an atom.
func (r *smilesReader) ringClosure() bool {
	digits := r.text[r.at : r.at+1]
	if digits == "%" {
		rest := r.text[r.at+1:]
		switch {
		case len(rest) >= 2 && isDigit(rest[0]) && isDigit(rest[1]):
			digits, r.at = rest[:2], r.at+3
		case strings.HasPrefix(rest, "("):
			end := strings.IndexByte(rest, ')')
			if end < 2 || end > 6 {
				return false
			}
			digits, r.at = rest[1:end], r.at+1+end+1
		default:
			return false
		}
	} else {
		r.at++
	}
	if r.previous < 0 {
		return false
	}
	number := 0
	for i := range len(digits) {
		if !isDigit(digits[i]) {
			return false
		}
		number = 10*number + int(digits[i]-'0')
	}
	r.bond = false
	partner, isOpen := r.open[number]
	if !isOpen {
		if r.open == nil {
			r.open = make(map[int]int)
		}
		r.open[number] = r.previous
		return true
	}
	delete(r.open, number)
	if partner == r.previous {
		return false
	}
	r.m.bonds = append(r.m.bonds, [2]int{partner, r.previous})
	return true
}

// add appends an atom and bonds it to the one before.
func (r *smilesReader) add(element string) {
	atom := len(r.m.elements)
	r.m.elements = append(r.m.elements, element)
	if r.previous >= 0 {
		r.m.bonds = append(r.m.bonds, [2]int{r.previous, atom})
	}
	r.previous, r.bond = atom, false
}

// withoutHydrogens drops hydrogen atoms that are bonded to one other atom:
// spelled out or not ([2H]C, C) they mean the same skeleton.
func (m molecule) withoutHydrogens() molecule {
	degree := make([]int, len(m.elements))
	for _, b := range m.bonds {
		degree[b[0]]++
		degree[b[1]]++
	}
	number := make([]int, len(m.elements))
	var out molecule
	for atom, element := range m.elements {
		if element == "H" && degree[atom] == 1 {
			number[atom] = -1
			continue
		}
		number[atom] = len(out.elements)
		out.elements = append(out.elements, element)
	}
	if len(out.elements) == len(m.elements) {
		return m
	}
	if len(out.elements) == 0 {
		return m // molecular hydrogen
	}
	for _, b := range m.bonds {
		if a, b := number[b[0]], number[b[1]]; a >= 0 && b >= 0 {
			out.bonds = append(out.bonds, [2]int{a, b})
		}
	}
	return out
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }
func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
