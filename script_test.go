package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the sessions under testdata/script with the real program.
// Each starts in an empty folder of its own; $ORIGINAL is the demo's data and
// $BAD the corpus of malformed inputs. Two commands are added to testscript's:
// "exits STATUS COMMAND…", and "json PATH[=VALUE]…" about the last line that
// the command before wrote.
func TestScripts(t *testing.T) {
	folder, _ := withBinary(t)
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", folder+string(os.PathListSeparator)+e.Getenv("PATH"))
			e.Setenv("ORIGINAL", filepath.Join(root, "testdata", "original"))
			e.Setenv("BAD", filepath.Join(root, "testdata", "bad"))
			e.Setenv("NO_COLOR", "")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits,
			"json":  lastObject,
		},
	})
}

// exits runs a command and demands its exit status.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	wanted, err := strconv.Atoi(args[0])
	ts.Check(err)
	status := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		ended, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%s: %v", args[1], err)
		}
		status = ended.ExitCode()
	}
	if status != wanted {
		ts.Fatalf("%s: exit status %d, wanted %d", strings.Join(args[1:], " "), status, wanted)
	}
}

// lastObject demands that every line on standard output is one JSON object
// whose names and times have the form that scripts rely on, and that the last has each field named, with the value given if one is.
// A path goes into objects with dots and into lists with numbers.
func lastObject(ts *testscript.TestScript, neg bool, args []string) {
	lines := strings.Split(strings.TrimSuffix(ts.ReadFile("stdout"), "\n"), "\n")
	var object map[string]any
	for _, line := range lines {
		object = nil
		decoder := json.NewDecoder(strings.NewReader(line))
		decoder.UseNumber()
		if err := decoder.Decode(&object); err != nil {
			ts.Fatalf("%q is no JSON object: %v", line, err)
		}
		if err := checkForms(object); err != nil {
			ts.Fatalf("%s: %v", line, err)
		}
	}
	for _, arg := range args {
		path, wanted, valued := strings.Cut(arg, "=")
		found, there := lookUp(object, strings.Split(path, "."))
		holds := there && (!valued || fmt.Sprint(found) == wanted)
		if holds == neg {
			ts.Fatalf("%s: found %v in %s", arg, found, lines[len(lines)-1])
		}
	}
}

// checkForms demands that what names a thing is a string, and that a time is
// RFC 3339 in UTC.
func checkForms(object map[string]any) error {
	for key, value := range object {
		switch key {
		case "run", "version", "model", "snapshot":
			if _, ok := value.(string); !ok {
				return fmt.Errorf("%s is %v: want a string", key, value)
			}
		case "time", "created", "started", "ended", "first_seen":
			if value == nil {
				continue
			}
			text, _ := value.(string)
			if _, err := time.Parse(time.RFC3339, text); err != nil || !strings.HasSuffix(text, "Z") {
				return fmt.Errorf("%s is %v: want a time in UTC (%w)", key, value, err)
			}
		}
		inner, _ := value.(map[string]any)
		if err := checkForms(inner); err != nil {
			return err
		}
		list, _ := value.([]any)
		for _, value := range list {
			inner, _ := value.(map[string]any)
			if err := checkForms(inner); err != nil {
				return err
			}
		}
	}
	return nil
}

func lookUp(value any, path []string) (any, bool) {
	for _, name := range path {
		switch v := value.(type) {
		case map[string]any:
			inner, there := v[name]
			if !there {
				return nil, false
			}
			value = inner
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(v) {
				return nil, false
			}
			value = v[i]
		default:
			return nil, false
		}
	}
	return value, true
}
