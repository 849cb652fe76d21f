package data

import (
	"context"

	"ringlab/data/picture"
)

// Records lists in order of ingest. Count counts without Offset and Limit.
func (s *Store) Records(ctx context.Context, q Query) ([]Record, error)          { panic("contract") }
func (s *Store) Count(ctx context.Context, q Query) (int, error)                 { panic("contract") }
func (s *Store) Record(ctx context.Context, compoundID int64) (Record, error)    { panic("contract") }
func (s *Store) RecordsByID(ctx context.Context, ids []int64) ([]Record, error)  { panic("contract") }
func (s *Store) PicturePNG(ctx context.Context, r Record) ([]byte, error)        { panic("contract") }
func (s *Store) Picture(ctx context.Context, r Record) (*picture.Picture, error) { panic("contract") }
