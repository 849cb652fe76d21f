package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"slices"
)

// graphHash names the skeleton that a SMILES spells, so that stereoisomers,
// isotopomers and other spellings of a compound get one name. A SMILES that
// cannot be read is named by its text. Two skeletons may share a name (the
// test of Weisfeiler and Lehman is not complete); that only joins groups.
func graphHash(smiles string) string {
	m, err := readSMILES(smiles)
	var content []byte
	if err != nil {
		content = append([]byte("text\n"), smiles...)
	} else {
		content = m.signature([]byte("graph\n"))
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16])
}

// signature appends what does not depend on the order in which the atoms are
// spelled: the colours of the atoms after refinement, sorted. Each round mixes
// the colours of an atom's neighbours into its own, and rounds end when they
// tell no more atoms apart.
// Weisfeiler and Lehman, Nauchno-Technicheskaya Informatsia 1968, 2(9), 12.
func (m molecule) signature(out []byte) []byte {
	colours := make([]uint64, len(m.elements))
	for i, element := range m.elements {
		h := fnv.New64a()
		h.Write([]byte(element))
		colours[i] = mix(h.Sum64())
	}
	sums := make([]uint64, len(colours))
	sorted := slices.Clone(colours)
	classes := distinct(sorted)
	for range len(colours) {
		clear(sums)
		for _, b := range m.bonds {
			// A sum does not depend on the order of the neighbours.
			sums[b[0]] += mix(colours[b[1]])
			sums[b[1]] += mix(colours[b[0]])
		}
		for i := range colours {
			colours[i] = mix(colours[i]*3 + mix(sums[i]))
		}
		copy(sorted, colours)
		refined := distinct(sorted)
		if refined == classes {
			break
		}
		classes = refined
	}
	out = binary.LittleEndian.AppendUint64(out, uint64(len(m.bonds)))
	for _, c := range sorted {
		out = binary.LittleEndian.AppendUint64(out, c)
	}
	return out
}

// distinct sorts colours and counts the different ones.
func distinct(colours []uint64) int {
	slices.Sort(colours)
	n := 0
	for i, c := range colours {
		if i == 0 || c != colours[i-1] {
			n++
		}
	}
	return n
}

// mix spreads each bit over all others: a bijection on 64 bits by two rounds
// of multiply and shift.
func mix(x uint64) uint64 {
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	return x
}
