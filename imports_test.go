package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our packages each may import directly. Imports go
// one way: a row names only rows below it.
var mayImport = map[string][]string{
	"ringlab":                  {"internal/cli"},
	"internal/spelling":        nil,
	"internal/build":           nil,
	"internal/cli":             {"internal/spelling", "internal/build", "tui", "tui/picture", "serve", "experiments", "models", "data", "data/filter", "data/picture", "data/workspace"},
	"tui":                      {"internal/spelling", "tui/picture", "experiments", "models", "data", "data/filter", "data/picture", "data/workspace"},
	"tui/picture":              {"data/picture"},
	"tui/pictures":             nil, // a program that draws the documents' pictures
	"serve":                    {"experiments", "models", "data", "data/picture", "data/workspace"},
	"experiments/builtin/make": {"experiments", "models", "data", "data/workspace"}, // a program that makes what is embedded
	"experiments":              {"internal/build", "models", "data", "data/filter", "data/picture", "data/workspace"},
	"models":                   {"internal/spelling", "models/nn", "models/onnx", "models/trees", "models/topology", "models/engine", "models/unlike", "data", "data/picture", "data/workspace"},
	"models/nn":                {"models/engine"},
	"models/engine":            nil,
	"models/onnx":              nil,
	"models/trees":             nil,
	"models/topology":          {"data/picture"},
	"models/unlike":            {"models/trees", "data/picture"},
	"models/unlike/grow":       {"models/trees", "models/unlike", "data/picture"}, // a program that makes its forest
	"data/bench":               {"data", "data/picture", "data/workspace"},        // a program that measures
	"data":                     {"data/filter", "data/picture", "data/workspace"},
	"data/picture":             nil,
	"data/filter":              {"internal/spelling"},
	"data/workspace":           nil,
}

// TestImportsPointDown holds the order of the rooms, so that each can be read,
// tested and replaced without those above it.
func TestImportsPointDown(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for line := range strings.Lines(string(bytes.TrimSpace(out))) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		name = strings.TrimPrefix(name, "ringlab/")
		rooms, known := mayImport[name]
		if !known {
			t.Errorf("%s is in no row of the table: say which rooms it may import", name)
			continue
		}
		for imported := range strings.FieldsSeq(imports) {
			room, ours := strings.CutPrefix(imported, "ringlab/")
			if ours && !slices.Contains(rooms, room) {
				t.Errorf("%s imports %s: move the type down or pass a function", name, room)
			}
		}
	}
}

// TestOnlyStoresSpeakSQL keeps SQL in the store files of the room that owns
// the table, so that another database can stand behind the same queries.
func TestOnlyStoresSpeakSQL(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{.ImportPath}}: {{join .Imports " "}}`, "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	allowed := []string{"ringlab/tui", "ringlab/data", "ringlab/experiments", "ringlab/data/workspace"}
	for line := range strings.Lines(string(out)) {
		name, imports, _ := strings.Cut(strings.TrimSpace(line), ": ")
		if slices.Contains(strings.Fields(imports), "database/sql") && !slices.Contains(allowed, name) {
			t.Errorf("%s imports database/sql: ask the room that owns the table", name)
		}
	}
	for _, room := range []string{"tui", "data", "experiments"} {
		files, err := filepath.Glob(filepath.Join(room, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no files in %s: %v", room, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "store.go") || strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range []string{"QueryContext(", "QueryRowContext(", "ExecContext(", "EachRow(", "AllRows("} {
				if bytes.Contains(text, []byte(call)) {
					t.Errorf("%s calls %s…): move the query to a file that ends in _store.go", file, call)
				}
			}
		}
	}
}
