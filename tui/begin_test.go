package tui

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"

	"ringlab/data"
	"ringlab/data/workspace"
)

// newHomeless is a workbench without a workspace. Asked for one it answers with
// a folder that holds nothing.
func newHomeless(t *testing.T) *bench {
	t.Helper()
	return newHomelessIn(t, filepath.Join(t.TempDir(), ".ringlab"))
}

func newHomelessIn(t *testing.T, dir string) *bench {
	t.Helper()
	s := Session{User: "ada", Clock: testTime, Dir: dir,
		Begin: func(context.Context, bool) (Stores, error) { return Stores{}, errors.New("the disk is full") }}
	b := &bench{t, newRoot(t.Context(), s.withDefaults())}
	b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
	return b
}

func TestWithoutAWorkspaceTheNewcomerIsLed(t *testing.T) {
	b := newHomeless(t)
	b.wants("Welcome to ringlab", "There is no workspace yet", ".ringlab", "Read a folder")
	for _, key := range []string{"1", "2", "3", "4", "5", "tab"} {
		b.press(key)
		if b.root.active != pageOverview {
			t.Fatalf("key %s shows page %d, which has nothing to ask", key, b.root.active)
		}
		b.wants("There is no workspace yet. i reads a folder")
	}
	b.press("e")
	b.wants("this build carries no example data")
	b.press("i")
	b.wants("This makes the workspace", "folder (needed)")
	b.press("/", "x", "enter", "y")
	if b.root.shell.beginning == 0 {
		t.Fatal("a folder was named and no workspace is made")
	}
	b.give(failedMsg{b.root.shell.beginning, "open the workspace", errors.New("the disk is full")})
	b.wants("Cannot open the workspace: the disk is full")
	if b.root.shell.beginning != 0 {
		t.Error("after the failure it cannot be tried again")
	}
}

// The session of this test would answer that the disk is full.
func TestNoWorkspaceIsMadeForAFolderThatIsNone(t *testing.T) {
	b := newHomeless(t)
	missing := filepath.Join(t.TempDir(), "nothing")
	said := b.root.shell.begin(true, ingestPlan{folder: missing})()
	if m, ok := said.(failedMsg); !ok || !strings.Contains(m.err.Error(), "nothing was changed") {
		t.Errorf("%+v", said)
	}
}

// Of a long path the end says which folder it is.
func TestALongPathKeepsItsEnd(t *testing.T) {
	b := newHomelessIn(t, "/"+strings.Repeat("deep/", 30)+"rings/.ringlab")
	b.wants("…", "/deep/rings/.ringlab")
}

func TestTheWorkspaceOfAnotherProcessIsTaken(t *testing.T) {
	b := newHomeless(t)
	b.give(refreshMsg{now: testTime(), there: true})
	request := b.root.shell.beginning
	if request == 0 {
		t.Fatal("a workspace was made beside and is not opened")
	}
	b.give(begunMsg{request: request, stores: Stores{Workspace: &workspace.Workspace{}}})
	b.press("3")
	if b.root.active != pageRuns {
		t.Error("with a workspace the pages are still closed")
	}
}

func TestADeletedWorkspaceIsSaidOnceAndAskedNoMore(t *testing.T) {
	b := newBench(t, 100, 30)
	b.giveOverview()
	b.give(refreshMsg{now: testTime(), gone: true})
	b.wants("the workspace was deleted")
	requests := b.root.shell.requests
	b.give(refreshMsg{now: testTime().Add(quietEvery), gone: true})
	b.press("3", "4")
	if b.root.shell.requests != requests {
		t.Error("a workspace that is gone is still asked")
	}
	if n := len(b.root.shell.failures); n != 1 {
		t.Errorf("it is said %d times", n)
	}
}

func TestNothingIsAskedUntilSomethingChanges(t *testing.T) {
	b := newBench(t, 100, 30)
	b.giveOverview()
	b.give(refreshMsg{now: testTime()})
	requests := b.root.shell.requests
	b.give(refreshMsg{now: testTime().Add(clockEvery)})
	if b.root.shell.requests != requests {
		t.Error("nothing changed and the page asked again")
	}
	b.give(refreshMsg{now: testTime().Add(clockEvery), changed: true})
	if b.root.shell.requests == requests {
		t.Error("the workspace changed and the page did not ask")
	}
}

