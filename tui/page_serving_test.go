package tui

import (
	"math"
	"testing"
	"time"
)

// On the smallest terminal no label is left out unsaid: those that have no line
// of their own share the last one.
func TestLabelsWithoutALineShareTheLast(t *testing.T) {
	b := newBench(t, leastWidth, leastHeight)
	b.giveServing()
	b.wants("  1  ", "  3  ", "  4+ ", "! 12 pictures unlike")
	b.wantsNot("  5  ")
	large := newBench(t, 200, 60)
	large.giveServing()
	large.wants("  5  ", "  6  ")
	large.wantsNot("5+", "6+")

	rows, learned, said := labelShares(map[int]int{1: 3, 12: 7}, map[int]int{1: 1, 2: 1, 30: 2})
	if learned != 10 || said != 4 || len(rows) != 4 {
		t.Fatalf("%v of %d and %d", rows, learned, said)
	}
	for room := -1; room < 6; room++ {
		short := lastTogether(rows, room)
		var a, b float64
		for _, row := range short {
			a, b = a+row.learned, b+row.said
		}
		if len(short) != min(max(room, 1), 4) || math.Abs(a-1) > 1e-9 || math.Abs(b-1) > 1e-9 {
			t.Errorf("in %d lines: %v", room, short)
		}
	}
	if last := lastTogether(rows, 2)[1]; last.label != "2+" || last.learned != .7 || last.said != .75 {
		t.Errorf("the last line is %v", last)
	}
}

// A server that was killed is listed until it counts as gone; meanwhile the page
// says that its report is late.
func TestAServerWhoseReportIsLateIsCalledSilent(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveServing()
		b.wantsNot("silent for")
		servers := testServers()
		servers[0].Seen = testTime().Add(-12 * time.Second)
		b.give(servingLoadedMsg{request: b.servingPage().request, production: testVersions()[1], servers: servers})
		b.wants("127.0.0.1:8080 silent for 12 s", "◌ 127.0.0.1:8080")
		b.giveOverview()
		s := testSummary()
		s.servers = servers
		b.press("0")
		b.give(summaryLoadedMsg{b.overviewPage().request, s})
		b.wants("◌ 127.0.0.1:8080 silent for 12 s")
	}
}

// One that was killed on this machine is said to have died; the others go on being
// counted.
func TestAServerThatDiedIsSaidToHaveDied(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.giveServing()
		b.wantsNot("died")
		servers := testServers()
		servers[0].Died, servers[0].Seen = true, testTime().Add(-3*time.Second)
		b.give(servingLoadedMsg{request: b.servingPage().request, production: testVersions()[1], servers: servers})
		b.wants("Servers  1  ✗ 127.0.0.1:8080 has died", "✗ 127.0.0.1:8080")
		b.giveOverview()
		s := testSummary()
		s.servers = servers
		b.press("0")
		b.give(summaryLoadedMsg{b.overviewPage().request, s})
		b.wants("● 1 server", "✗ 127.0.0.1:8080 has died")
		s.servers = servers[:1]
		b.press("0")
		b.give(summaryLoadedMsg{b.overviewPage().request, s})
		b.wants("✗ 127.0.0.1:8080 has died")
		b.wantsNot("● 0")
		b.press("5")
		b.give(servingLoadedMsg{request: b.servingPage().request, production: testVersions()[1], servers: servers[:1]})
		b.wants("ringlab serve starts one again")
	}
}

// The filter of the servers, and that of dead letters, are there again in the
// next session.
func TestTheFiltersOfServersAndLettersAreKept(t *testing.T) {
	b := newBench(t, 120, 40)
	b.giveServing()
	b.types("/version=v1")
	b.press("enter")
	b.wants("1 selected of 2", "filter version=v1")
	b.giveLetters()
	b.types("/code~miss")
	b.press("enter")

	later := newBench(t, 120, 40)
	later.servingPage().Restore(mustJSON(t, b.servingPage().Keep()))
	later.dataPage().Restore(mustJSON(t, b.dataPage().Keep()))
	later.giveServing()
	later.wants("1 selected of 2", "filter version=v1")
	later.wantsNot("127.0.0.1:8081")
	later.giveLetters()
	later.wants("filter code~miss")
	older := newBench(t, 120, 40) // kept by a version that knew no filter here
	older.servingPage().Restore([]byte(`{"widths":{"address":30}}`))
	older.giveServing()
	older.wants("127.0.0.1:8081")
	if older.servingPage().table.widths["address"] != 30 {
		t.Error("the widths are lost")
	}
}
