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

// snapshotColumns are what a filter can name of snapshots.
var snapshotColumns = filter.Columns[*SnapshotLine]{
	{Name: "number", Kind: filter.Number, Help: "its number; 1 is the oldest", Words: true,
		Value: func(l *SnapshotLine) filter.Value { return filter.OfNumber(float64(l.Number)) }},
	{Name: "snapshot", Kind: filter.Text, Help: "its name, a hash", Words: true,
		Value: func(l *SnapshotLine) filter.Value { return filter.OfText(l.ID) }},
	{Name: "records", Kind: filter.Number, Help: "records in it",
		Value: func(l *SnapshotLine) filter.Value { return filter.OfNumber(float64(l.Records)) }},
	{Name: "added", Kind: filter.Number, Help: "records that the one before it has not",
		Value: func(l *SnapshotLine) filter.Value { return filter.OfNumber(float64(l.Added)) }},
	{Name: "created", Kind: filter.Time, Help: "when it was made",
		Value: func(l *SnapshotLine) filter.Value { return filter.OfTime(l.Created) }},
}

// SnapshotFields are the fields of snapshots that a filter can name.
func SnapshotFields() *filter.Schema { return snapshotColumns.Schema("snapshots") }

// Columns makes it a filter.Row.
func (*SnapshotLine) Columns() filter.Columns[*SnapshotLine] { return snapshotColumns }
