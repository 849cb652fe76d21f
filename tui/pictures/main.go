//go:build unix

// Command pictures makes the pictures of the workbench in docs/ from the real
// program: it builds ringlab, fills a workspace with the demo's data, trains,
// promotes and serves, and draws what a terminal shows.
//
//	go run ./tui/pictures -o docs
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image/png"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func main() {
	out := flag.String("o", "docs", "folder for the pictures")
	only := flag.String("only", "", "make only the picture of this name")
	flag.Parse()
	if err := run(context.Background(), *out, *only); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// scene is a picture: the size of the terminal, and what a person types, each
// after the screen shows a text.
type scene struct {
	name          string
	width, height int
	light         bool
	arguments     []string
	empty         bool // no workspace
	steps         []step
}

// step waits for a pattern on the screen, and types.
type step struct{ sees, keys string }

const enter, esc = "\r", "\x1b"

func scenes(picture string) []scene {
	return []scene{
		{name: "workbench-first-start", width: 100, height: 28, empty: true, steps: []step{{sees: "Welcome to ringlab"}}},
		{name: "workbench-overview", width: 120, height: 34, steps: []step{{"Overview", "0"}, {sees: "requests/s"}}},
		{name: "workbench-data", width: 120, height: 34, steps: []step{{"Overview", "1"}, {"Records +1 of 100", "jj"}, {sees: "Records +3 of 100"}}},
		{name: "workbench-letters", width: 120, height: 30, steps: []step{{"Overview", "1"}, {"Records +1 of 100", "d"}, {sees: "the record as it came"}}},
		{name: "workbench-train", width: 120, height: 34, steps: []step{{"Overview", "2"}, {sees: "ringlab train --preset"}}},
		{name: "workbench-runs", width: 120, height: 30, steps: []step{{"Overview", "3"}, {sees: "Runs +1 of"}}},
		{name: "workbench", width: 120, height: 38, steps: []step{{"Overview", "3"}, {"Runs +1 of", enter}, {"confusion", "h"}, {sees: "[⠁-⣿]"}}},
		{name: "workbench-epoch", width: 120, height: 38, steps: []step{{"Overview", "3"}, {"Runs +1 of", enter}, {"confusion", "h"}, {"enter pictures", strings.Repeat(",", 52) + enter}, {sees: "Epoch [0-9]+: [1-9].*wrong"}}},
		{name: "workbench-evaluation", width: 120, height: 38, steps: []step{{"Overview", "3"}, {"Runs +1 of", enter}, {sees: "confusion"}}},
		{name: "workbench-explained", width: 120, height: 38, steps: []step{{"Overview", "3"}, {"Runs +1 of", enter}, {"confusion", enter}, {"its pictures", "jjl" + enter}, {"truth +said", "e"}, {"What the trees counted", "e"}, {sees: "Where the network looked"}}},
		{name: "workbench-compare", width: 120, height: 34, steps: []step{{"Overview", "3"}, {"Runs +1 of", "  C"}, {sees: "parameters that differ"}}},
		{name: "workbench-models", width: 120, height: 34, steps: []step{{"Overview", "4"}, {"Versions", "c"}, {sees: "now .*─"}}},
		{name: "workbench-promote", width: 120, height: 34, steps: []step{{"Overview", "4"}, {"Versions", "P"}, {sees: "(passed|refused)"}}},
		{name: "workbench-serving", width: 120, height: 38, steps: []step{{"Overview", "5"}, {"answered +[1-9]", "t"}, {"drag the file", picture + enter + enter}, {sees: "confidence [01]"}}},
		{name: "workbench-palette", width: 120, height: 34, steps: []step{{"Overview", "4"}, {"Versions", ":"}, {"›", "run"}, {sees: "open the run"}}},
		{name: "workbench-light", width: 120, height: 34, light: true, arguments: []string{"--theme", "light"}, steps: []step{{"Overview", "0"}, {sees: "requests/s"}}},
		{name: "workbench-colourblind", width: 120, height: 30, arguments: []string{"--theme", "colourblind"}, steps: []step{{"Overview", "3"}, {sees: "Runs +1 of"}}},
	}
}

