package data

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ringlab/data/workspace"
)

// The test runs itself as a child, which has a small disk.
const (
	fullMode   = "RINGLAB_TEST_FULL_MODE" // "disk", or "limit" where no disk can be made
	fullFolder = "RINGLAB_TEST_FULL_FOLDER"
	fullMount  = "RINGLAB_TEST_FULL_MOUNT"
)

// TestFullDisk: an ingest for which the disk has no room says what to do and
// leaves nothing, however far it came; and passes once there is room. The disk
// is a small one in memory, which a user of his own may mount; where the system
// allows no such thing, files have a limit instead.
func TestFullDisk(t *testing.T) {
	if mode := os.Getenv(fullMode); mode != "" {
		ingestOnFullDisk(t, mode == "disk", os.Getenv(fullFolder), os.Getenv(fullMount))
		return
	}
	records := make([]made, 60)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range records {
		note := make([]byte, 8000) // hardly compressible
		for n := range note {
			note[n] = byte('0' + random.IntN(64))
			if note[n] == '\\' {
				note[n] = '.'
			}
		}
		records[i] = made{id: int64(i + 1), smiles: "C", label: 0, picture: i, extra: fmt.Sprintf(`"note": "%s"`, note)}
	}
	folder, mount := makeFolder(t, records...), t.TempDir()
	must(t, os.Remove(filepath.Join(folder, records[0].path())))
	run := func(mode string, attributes *syscall.SysProcAttr) (string, error) {
		self, err := os.Executable()
		must(t, err)
		child := exec.CommandContext(t.Context(), self, "-test.run=^TestFullDisk$", "-test.v")
		child.Env = append(os.Environ(), fullMode+"="+mode, fullFolder+"="+folder, fullMount+"="+mount)
		child.SysProcAttr = attributes
		out, err := child.CombinedOutput()
		return string(out), err
	}
	out, err := run("disk", &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	})
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || strings.Contains(out, "no disk of its own") {
		t.Logf("a limit on files instead of a small disk: %v", err)
		out, err = run("limit", nil)
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// ingestOnFullDisk leaves the ingest more and more room, until it passes.
func ingestOnFullDisk(t *testing.T, disk bool, folder, mount string) {
	want := mustIngest(t, newStore(t), folder)
	full := 0
	for kB := 8; ; kB += 48 {
		dir := filepath.Join(mount, fmt.Sprint(kB))
		must(t, os.Mkdir(dir, 0o777))
		leaveRoom := limitFiles(t)
		if disk {
			leaveRoom = mountSmallDisk(t, dir)
		}
		made, err := workspace.Create(t.Context(), filepath.Join(dir, "ws"))
		must(t, err)
		must(t, made.Close())
		leaveRoom(kB)
		err = ingestInChild(filepath.Join(dir, "ws"), folder)
		leaveRoom(64 << 10)
		if err == nil {
			break
		}
		full++
		t.Logf("%d kB: %v", kB, err)
		if !errors.Is(err, workspace.ErrFull) {
			t.Errorf("%d kB: %v", kB, err)
		}
		checkFullDisk(t, filepath.Join(dir, "ws"), folder, want)
		if disk {
			leaveRoom(0)
			checkFullDiskIsRead(t, filepath.Join(dir, "ws"), want, leaveRoom)
		}
	}
	if full < 3 {
		t.Errorf("only %d disks were full", full)
	}
}

// checkFullDisk: nothing of the ingest is there, and now it passes.
func checkFullDisk(t *testing.T, dir, folder string, want IngestResult) {
	t.Helper()
	ws, err := workspace.Create(t.Context(), dir)
	must(t, err)
	defer ws.Close()
	s := New(ws)
	letters, err := s.DeadLetters(t.Context())
	must(t, err)
	if n, err := s.Count(t.Context(), Query{}); n != 0 || err != nil || len(letters) != 0 {
		t.Errorf("%d records (%v) and %d letters are visible", n, err, len(letters))
	}
	if packs, err := filepath.Glob(ws.Path("blobs", "packs", "*")); err != nil || len(packs) != 0 {
		t.Errorf("packs %v (%v) take room", packs, err)
	}
	if got := mustIngest(t, s, folder); got.Snapshot != want.Snapshot || got.Dead != want.Dead {
		t.Errorf("with room: %+v, want %+v", got, want)
	}
	checkPictures(t, s)
}

// checkFullDiskIsRead: without room for a byte, what is there is read, and a
// write says what to do; with room again it passes, without opening anew.
func checkFullDiskIsRead(t *testing.T, dir string, want IngestResult, leaveRoom func(kB int)) {
	t.Helper()
	ws, err := workspace.Create(t.Context(), dir)
	must(t, err)
	s := New(ws)
	if n, err := s.Count(t.Context(), Query{}); n != want.Kept || err != nil {
		t.Errorf("on a full disk %d records are read, want %d (%v)", n, want.Kept, err)
	}
	checkPictures(t, s)
	if err := ws.KeepState(t.Context(), "me", map[string]string{"theme": "dark"}); !errors.Is(err, workspace.ErrFull) {
		t.Errorf("a write on a full disk: %v", err)
	}
	leaveRoom(64 << 10)
	must(t, ws.KeepState(t.Context(), "me", map[string]string{"theme": "dark"}))
	state, err := ws.State(t.Context(), "me")
	must(t, err)
	if state["theme"] != "dark" {
		t.Errorf("what was written once there was room reads %v", state)
	}
	must(t, ws.Close())
}

func mountSmallDisk(t *testing.T, dir string) (leaveRoom func(kB int)) {
	t.Helper()
	if err := syscall.Mount("small", dir, "tmpfs", 0, "size=64m"); err != nil {
		t.Fatalf("no disk of its own: %v", err)
	}
	return func(kB int) {
		var now syscall.Statfs_t
		must(t, syscall.Statfs(dir, &now))
		used := int(now.Blocks-now.Bfree) * int(now.Bsize) / 1024
		must(t, syscall.Mount("small", dir, "tmpfs", syscall.MS_REMOUNT, fmt.Sprintf("size=%dk", used+kB)))
	}
}

func limitFiles(t *testing.T) (leaveRoom func(kB int)) {
	t.Helper()
	var before syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_FSIZE, &before))
	signal.Ignore(syscall.SIGXFSZ)
	return func(kB int) {
		must(t, syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(kB) << 10, Max: before.Max}))
	}
}
