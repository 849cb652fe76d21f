package data

import (
	"bytes"
	"context"

	"ringlab/data/picture"
)

// FolderRecord is one record of a folder of the ingest form, read without
// ingesting: either Picture is set, or Code and Reason say why it is refused.
type FolderRecord struct {
	Row     int
	Record  Record // what could be read of it; without ID and Group
	Picture *picture.Picture
	Repeat  bool // says the same as an earlier record of the folder
	Code    string
	Reason  string
}

// folderChunk is how many pictures in a row one processor decodes: a picture
// may take 50 MB.
const folderChunk = 1

// ReadFolder calls each in order for every record of the folder. The rules are
// those of Ingest into an empty workspace. A file that cannot be read at all
// is a *RefusedFileError. An error of each ends the reading and is returned.
// Pictures are decoded a few ahead; memory grows by some hundred bytes a
// record, to know copies.
func ReadFolder(ctx context.Context, folder, file string, task Task, each func(FolderRecord) error) error {
	src, err := openSource(folder, file)
	if err != nil {
		return err
	}
	defer src.close()
	list, _, err := src.openList()
	if err != nil {
		return err
	}
	defer list.Close()

	known := newLedger()
	return inOrder(ctx, newRecordReader(src.path(), list), folderChunk,
		func(r rawRecord) (folderCheck, error) { return src.checkFolderRecord(r, task), nil },
		func(checked []folderCheck) error {
			for _, c := range checked {
				if c.refused == nil {
					v := known.judge(&c.entry)
					c.Repeat, c.refused = v.repeated, v.refused
				}
				if c.refused != nil {
					c.Picture, c.Code, c.Reason = nil, c.refused.code, c.refused.reason
				}
				if err := each(c.FolderRecord); err != nil {
					return err
				}
			}
			return nil
		})
}

// folderCheck is a record judged by itself, before it is compared with others.
type folderCheck struct {
	FolderRecord
	refused *refusal
	entry   entry
}

func (s *source) checkFolderRecord(r rawRecord, task Task) folderCheck {
	c := folderCheck{FolderRecord: FolderRecord{Row: r.row}}
	parser := recordParsers.Get().(*recordParser)
	defer recordParsers.Put(parser)
	fields, id, refused := parser.parse(r.raw, task)
	c.Record.CompoundID, c.Record.Fields, c.refused = id, r.raw, refused
	if refused != nil {
		if refused.code == CodeNotUTF8 {
			c.Record.Fields = nil // not JSON that one could write on
		}
		return c
	}
	var decoded *picture.Picture
	checked := s.checkImage(fields.image, new(bytes.Buffer), func(_ string, file []byte) (blank bool, err error) {
		if decoded, err = picture.Decode(file, picture.DefaultLimits); err != nil {
			return false, err
		}
		return decoded.Blank(), nil
	})
	if c.refused = checked.refusal(fields.label); c.refused != nil {
		return c
	}
	c.Record.SMILES, c.Record.Label, c.Record.Image, c.Record.Picture = fields.smiles, fields.label, fields.image, checked.sum
	c.Picture, c.entry = decoded, fields.entry(parser.contentSum(&fields, checked.sum), checked.sum, graphHash(fields.smiles))
	return c
}
