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

// scratch is removed when all tests have ended.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "ringlab-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	_ = os.RemoveAll(scratch)
	os.Exit(status)
}

// binaryFolder builds the real program once, as a user would, and returns the
// folder that it lies in, ready for PATH.
var binaryFolder = sync.OnceValues(func() (string, error) {
	name := "ringlab"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	build := exec.Command("go", "build", "-trimpath", "-o", filepath.Join(scratch, name), ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return scratch, nil
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