func TestAFolderIsReadAsATerminalSpellsIt(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for in, want := range map[string]string{
		"/data/compounds":     "/data/compounds",
		"'/data/my set' ":     "/data/my set",
		`/data/my\ set`:       "/data/my set",
		"~/compounds":         filepath.Join(home, "compounds"),
		"~":                   home,
		"relative/~/compound": "relative/~/compound",
	} {
		if got := homePath(in); got != want {
			t.Errorf("homePath(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestACrashLeavesAReport(t *testing.T) {
	ws, err := workspace.Create(t.Context(), filepath.Join(t.TempDir(), "ws"))
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	b := newBench(t, 100, 30)
	b.root.shell.session.Workspace = ws
	g := &guard{root: b.root}
	g.Update(keyPress("3"))
	b.root.pages[pageRuns] = nil // the defect
	_, cmd := g.Update(keyPress("j"))
	if g.crash == nil || cmd == nil {
		t.Fatal("a panic in Update does not end the workbench")
	}
	g.View()
	for _, part := range []string{"ended by a defect", "workbench-crash-", ws.Dir()} {
		if !strings.Contains(g.crash.Error(), part) {
			t.Errorf("%q does not say %q", g.crash, part)
		}
	}
	report := string(readFile(t, g.crash.Report))
	for _, part := range []string{"KeyPressMsg 3", "KeyPressMsg\n", "screen: 100×30", "nil pointer", "crash.go"} {
		if !strings.Contains(report, part) {
			t.Errorf("the report does not have %q:\n%s", part, report)
		}
	}
}

func TestACrashAtTheBeginningLeavesAReportToo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()) // there is no workspace
	b := newBench(t, 100, 30)
	b.root.pages[pageOverview] = nil // the defect
	g := &guard{root: b.root}
	if cmd := g.Init(); cmd == nil || g.crash == nil || g.crash.Report == "" {
		t.Errorf("the workbench goes on, or without a report: %v", g.crash)
	}
}

func TestAReportDoesNotHoldWhatAPersonTyped(t *testing.T) {
	b := newBench(t, 100, 30)
	b.giveRecords()
	g := &guard{root: b.root}
	for _, key := range []string{"/", "s", "e", "c"} {
		g.Update(keyPress(key))
	}
	if report := g.report("x", nil); strings.Contains(report, "KeyPressMsg s") || !strings.Contains(report, "KeyPressMsg /") {
		t.Errorf("the report:\n%s", report)
	}
}

// TestTheFirstScreenIsWholeOnASmallScreen: nothing that a newcomer reads first is
// cut, and all three ways on are there.
func TestTheFirstScreenIsWholeOnASmallScreen(t *testing.T) {
	for _, size := range [][2]int{{60, 18}, {80, 24}, {120, 40}} {
		b := newBench(t, size[0], size[1])
		b.root.shell.session.Example = func(*workspace.Workspace) (string, error) { return "", nil }
		b.give(summaryLoadedMsg{request: b.overviewPage().request})
		b.press("0")
		b.give(summaryLoadedMsg{request: b.overviewPage().request})
		b.wants("Welcome to ringlab", "all from here.", "bad on purpose", "Read a folder of your own", "ringlab ingest FOLDER", "All keys", "q leaves")
		b.wantsNot("…")
	}
}

// A first ingest that is refused has made the workspace: the message says so,
// and that nothing is in it. A later one leaves what there was.
func TestARefusedFirstIngestSaysThatTheWorkspaceIsThere(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "compounds.json"), []byte(`[{"compound_id":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	ws, err := workspace.Create(t.Context(), filepath.Join(t.TempDir(), "ws"))
	if err != nil {
		t.Fatal(err)
	}
	defer ws.Close()
	for _, first := range []bool{true, false} {
		b := newBench(t, 80, 24)
		b.root.shell.session.Stores = Stores{Workspace: ws, Data: data.New(ws)}
		b.give(b.root.shell.ingest(ingestPlan{folder: folder, first: first})())
		if said := b.root.shell.failures[0].text; strings.Contains(said, "into the new workspace, which stays empty") != first || said == "" {
			t.Errorf("first %v: %q", first, said)
		}
	}
}
