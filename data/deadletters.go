package data

import (
	"context"
	"time"
)

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
