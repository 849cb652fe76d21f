//go:build unix

package tui_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"ringlab/data"
	"ringlab/data/workspace"
	"ringlab/experiments"
	"ringlab/tui"
)

// brokenProgram is the workbench with the defects of RunBroken. As the command
// line it prints the error on the terminal.
func brokenProgram() int {
	ctx := context.Background()
	ws, err := workspace.Open(ctx, os.Getenv("RINGLAB_WORKSPACE"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	defer ws.Close()
	d := data.New(ws)
	err = tui.RunBroken(ctx, tui.Session{Stores: tui.Stores{Workspace: ws, Data: d, Experiments: experiments.New(ws, d)}})
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "ringlab:", err)
	return 1
}

// A defect, where messages are taken and where frames are drawn, leaves the
// terminal as it was, and a report with the last messages in the workspace, and
// the last line says where.
func TestACrashLeavesACleanTerminalAndSaysWhereItsReportIs(t *testing.T) {
	for key, want := range map[string]string{
		"3": "cause: asked wrongly",
		"4": "cause: drawn wrongly",
	} {
		t.Run(want, func(t *testing.T) {
			dir := newWorkspace(t)
			command := program(t, dir)
			command.Env = append(command.Env, actAsProgram+"="+asBroken)
			term := openTerminal(t, command, 120, 40)
			term.sees("0 Overview", "100 records")
			term.keys("1")
			term.sees("Records +1 of 100")
			term.keys(key)
			err := command.Wait()
			<-term.ended
			if code := command.ProcessState.ExitCode(); code != 1 {
				t.Fatalf("it ends with %v, want status 1", err)
			}
			term.isRestored()
			// The terminal breaks the line where it ends.
			said := regexp.MustCompile(`\s*\n`).ReplaceAllString(term.text(), "")
			path := regexp.MustCompile(`ended by a defect of ringlab: .*Please report it with ?(\S+/workbench-crash-\d+\.txt)`).FindStringSubmatch(said)
			if path == nil {
				t.Fatalf("the terminal does not say where the report is:\n%s", term.text())
			}
			if folder := filepath.Dir(path[1]); folder != filepath.Join(dir, "logs") {
				t.Errorf("the report is in %s", folder)
			}
			report, err := os.ReadFile(path[1])
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{want, "screen: 120×40", "last messages, oldest first:\n", `WindowSizeMsg 120×40\n`, `KeyPressMsg 1\n(.*\n)* .*KeyPressMsg ` + key, "stack:\n"} {
				if !regexp.MustCompile(part).Match(report) {
					t.Errorf("the report does not have %q:\n%s", part, report)
				}
			}
		})
	}
}