func run(ctx context.Context, out, only string) (err error) {
	scratch, err := os.MkdirTemp("", "ringlab-pictures-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	p := &program{path: filepath.Join(scratch, "ringlab"), workspace: filepath.Join(scratch, "rings", ".ringlab")}
	if text, err := exec.CommandContext(ctx, "go", "build", "-o", p.path, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w\n%s", err, text)
	}
	// A copy: where the repository lies is on no picture.
	source := filepath.Join(scratch, "original")
	if err := os.CopyFS(source, os.DirFS(filepath.Join("testdata", "original"))); err != nil {
		return err
	}
	stop, err := prepare(ctx, p, source)
	if err != nil {
		return err
	}
	defer stop()
	for _, s := range scenes(filepath.Join(source, "images", "694811.png")) {
		if only != "" && s.name != only {
			continue
		}
		if err := shoot(ctx, p, s, filepath.Join(out, s.name+".png")); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		fmt.Println(s.name)
	}
	return nil
}

// prepare fills the workspace with what the pictures show, and leaves a server
// running that has answered a few pictures.
func prepare(ctx context.Context, p *program, source string) (stop func(), err error) {
	for _, arguments := range [][]string{
		{"ingest", source},
		{"train", "--preset", "trees", "--split", "demo", "--name", "topology"},
		{"promote", "1", "--reason", "the first that is good"},
		{"train", "--preset", "fast", "--split", "demo", "--set", "epochs=12", "--name", "a dozen epochs"},
		{"train", "--preset", "trees", "--split", "demo", "--set", "trees=1", "--set", "min_leaf=40", "--name", "a single tree"},
		{"promote", "3", "--force", "--reason", "to see how it fares"},
		{"rollback", "--reason", "it answers worse on scans"},
		{"train", "--preset", "fast", "--split", "demo", "--set", "epochs=60", "--name", "sixty epochs"},
	} {
		if text, err := p.command(ctx, arguments...).CombinedOutput(); err != nil {
			return nil, fmt.Errorf("ringlab %v: %w\n%s", arguments, err, text)
		}
	}
	server := p.command(ctx, "serve", "--addr", "127.0.0.1:8080")
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = server.Process.Signal(os.Interrupt)
		_ = server.Wait()
	}
	pictures, err := filepath.Glob(filepath.Join(source, "images", "*.png"))
	if err != nil {
		return nil, err
	}
	for i := range 300 {
		file, err := os.ReadFile(pictures[i%len(pictures)])
		if err != nil {
			return nil, err
		}
		for range 100 { // until it listens
			var answer *http.Response
			if answer, err = http.Post("http://127.0.0.1:8080/v1/predict", "image/png", bytes.NewReader(file)); err == nil { //nolint:noctx // ends with the program
				_ = answer.Body.Close()
				break
			}
			time.Sleep(50 * time.Millisecond)
		}
		if err != nil {
			return nil, err
		}
	}
	time.Sleep(6 * time.Second) // the server reports every five
	return stop, nil
}

// shoot plays a scene and draws its end.
func shoot(ctx context.Context, p *program, s scene, path string) error {
	workspace := p.workspace
	if s.empty {
		workspace = filepath.Join(filepath.Dir(filepath.Dir(p.workspace)), "new", ".ringlab")
	}
	term, err := open(ctx, p, workspace, s)
	if err != nil {
		return err
	}
	defer term.close()
	for _, step := range s.steps {
		if err := term.sees(step.sees); err != nil {
			return err
		}
		if err := term.types(step.keys); err != nil {
			return err
		}
	}
	term.settles()
	painter, err := newPainter(s.light)
	if err != nil {
		return err
	}
	var file bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&file, painter.screen(term.screen)); err != nil {
		return err
	}
	return os.WriteFile(path, file.Bytes(), 0o644) //nolint:gosec // a picture for everybody
}
