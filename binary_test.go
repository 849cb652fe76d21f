package main

import (
	"debug/buildinfo"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// TestMain removes the binary that the tests built.
func TestMain(m *testing.M) {
	status := m.Run()
	if dir, err := binaryFolder(); err == nil && dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(status)
}

// binaryFolder builds the real program once, as a user would, and returns the
// folder that it lies in, ready for PATH.
var binaryFolder = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "ringlab-test-")
	if err != nil {
		return "", err
	}
	name := "ringlab"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(dir, name), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return dir, nil
})

// withBinary returns the folder with the real program and an environment that
// finds it there first, and nothing else of the caller's settings.
func withBinary(t *testing.T) (folder string, env []string) {
	t.Helper()
	folder, err := binaryFolder()
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "PATH=") && !strings.HasPrefix(pair, "RINGLAB_") {
			env = append(env, pair)
		}
	}
	return folder, append(env, "PATH="+folder+string(os.PathListSeparator)+os.Getenv("PATH"))
}

// TestEveryLinkedLibraryNamesItsLicence keeps version --notices complete.
func TestEveryLinkedLibraryNamesItsLicence(t *testing.T) {
	folder, env := withBinary(t)
	program := filepath.Join(folder, "ringlab")
	notices := exec.CommandContext(t.Context(), program, "version", "--notices")
	notices.Env = env
	out, err := notices.Output()
	if err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range info.Deps {
		named := false
		for line := range strings.Lines(string(out)) {
			fields := strings.Fields(line)
			named = named || len(fields) >= 3 && fields[0] == module.Path && fields[2] != "–"
		}
		if !named {
			t.Errorf("version --notices names no licence for %s: add it to internal/cli/licences.txt", module.Path)
		}
	}
	for _, wanted := range []string{"MIT License", "ChEMBL", "Attribution-ShareAlike 3.0"} {
		if !strings.Contains(string(out), wanted) {
			t.Errorf("version --notices does not say %q", wanted)
		}
	}
}
