package data

import "ringlab/data/filter"

// SnapshotLine is a snapshot in the list of all.
type SnapshotLine struct {
	Snapshot

	Number int // 1 is the oldest
	Added  int // records that the one before it has not
}

// SnapshotLines are lines of all snapshots, newest first as they are given.
func SnapshotLines(snapshots []Snapshot) []SnapshotLine {
	lines := make([]SnapshotLine, len(snapshots))
	for i, s := range snapshots {
		lines[i] = SnapshotLine{Snapshot: s, Number: len(snapshots) - i, Added: s.Records}
		if i+1 < len(snapshots) {
			lines[i].Added -= snapshots[i+1].Records
		}
	}
	return lines
}

// SnapshotFields are the fields of snapshots that a filter can name.
func SnapshotFields() *filter.Schema {
	return &filter.Schema{Rows: "snapshots", Fields: []filter.Field{
		{Name: "number", Kind: filter.Number, Help: "its number; 1 is the oldest", Words: true},
		{Name: "snapshot", Kind: filter.Text, Help: "its name, a hash", Words: true},
		{Name: "records", Kind: filter.Number, Help: "records in it"},
		{Name: "added", Kind: filter.Number, Help: "records that the one before it has not"},
		{Name: "created", Kind: filter.Time, Help: "when it was made"},
	}}
}

// Value is the line as a row of SnapshotFields.
func (l *SnapshotLine) Value(field int, _ string) filter.Value {
	switch field {
	case 0:
		return filter.OfNumber(float64(l.Number))
	case 1:
		return filter.OfText(l.ID)
	case 2:
		return filter.OfNumber(float64(l.Records))
	case 3:
		return filter.OfNumber(float64(l.Added))
	case 4:
		return filter.OfTime(l.Created)
	}
	return filter.Value{}
}
