package data

import (
	"slices"
	"testing"
)

func TestRingSizes(t *testing.T) {
	for smiles, want := range map[string][]int{
		"CCO":                       {},
		"C1CC1":                     {3},
		"c1ccc2[nH]ccc2c1":          {5, 6},
		"C1CC2CCC1C2":               {5, 5},          // norbornane
		"C12C3C4C1C5C2C3C45":        {4, 4, 4, 4, 4}, // cubane
		"C1CCC2(CC1)OCCO2.c1ccccc1": {5, 6, 6},
		"C1CCCCCCCCCCC1":            {12},
		"not a molecule":            nil,
	} {
		got := RingSizes(smiles)
		if !slices.Equal(got, want) || (got == nil) != (want == nil) && len(want) > 0 {
			t.Errorf("%s: %v, want %v", smiles, got, want)
		}
	}
}
