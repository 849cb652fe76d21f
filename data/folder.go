package data

import (
	"context"

	"ringlab/data/picture"
)

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
