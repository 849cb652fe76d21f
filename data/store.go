// Package data holds what is learned from: records and their pictures,
// ingested and validated, dead letters for what was refused, snapshots that
// name an immutable list of records, and splits of a snapshot.
package data

import (
	"context"
	"encoding/json"
	"time"

	"ringlab/data/picture"
	"ringlab/data/workspace"
)

// Store reads and writes the data of one workspace. Safe for concurrent use.
type Store struct{ ws *workspace.Workspace }

func New(ws *workspace.Workspace) *Store { return &Store{ws: ws} }

// Task says what is learned: a row in the workspace, rings by default.
type Task struct {
	LabelField  string // key in compounds.json, "num_rings"
	LabelName   string // for people, "rings"
	LabelMin    int
	LabelMax    int
	PictureSide int // pixels a side that models get
}

func (s *Store) Task(ctx context.Context) (Task, error) { panic("contract") }

// Record is one labelled picture of a compound.
type Record struct {
	ID         int64           `json:"-"`
	CompoundID int64           `json:"compound_id"`
	SMILES     string          `json:"smiles"`
	Label      int             `json:"rings"`
	Picture    string          `json:"picture"` // blob: SHA-256 of the PNG
	Image      string          `json:"image"`   // path in the source folder
	Group      string          `json:"group"`
	Fields     json.RawMessage `json:"fields,omitempty"` // the record as it came
}

// Side is the part of a split that a record belongs to.
type Side string

const (
	SideTrain      Side = "train"
	SideValidation Side = "validation"
	SideHoldout    Side = "holdout"
)

// Snapshot names an immutable list of records by the hash of its content.
type Snapshot struct {
	ID      string    `json:"snapshot"`
	Records int       `json:"records"`
	Created time.Time `json:"created"`
}

// Snapshots lists them, newest first. Snapshot finds one by id, by a unique
// prefix of an id, or the newest for "" or "latest".
func (s *Store) Snapshots(ctx context.Context) ([]Snapshot, error)          { panic("contract") }
func (s *Store) Snapshot(ctx context.Context, ref string) (Snapshot, error) { panic("contract") }

// Query selects records of a snapshot. The zero value selects all of the newest.
type Query struct {
	Snapshot string
	Labels   []int  // any of these; empty is all
	Text     string // part of the SMILES or formula, or a compound id
	Offset   int
	Limit    int // 0 is all
}

// Records lists in order of ingest. Count counts without Offset and Limit.
func (s *Store) Records(ctx context.Context, q Query) ([]Record, error)          { panic("contract") }
func (s *Store) Count(ctx context.Context, q Query) (int, error)                 { panic("contract") }
func (s *Store) Record(ctx context.Context, compoundID int64) (Record, error)    { panic("contract") }
func (s *Store) RecordsByID(ctx context.Context, ids []int64) ([]Record, error)  { panic("contract") }
func (s *Store) PicturePNG(ctx context.Context, r Record) ([]byte, error)        { panic("contract") }
func (s *Store) Picture(ctx context.Context, r Record) (*picture.Picture, error) { panic("contract") }

// Split says how a snapshot is cut. Its text form is "hash" (20 % holdout by
// group), "hash:0.25", or "demo" (the notebook's own 75/25).
type Split struct {
	Method     string // "hash" or "demo"
	Holdout    float64
	Validation float64 // share of what is not holdout
}

func ParseSplit(text string) (Split, error) { panic("contract") }
func (s Split) String() string              { panic("contract") }

// Parts is a snapshot cut by a split. Records that belong to no side are in none.
type Parts struct{ Train, Validation, Holdout []Record }

func (s *Store) Parts(ctx context.Context, snapshot string, split Split) (Parts, error) {
	panic("contract")
}

// IngestOptions: File is the name inside the folder, compounds.json if empty.
// MaxDead and MaxDeadShare refuse the whole ingest when more is bad (negative:
// no limit). Progress, if set, is called a few times a second.
type IngestOptions struct {
	File         string
	DryRun       bool
	MaxDead      int     // -1: no limit
	MaxDeadShare float64 // -1: no limit
	Progress     func(Progress)
}

type Progress struct {
	Read, Kept, Repeated, Dead int
	BytesRead, BytesTotal      int64
}

// IngestResult is what `ingest --json` prints. Read = Kept + Repeated + Dead.
type IngestResult struct {
	Ingest   int64   `json:"ingest"`
	Read     int     `json:"read"`
	Kept     int     `json:"kept"`
	Repeated int     `json:"repeated"`
	Dead     int     `json:"dead"`
	Snapshot string  `json:"snapshot"`
	Seconds  float64 `json:"seconds"`
	DryRun   bool    `json:"dry_run,omitempty"`
}

// Ingest reads the folder all or nothing. See docs/formats/ingest.md.
func (s *Store) Ingest(ctx context.Context, folder string, o IngestOptions) (IngestResult, error) {
	panic("contract")
}

// DeadLetter is a record that ingest refused.
type DeadLetter struct {
	ID         int64     `json:"id"`
	Source     string    `json:"file"` // absolute
	Row        int       `json:"row"`  // 0-based
	Offset     int64     `json:"byte_offset"`
	Code       string    `json:"code"`
	Reason     string    `json:"reason"`
	CompoundID *int64    `json:"compound_id"`
	State      string    `json:"state"` // waiting, ingested, discarded
	Seen       int       `json:"seen"`
	FirstSeen  time.Time `json:"first_seen"`
	Time       time.Time `json:"time"` // last seen
	Ingest     int64     `json:"ingest"`
	SettledBy  string    `json:"settled_by,omitempty"`
	SettledWhy string    `json:"settled_why,omitempty"`
	Raw        []byte    `json:"-"` // original bytes; only from DeadLetter
}

// DeadLetters lists letters in the given states; none means waiting ones.
func (s *Store) DeadLetters(ctx context.Context, states ...string) ([]DeadLetter, error) {
	panic("contract")
}
func (s *Store) DeadLetter(ctx context.Context, id int64) (DeadLetter, error) { panic("contract") }

// Retry ingests what now passes of these letters (all waiting ones if ids is empty).
func (s *Store) Retry(ctx context.Context, ids []int64, by string) (IngestResult, error) {
	panic("contract")
}
func (s *Store) Discard(ctx context.Context, ids []int64, by, why string) error { panic("contract") }

// Stats describes a snapshot for people.
type Stats struct {
	Snapshot    Snapshot    `json:"snapshot"`
	Labels      map[int]int `json:"labels"` // label to number of records
	Groups      int         `json:"groups"`
	Waiting     int         `json:"dead_waiting"`
	PictureSize int64       `json:"picture_bytes"`
}

func (s *Store) Stats(ctx context.Context, snapshot string) (Stats, error) { panic("contract") }

// FolderRecord is one record of a folder of the ingest form, read without
// ingesting: either Picture is set, or Code and Reason say why it is refused.
type FolderRecord struct {
	Row     int
	Record  Record
	Picture *picture.Picture
	Code    string
	Reason  string
}

// ReadFolder calls each in order for every record of the folder. A file that
// cannot be read at all is an error, as in Ingest.
func ReadFolder(ctx context.Context, folder, file string, task Task, each func(FolderRecord) error) error {
	panic("contract")
}
