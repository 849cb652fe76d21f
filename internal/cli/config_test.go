package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestASettingIsChangedInPlace(t *testing.T) {
	for name, test := range map[string]struct{ before, after string }{
		"an empty file": {"", "[workbench]\ntheme = \"light\"\n"},
		"another value": {"# mine\n[workbench]\ntheme = \"dark\"\nmouse = \"off\"\n", "# mine\n[workbench]\ntheme = \"light\"\nmouse = \"off\"\n"},
		"another key":   {"[workbench] # here\nmouse = \"off\"\n\n[serve]\naddr = \":1\"\n", "[workbench] # here\nmouse = \"off\"\ntheme = \"light\"\n\n[serve]\naddr = \":1\"\n"},
		"another table": {"[serve]\naddr = \":1\"", "[serve]\naddr = \":1\"\n\n[workbench]\ntheme = \"light\"\n"},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, configName)
		if test.before != "" {
			if err := os.WriteFile(path, []byte(test.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := saveSetting(dir, "workbench.theme", "light"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != test.after {
			t.Errorf("%s: %q, want %q", name, got, test.after)
		}
	}
	dir := t.TempDir()
	inline := "workbench = { theme = \"dark\" }\n"
	if err := os.WriteFile(filepath.Join(dir, configName), []byte(inline), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := saveSetting(dir, "workbench.theme", "light"); err == nil || !strings.Contains(err.Error(), "by hand") {
		t.Errorf("an inline table: %v", err)
	}
	if got, _ := os.ReadFile(filepath.Join(dir, configName)); string(got) != inline {
		t.Errorf("the file was changed to %q", got)
	}
}

func TestAConfigurationWithATypoIsRefused(t *testing.T) {
	for _, text := range []string{"[workbench]\nthem = \"x\"", "[workbench]\ntheme = [1]", "[keys]\nmodels = 1",
		"[keys.models]\n\"roll back\" = \"b\"", "[keys.models]\n\"roll back\" = [1]", "theme", "[workbench]\ntheme = 1.5",
		"theme = \"light\"", "[[workbench]]\ntheme = \"light\""} {
		if _, err := parseConfig(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// Opening a pipe would wait for somebody to write into it.
func TestAConfigurationThatIsNoFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, configName), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := readConfigFile(dir); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("got %v", err)
	}
}

func FuzzConfig(f *testing.F) {
	f.Add("[workbench]\ntheme = \"light\"\n", "dark")
	f.Add("[keys.models]\n\"roll back\" = [\"b\"]\n", "\"\\")
	f.Fuzz(func(t *testing.T, text, value string) {
		if len(text) > 4096 || len(value) > 100 {
			return
		}
		before, err := parseConfig(text)
		if err != nil {
			return
		}
		after, err := parseConfig(setInTOML(text, "workbench.theme", value))
		if err != nil || after.values["workbench.theme"] != value {
			return // saveSetting refuses it
		}
		for key, was := range before.values {
			if key != "workbench.theme" && after.values[key] != was {
				t.Errorf("%s changed from %q to %q", key, was, after.values[key])
			}
		}
	})
}
