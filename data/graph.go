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

// refinements is how far around it each atom looks, in bonds. Skeletons that
// differ only further away from every atom may share a name.
const refinements = 16

// signature appends what does not depend on the order in which the atoms are
// spelled: the colours of the atoms after refinement, sorted. Each round mixes
// the colours of an atom's neighbours into its own.
// Weisfeiler and Lehman, Nauchno-Technicheskaya Informatsia 1968, 2(9), 12.
func (m molecule) signature(out []byte) []byte {
	colours := make([]uint64, len(m.elements))
	for i, element := range m.elements {
		h := fnv.New64a()
		h.Write([]byte(element))
		colours[i] = mix(h.Sum64())
	}
	sums := make([]uint64, len(colours))
	for range min(refinements, len(colours)) {
		clear(sums)
		for _, b := range m.bonds {
			// A sum does not depend on the order of the neighbours.
			sums[b[0]] += colours[b[1]]
			sums[b[1]] += colours[b[0]]
		}
		for i, sum := range sums {
			colours[i] = mix(3*colours[i] + mix(sum))
		}
	}
	slices.Sort(colours)
	out = binary.LittleEndian.AppendUint64(out, uint64(len(m.bonds)))
	for _, c := range colours {
		out = binary.LittleEndian.AppendUint64(out, c)
	}
	return out
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
