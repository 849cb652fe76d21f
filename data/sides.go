package data

// Sides tells on which side of the split each of a snapshot's records stands,
// "" for none. records are all of the snapshot, in its order; only their ID
// and Group are read. See Store.Parts for the rule.
func (s Split) Sides(records []Record) ([]Side, error) {
	parts, err := s.cut(records)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]Side, len(records))
	for side, part := range map[Side][]Record{SideTrain: parts.Train, SideValidation: parts.Validation, SideHoldout: parts.Holdout} {
		for _, r := range part {
			byID[r.ID] = side
		}
	}
	sides := make([]Side, len(records))
	for i, r := range records {
		sides[i] = byID[r.ID]
	}
	return sides, nil
}
