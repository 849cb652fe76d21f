package data

import (
	"encoding/json"
	"math"
)

// RingPlace is where a ring lies in its picture: its middle, in shares of the
// picture's width and height, and the number of its atoms.
type RingPlace struct {
	X, Y  float64
	Atoms int
}

// RingPlaces reads what a record may say of its rings beside their number:
//
//	"ring_places": [[0.31, 0.52, 6], …]
//
// nil where it says nothing, or something else than that of any of them.
// Training uses it, and nothing depends on it.
func RingPlaces(fields json.RawMessage) []RingPlace {
	var record struct {
		Places [][3]float64 `json:"ring_places"`
	}
	if err := json.Unmarshal(fields, &record); err != nil || len(record.Places) > mostRingPlaces {
		return nil
	}
	var places []RingPlace
	for _, p := range record.Places {
		x, y, atoms := p[0], p[1], p[2]
		if !(x >= 0 && x <= 1 && y >= 0 && y <= 1 && atoms >= 3 && atoms <= mostRingAtoms && atoms == math.Trunc(atoms)) {
			return nil
		}
		places = append(places, RingPlace{x, y, int(atoms)})
	}
	return places
}

const (
	mostRingPlaces = 1000 // the most rings that a record may count
	mostRingAtoms  = 10000
)
