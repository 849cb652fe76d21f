package tui

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
)

// golden's flag: go test ./tui -update rewrites golden frames and docs/keys.md.
func updating() bool { return flag.Lookup("update").Value.String() == "true" }

// keysPage is docs/keys.md.
func keysPage() string {
	var b strings.Builder
	b.WriteString("# Keys of the workbench\n\n")
	b.WriteString("Generated from the key table in tui/keys.go (`go test ./tui -run TestKeysPage -update`).\n\n" +
		"A screen's keys are changed in the workspace's ringlab.toml, by the names of\n" +
		"screen and action; `[]` leaves an action to the palette:\n\n" +
		"```toml\n[keys.runs]\ncompare = [\"X\", \"ctrl+e\"]\n```\n")
	m := newKeyMap()
	for _, p := range places() {
		rows := m.rows[p.context]
		if len(rows) == 0 {
			continue
		}
		screen := string(p.context)
		if strings.Contains(screen, " ") {
			screen = strconv.Quote(screen)
		}
		fmt.Fprintf(&b, "\n## %s\n\n`[keys.%s]`\n\n| key | does | action |\n| --- | --- | --- |\n", p.title, screen)
		for _, row := range rows {
			// A bar would end the table's cell, in code too.
			keys := strings.NewReplacer(" ", "` `", "|", `\|`).Replace(row.key.Help().Key)
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", keys, row.key.Help().Desc, row.action)
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
	if clash := newKeyMap().clash(); clash != "" {
		t.Error(clash)
	}
}

func TestKeysAreRemappedAndAClashIsRefused(t *testing.T) {
	r := Remap{"models": {"roll back": {"b", "ctrl+b"}}}
	if err := CheckRemap(r); err != nil {
		t.Fatal(err)
	}
	s := Session{User: "ada", Clock: testTime, Settings: Settings{Keys: r}}
	b := &bench{t, newRoot(t.Context(), s.withDefaults())}
	b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
	b.giveModels()
	b.press("B")
	if b.root.shell.dialog != nil {
		t.Error("the old key still works")
	}
	b.give(modelsLoadedMsg{b.modelsPage().request, testVersions(), testHistory()[1:]})
	b.wants("b roll back") // the footer follows
	b.press("b")
	b.wants("Roll production back")
	for name, bad := range map[string]Remap{
		"two meanings":   {"models": {"roll back": {"P"}}},
		"global key":     {"models": {"promote": {"q"}}},
		"no such action": {"models": {"fly": {"f"}}},
		"no such place":  {"moon": {"promote": {"f"}}},
	} {
		if CheckRemap(bad) == nil {
			t.Errorf("%s: accepted", name)
		}
		s.Settings.Keys = bad
		b := &bench{t, newRoot(t.Context(), s.withDefaults())}
		b.give(tea.WindowSizeMsg{Width: 120, Height: 30})
		b.wants("Cannot use the keys of the configuration")
		b.press("?")
		b.wants("Keys")
	}
}

// TestAWrongNameInTheKeysIsHelpedOn: the names of screens and actions stand in
// the page of the keys, and who mistypes one is told which.
func TestAWrongNameInTheKeysIsHelpedOn(t *testing.T) {
	for want, r := range map[string]Remap{
		`"runs" has no action "comparee": did you mean compare?`: {"runs": {"comparee": {"X"}}},
		`there is no screen "rnus": did you mean runs?`:          {"rnus": {"compare": {"X"}}},
		`"serving" has no action "fly": it is one of try`:        {"serving": {"fly": {"X"}}},
	} {
		if err := CheckRemap(r); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	page := keysPage()
	for _, b := range keyTable() {
		if !strings.Contains(page, "| "+string(b.action)+" |\n") {
			t.Errorf("the page of the keys does not name %q", b.action)
		}
	}
}

// Who types ahead is faster than the terminal, which tells its size on its own
// time; a size that is known to be too small is another matter.
func TestKeysTypedAheadAreNotLost(t *testing.T) {
	b := &bench{t, newRoot(t.Context(), Session{User: "ada", Clock: testTime}.withDefaults())}
	b.press("1", "2", "4")
	b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
	if b.root.active != pageModels {
		t.Errorf("the page is %s, want the one that was typed last", b.root.names[b.root.active])
	}
	b.give(tea.WindowSizeMsg{Width: 30, Height: 10})
	b.press("1")
	b.give(tea.WindowSizeMsg{Width: 100, Height: 30})
	if b.root.active != pageModels {
		t.Error("a key did something while nobody saw it")
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
