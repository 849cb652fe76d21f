package data

// ledger holds what is known already of the ids, pictures and graphs that new
// records name, and judges them in order. It is filled from the workspace, or
// starts empty for a folder that is only read.
type ledger struct {
	contents map[int64][32]byte    // compound id to content
	pictures map[string]pictureUse // picture to its first record's
	groups   map[string]string     // graph to group
}

type pictureUse struct {
	label int
	group string
}

func newLedger() *ledger {
	return &ledger{
		contents: make(map[int64][32]byte),
		pictures: make(map[string]pictureUse),
		groups:   make(map[string]string),
	}
}

// entry is what the ledger needs to know of a record.
type entry struct {
	compoundID int64
	label      int
	picture    string
	content    [32]byte
	graph      string
}

// verdict of the ledger on one record: refused, repeated, or kept in group.
// newPicture and newGraph say that a kept record is the first to name them.
type verdict struct {
	refused    *refusal
	repeated   bool
	group      string
	newPicture bool
	newGraph   bool
}

func (v verdict) kept() bool { return v.refused == nil && !v.repeated }

// judge decides on e and remembers it if it is kept.
//
// A record joins the group of its picture, else of its graph. One whose
// picture and graph belong to two groups would join them, and so could pull
// records from one side of a split to the other: it goes to no group (""), and
// hence to no side.
func (l *ledger) judge(e *entry) verdict {
	if content, ok := l.contents[e.compoundID]; ok {
		if content == e.content {
			return verdict{repeated: true}
		}
		return verdict{refused: refuse(CodeIDConflict, "compound %d is there already with another content; the first one stays", e.compoundID)}
	}
	use, shown := l.pictures[e.picture]
	if shown && use.label != e.label {
		return verdict{refused: refuse(CodePictureConflict, "its picture is there already with the label %d, here it has %d; the first one stays", use.label, e.label)}
	}
	group, graphKnown := l.groups[e.graph]
	v := verdict{newPicture: !shown, newGraph: !graphKnown}
	switch {
	case shown && graphKnown && group != use.group:
		v.group = ""
	case shown:
		v.group = use.group
	case graphKnown:
		v.group = group
	default:
		v.group = e.graph
	}
	l.contents[e.compoundID] = e.content
	if !shown {
		l.pictures[e.picture] = pictureUse{label: e.label, group: v.group}
	}
	if !graphKnown {
		l.groups[e.graph] = v.group
	}
	return v
}
