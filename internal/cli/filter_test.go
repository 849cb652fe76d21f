package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"ringlab/data"
	"ringlab/data/filter"
	"ringlab/experiments"
)

var update = flag.Bool("update", false, "write docs/filter.md anew")

// schemas by the word that docs/filter.md marks their examples with.
func schemas() map[string]*filter.Schema {
	return map[string]*filter.Schema{
		"records": experiments.RecordFields(data.DefaultTask()), "runs": experiments.RunFields(),
		"models": experiments.VersionFields(), "letters": data.LetterFields(),
		"snapshots": data.SnapshotFields(), "answers": experiments.AnswerFields(), "epoch": experiments.EpochAnswerFields(),
		"disagreements": experiments.DisagreementFields(), "servers": experiments.ServerFields(),
	}
}

// fieldTables are the tables of docs/filter.md.
func fieldTables() string {
	var b strings.Builder
	for _, part := range []struct{ title, schema, use string }{
		{"Records", "records", "`ringlab data list`, page Data"},
		{"Runs", "runs", "`ringlab runs list`, page Runs"},
		{"Model versions", "models", "`ringlab models list`, page Models"},
		{"Dead letters", "letters", "`ringlab dlq list`, page Data, `d`"},
		{"Snapshots", "snapshots", "`ringlab data snapshots`, page Data, `S`"},
		{"Answers of a run", "answers", "Page Runs, a run's mistakes and the answers of a cell of its matrix"},
		{"Answers after an epoch", "epoch", "`ringlab runs wrong`, page Runs, the pictures of an epoch"},
		{"Disagreements of two runs", "disagreements", "Page Runs, a comparison"},
		{"Servers", "servers", "Page Serving"},
	} {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\n\n| field | | holds | is |\n| --- | --- | --- | --- |\n", part.title, part.use)
		for _, f := range schemas()[part.schema].Fields {
			name := "`" + f.Name + "`"
			if f.Keyed {
				name = "`" + f.Name + ".NAME`"
			}
			if f.Also != "" {
				name += ", `" + f.Also + "`"
			}
			words, kind := "", f.Kind.String()
			if f.Words {
				words = "○"
			}
			if f.Many {
				kind = "several texts"
			}
			help := f.Help
			if f.Closed {
				help += ": " + strings.Join(f.Values, ", ")
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", name, words, kind, help)
		}
	}
	return b.String()
}

func TestFilterPageEqualsTheFieldTables(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "filter.md")
	page, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(page), "-update -->\n")
	if !found {
		t.Fatal("docs/filter.md has no place for the fields")
	}
	want := before + "-update -->\n" + fieldTables() + "\n<!-- end of fields -->\n"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(page) != want {
		t.Errorf("docs/filter.md is stale (after %d bytes): go test ./internal/cli -run TestFilterPage -update", len(before)+len(rest))
	}
}

func TestTheExamplesOfTheFilterPageAreFilters(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "filter.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for part := range strings.SplitSeq(string(page), "\n```") {
		kind, block, _ := strings.Cut(part, "\n")
		schema := schemas()[kind]
		if schema == nil {
			continue
		}
		for line := range strings.Lines(block) {
			text, _, _ := strings.Cut(strings.TrimSpace(line), "   ")
			if _, err := filter.Parse(schema, text, time.Now()); err != nil {
				t.Errorf("%s: %v", text, err)
			}
			examples++
		}
	}
	if examples < 10 {
		t.Errorf("only %d examples were found", examples)
	}
}

// TestEveryFieldHasAValue: a column without one would end the program when
// somebody asks for it.
func TestEveryFieldHasAValue(t *testing.T) {
	columnsHaveValues[*data.DeadLetter](t)
	columnsHaveValues[*data.SnapshotLine](t)
	columnsHaveValues[*experiments.Run](t)
	columnsHaveValues[*experiments.Version](t)
	columnsHaveValues[*experiments.Server](t)
	columnsHaveValues[*experiments.HoldoutPrediction](t)
	columnsHaveValues[*experiments.EpochAnswer](t)
	columnsHaveValues[*experiments.Disagreement](t)
	sourceHasValues(t, &experiments.RecordTable{})
	sourceHasValues(t, &experiments.RunGroups{})
}

func sourceHasValues[T filter.Row[T]](t *testing.T, _ filter.Source[T]) { columnsHaveValues[T](t) }

func columnsHaveValues[T filter.Row[T]](t *testing.T) {
	t.Helper()
	var row T
	for _, c := range row.Columns() {
		if (c.Value == nil) == (c.Keyed == nil) {
			t.Errorf("%T: %q has not one way to its value", row, c.Name)
		}
	}
}

// TestFieldsAreWellNamed: a name that no filter could write would be of no use.
func TestFieldsAreWellNamed(t *testing.T) {
	for kind, schema := range schemas() {
		seen := map[string]bool{}
		for _, f := range schema.Fields {
			for _, name := range []string{f.Name, f.Also} {
				if name == "" {
					continue
				}
				if seen[name] || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
					t.Errorf("%s: field %q is named twice or badly", kind, name)
				}
				seen[name] = true
			}
			if f.Help == "" {
				t.Errorf("%s: %s has no help", kind, f.Name)
			}
		}
	}
}
