package data

import (
	"encoding/json"
)

// Record is one labelled picture of a compound.
type Record struct {
	ID         int64           `json:"-"` // rises in the order of ingest
	CompoundID int64           `json:"compound_id"`
	SMILES     string          `json:"smiles"`
	Label      int             `json:"rings"`
	Picture    string          `json:"picture"`          // blob: SHA-256 of the PNG
	Image      string          `json:"image"`            // path in the source folder
	Group      string          `json:"group"`            // never crosses sides of a split; "" is on no side
	Fields     json.RawMessage `json:"fields,omitempty"` // the record as it came
}

// Query selects records of a snapshot. The zero value selects all of the newest.
type Query struct {
	Snapshot string // as in Store.Snapshot
	Labels   []int  // any of these; empty is all
	Text     string // part of the SMILES or formula, or a compound id
	Offset   int
	Limit    int // 0 is all
}
