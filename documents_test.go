package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestLifecycle types along with docs/lifecycle.md, so that the walk-through
// keeps working as written.
func TestLifecycle(t *testing.T) { runDocument(t, "docs/lifecycle.md") }

// TestReadme types along with the README's tour.
func TestReadme(t *testing.T) { runDocument(t, "README.md") }

// runDocument runs the document's sh blocks in order, in one shell, in an empty
// folder beside testdata, with the real program on the PATH and a free port in
// $PORT.
func runDocument(t *testing.T, name string) {
	shell, err := exec.LookPath("bash")
	needClient(t, "bash", err)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	script := shellBlocks(string(text))
	if script == "" {
		t.Fatalf("%s has no sh block", name)
	}
	if strings.Contains(script, "curl ") {
		_, err = exec.LookPath("curl")
		needClient(t, "curl", err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Symlink(filepath.Join(root, "testdata"), filepath.Join(folder, "testdata")); err != nil {
		t.Fatal(err)
	}
	_, env := withBinary(t)
	cmd := exec.CommandContext(t.Context(), shell, "-euo", "pipefail", "-c", script)
	cmd.Dir = folder
	cmd.Env = append(env, "PORT="+freePort(t), "HOME="+folder)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		log, _ := os.ReadFile(filepath.Join(folder, "serve.log"))
		t.Fatalf("%s: %v\n%s\nserve.log:\n%s", name, err, output.String(), log)
	}
}

// shellBlocks joins the fenced blocks marked sh. Each line is said before it
// runs; a server that is left when the shell ends is stopped.
func shellBlocks(document string) string {
	var script strings.Builder
	inside := false
	for line := range strings.Lines(document) {
		switch fence := strings.TrimSpace(line); {
		case !inside && fence == "```sh":
			inside = true
		case inside && fence == "```":
			inside = false
		case inside:
			script.WriteString(line)
		}
	}
	if script.Len() == 0 {
		return ""
	}
	return "trap 'kill $(jobs -p) 2>/dev/null || true' EXIT\nset -x\n" + script.String()
}

// needClient fails in CI, and skips elsewhere, when an outside program that the
// test talks with is missing: see .ci/setup.
func needClient(t *testing.T, name string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s is missing: %v", name, err)
	}
	t.Skipf("%s is missing: install it, or run .ci/setup", name)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return fmt.Sprint(l.Addr().(*net.TCPAddr).Port)
}

// TestDocumentsLinkToWhatIsThere: a link that leads nowhere is worse than none,
// and a page that nothing links to is read by nobody.
func TestDocumentsLinkToWhatIsThere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(#[^)]*)?\)`)
	names := []string{"README.md"}
	err := filepath.WalkDir("docs", func(name string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(name, ".md") {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	linked := map[string]bool{"README.md": true}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join(filepath.Dir(name), filepath.FromSlash(match[1]))
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", name, match[1], err)
			}
			if target != name {
				linked[target] = true
			}
		}
	}
	for _, name := range names {
		if !linked[name] {
			t.Errorf("nothing links to %s", name)
		}
	}
}
