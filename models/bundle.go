package models

import "time"

// Lineage says where a model came from.
type Lineage struct {
	Run      string    `json:"run"`
	Snapshot string    `json:"snapshot"`
	Split    string    `json:"split"`
	Seed     uint64    `json:"seed"`
	Code     string    `json:"code"` // version of ringlab
	Created  time.Time `json:"created"`
}

// Save writes the bundle into the folder dir, all or nothing, and returns the
// SHA-256 of its model.json. Load refuses anything that does not match its
// hashes or is larger than it says; errors say what to do.
func (m *Model) Save(dir string, l Lineage, e Evaluation) (sum string, err error) { panic("contract") }
func Load(dir string) (*Model, Card, error)                                       { panic("contract") }

// Card is model.json.
type Card struct {
	Format     int        `json:"format"`
	Preset     string     `json:"preset"`
	Family     string     `json:"family"`
	Parameters Values     `json:"parameters"`
	Labels     []int      `json:"labels"`
	Lineage    Lineage    `json:"lineage"`
	Evaluation Evaluation `json:"evaluation"`
}
