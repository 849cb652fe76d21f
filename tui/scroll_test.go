package tui

import (
	"testing"

	"ringlab/data"
)

// TestAllOfARecordIsReachedOnASmallScreen: what has no room is scrolled to, to
// the last line of the record as it came, and the next record begins at its top.
func TestAllOfARecordIsReachedOnASmallScreen(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveRecords()
	b.press("enter")
	row, _ := b.dataPage().current()
	b.give(recordLoadedMsg{request: b.dataPage().preview.request, id: row.ID, raw: []byte("{\n\"assays\": [1, 2],\n\"last\": true\n}"),
		picture: pictureLoadedMsg{request: b.dataPage().preview.request, picture: demoPicture(t, row.Image)}})
	b.wants("more lines, ] scrolls")
	b.wantsNot(`"last"`)
	for range 20 {
		b.press("]")
	}
	b.wants(`"last": true`, "[ scrolls back")
	b.press("[")
	b.wants("] scrolls")
	b.press("down")
	b.giveRecord()
	b.wants("compound")
	for range 20 {
		b.press("[")
	}
	b.wants("2 of 100")
}

func TestAllOfADeadLetterIsReachedOnASmallScreen(t *testing.T) {
	b := newBench(t, 60, 18)
	b.giveLetters()
	b.wants("] scrolls")
	for range 9 {
		b.press("]")
	}
	b.wants("missing_image.png", "[ scrolls back")
	b.press("j")
	b.give(letterLoadedMsg{b.dataPage().letters.fullRequest, data.DeadLetter{ID: 2, Raw: []byte("{}")}})
	b.wants("compound_id is")
}
