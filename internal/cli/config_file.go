package cli

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"ringlab/tui"
)

const (
	configName = "ringlab.toml"
	// mostConfig bounds how large the file may be.
	mostConfig = 1 << 20
)

// configFile is ringlab.toml: values by key, and keys of the workbench.
type configFile struct {
	values map[string]string
	keys   tui.Remap
}

// readConfigFile reads the file of a workspace; where there is none, it is
// empty. Names that do not exist are errors: a typo must not be silent.
func readConfigFile(dir string) (configFile, error) {
	path := filepath.Join(dir, configName)
	switch info, err := os.Stat(path); {
	case errors.Is(err, fs.ErrNotExist):
		return configFile{}, nil
	case err == nil && !info.Mode().IsRegular():
		return configFile{}, fmt.Errorf("read the configuration: %s is not a regular file", path) // opening a pipe waits for ever
	}
	file, err := os.Open(path)
	if err != nil {
		return configFile{}, fmt.Errorf("read the configuration: %w", err)
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostConfig+1))
	if err != nil {
		return configFile{}, fmt.Errorf("read the configuration: %w", err)
	}
	if len(text) > mostConfig {
		return configFile{}, fmt.Errorf("read %s: it is over %d bytes", path, mostConfig)
	}
	c, err := parseConfig(string(text))
	if err != nil {
		return configFile{}, fmt.Errorf("read %s: %w", path, err)
	}
	return c, nil
}

func parseConfig(text string) (configFile, error) {
	var tables map[string]any
	if _, err := toml.Decode(text, &tables); err != nil {
		return configFile{}, err
	}
	c := configFile{values: map[string]string{}, keys: tui.Remap{}}
	for table, content := range tables {
		entries, ok := content.(map[string]any)
		if !ok {
			return configFile{}, fmt.Errorf("%q stands in no table: a setting such as train.preset is the line preset = \"trees\" below the line [train]; ringlab config lists them", table)
		}
		for name, value := range entries {
			if table == "keys" {
				if err := c.addKeys(name, value); err != nil {
					return configFile{}, err
				}
				continue
			}
			key := table + "." + name
			known := slices.ContainsFunc(allSettings(), func(s configurable) bool { return s.key == key })
			if !known {
				return configFile{}, fmt.Errorf("there is no setting %q; ringlab config lists them", key)
			}
			switch value := value.(type) {
			case string:
				c.values[key] = value
			case bool:
				c.values[key] = strconv.FormatBool(value)
			case int64:
				c.values[key] = strconv.FormatInt(value, 10)
			default:
				return configFile{}, fmt.Errorf("%s: a text, a number or true or false is needed", key)
			}
		}
	}
	return c, nil
}

// addKeys takes one table [keys.CONTEXT] of lists of keys.
func (c *configFile) addKeys(context string, value any) error {
	actions, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("keys.%s: a table is needed, as [keys.%s]", context, context)
	}
	c.keys[context] = map[string][]string{}
	for action, value := range actions {
		list, ok := value.([]any)
		if !ok {
			return fmt.Errorf("keys.%s.%q: a list of keys is needed, as [\"b\", \"ctrl+b\"]", context, action)
		}
		names := []string{}
		for _, v := range list {
			name, ok := v.(string)
			if !ok || name == "" || len(name) > 40 {
				return fmt.Errorf("keys.%s.%q: a key is a text such as \"ctrl+b\"", context, action)
			}
			names = append(names, name)
		}
		c.keys[context][action] = names
	}
	return nil
}

// saveSetting writes one text setting into the file of a workspace and leaves
// everything else in it, comments too, as it is.
func saveSetting(dir, key, value string) error {
	path := filepath.Join(dir, configName)
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path, dir = real, filepath.Dir(real) // a link to the file is not replaced
	}
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("save %s: %w", key, err)
	}
	text := setInTOML(string(old), key, value)
	if c, err := parseConfig(text); err != nil || c.values[key] != value {
		return fmt.Errorf("save %s: %s is written in a way that cannot be changed here; edit it by hand", key, path)
	}
	temporary, err := os.CreateTemp(dir, configName+".*")
	if err != nil {
		return fmt.Errorf("save %s: %w", key, err)
	}
	_, err = temporary.WriteString(text)
	err = errors.Join(err, temporary.Chmod(0o644), temporary.Sync(), temporary.Close()) //nolint:gosec // no secret
	if err == nil {
		err = os.Rename(temporary.Name(), path)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("save %s: %w", key, err)
	}
	return nil
}

// setInTOML changes or adds the line of a key such as "workbench.theme".
func setInTOML(text, key, value string) string {
	table, name, _ := strings.Cut(key, ".")
	line := name + " = " + strconv.Quote(value)
	var lines []string
	if text != "" {
		lines = strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	}
	in, end := false, -1
	for i, l := range lines {
		trimmed := strings.TrimSpace(l)
		if strings.HasPrefix(trimmed, "[") {
			head, _, _ := strings.Cut(trimmed, "#")
			in = strings.TrimSpace(head) == "["+table+"]"
			if in {
				end = i
			}
			continue
		}
		if !in {
			continue
		}
		if trimmed != "" {
			end = i
		}
		if before, _, ok := strings.Cut(trimmed, "="); ok && strings.TrimSpace(before) == name {
			lines[i] = line
			return strings.Join(lines, "\n") + "\n"
		}
	}
	if end >= 0 {
		lines = slices.Insert(lines, end+1, line)
	} else {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, "["+table+"]", line)
	}
	return strings.Join(lines, "\n") + "\n"
}
