package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// golden's flag: go test ./tui -update rewrites golden frames and docs/keys.md.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// keysPage is docs/keys.md.
func keysPage() string {
	var b strings.Builder
	b.WriteString("# Keys of the workbench\n\n")
	b.WriteString("Generated from the key table in tui/keys.go (`go test ./tui -run TestKeysPage -update`).\n")
	m := newKeyMap()
	for _, p := range places() {
		rows := m.rows[p.context]
		if len(rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n## %s\n\n| key | does |\n| --- | --- |\n", p.title)
		for _, row := range rows {
			fmt.Fprintf(&b, "| `%s` | %s |\n", strings.ReplaceAll(row.key.Help().Key, " ", "` `"), row.key.Help().Desc)
		}
	}
	return b.String()
}

func TestKeysPageEqualsTheTable(t *testing.T) {
	path := filepath.Join("..", "docs", "keys.md")
	want := keysPage()
	if updating() {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/keys.md is stale; go test ./tui -run TestKeysPage -update")
	}
}

func TestNoKeyHasTwoMeaningsInOneContext(t *testing.T) {
	m := newKeyMap()
	for _, p := range places() {
		seen := map[string]action{}
		for _, b := range m.bindings(p.context) {
			for _, k := range b.key.Keys() {
				if before, ok := seen[k]; ok {
					t.Errorf("%s: %q means both %q and %q", p.context, k, before, b.action)
				}
				seen[k] = b.action
			}
		}
	}
}

func TestEveryBindingBelongsToAPlaceAndHasHelp(t *testing.T) {
	known := map[keyContext]bool{}
	for _, p := range places() {
		known[p.context] = true
	}
	for _, b := range keyTable() {
		if !known[b.context] {
			t.Errorf("%q: context %q is no place", b.action, b.context)
		}
		if h := b.key.Help(); h.Key == "" || h.Desc == "" || len(b.key.Keys()) == 0 {
			t.Errorf("%s: %q has no key or no help", b.context, b.action)
		}
	}
}
