package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ringlab/data/workspace"
	"ringlab/tui"
)

// configurable is one line of the configuration. Its value is that of the flag, else
// of the variable, else of ringlab.toml in the workspace, else the default.
type configurable struct {
	key      string // in ringlab.toml, "" where a file makes no sense
	name     string // for people, where there is no key
	variable string
	command  string // whose flag it is; "ringlab" is the workbench
	flag     string
	fallback string // where no flag has a default
	check    func(value string) error
}

func allSettings() []configurable {
	workbench := func(name string) func(string) error {
		return func(value string) error { return tui.CheckSetting(name, value) }
	}
	return []configurable{
		{name: "workspace", variable: "RINGLAB_WORKSPACE", command: "ringlab", flag: "workspace"},
		{key: "workbench.theme", variable: "RINGLAB_THEME", command: "ringlab", flag: "theme", check: workbench("theme")},
		{key: "workbench.pictures", variable: "RINGLAB_PICTURES", command: "ringlab", flag: "pictures", check: workbench("pictures")},
		{key: "workbench.mouse", variable: "RINGLAB_MOUSE", fallback: "on", check: workbench("mouse")},
		{key: "workbench.accessible", variable: "RINGLAB_ACCESSIBLE", command: "ringlab", flag: "accessible", check: checkBool},
		{key: "train.preset", variable: "RINGLAB_PRESET", command: "train", flag: "preset"},
		{key: "train.split", variable: "RINGLAB_SPLIT", command: "train", flag: "split"},
		{key: "serve.addr", variable: "RINGLAB_ADDR", command: "serve", flag: "addr"},
		{name: "kernel", variable: "RINGLAB_KERNEL", fallback: "the fastest"},
	}
}

func checkBool(value string) error {
	if _, err := strconv.ParseBool(value); err != nil {
		return fmt.Errorf("%q is neither true nor false", value)
	}
	return nil
}

// Where a value came from.
const (
	fromFile    = "ringlab.toml"
	fromDefault = "default"
)

// choice is a setting's value and where it came from.
type choice struct {
	Key    string `json:"key"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// configuration is what is configured outside of flags.
type configuration struct {
	file   configFile
	getenv func(string) string
}

func (a *app) readConfiguration() (configuration, error) {
	dir, err := a.locate()
	if err != nil {
		return configuration{}, err
	}
	file, err := readConfigFile(dir)
	return configuration{file, os.Getenv}, err
}

// choose finds the value of a setting; flag is nil where the command has none.
func (c configuration) choose(s configurable, flag *pflag.Flag) (choice, error) {
	out := choice{Key: cmp.Or(s.key, s.name), Value: s.fallback, Source: fromDefault}
	if flag != nil {
		out.Value = flag.DefValue
	}
	if value, ok := c.file.values[s.key]; ok && s.key != "" {
		out.Value, out.Source = value, fromFile
	}
	if value := c.getenv(s.variable); value != "" {
		out.Value, out.Source = value, s.variable
	}
	if flag != nil && flag.Changed {
		out.Value, out.Source = flag.Value.String(), "--"+s.flag
	}
	if s.check != nil {
		if err := s.check(out.Value); err != nil {
			return out, fmt.Errorf("%s (%s): %w", out.Key, out.Source, err)
		}
	}
	return out, nil
}

// configure gives the flags of a command that were not given the values of the
// configuration. It runs before each command.
func (a *app) configure(c *cobra.Command, _ []string) error {
	mine := slices.DeleteFunc(allSettings(), func(s configurable) bool {
		return s.command != c.Name() || s.key == "" || c.Flags().Lookup(s.flag) == nil
	})
	if len(mine) == 0 {
		return nil
	}
	config, err := a.readConfiguration()
	if err != nil {
		return err
	}
	for _, s := range mine {
		flag := c.Flags().Lookup(s.flag)
		choice, err := config.choose(s, flag)
		if err != nil {
			return &usageError{err.Error(), nil}
		}
		if flag.Changed || choice.Source == fromDefault {
			continue
		}
		// Not Set of the flags: whether a flag was given must stay visible.
		if err := flag.Value.Set(choice.Value); err != nil {
			return &usageError{fmt.Sprintf("%s (%s): %v", s.key, choice.Source, err), nil}
		}
	}
	return nil
}

// workbenchSettings are the person's choices for the workbench.
func (a *app) workbenchSettings(c *cobra.Command) (tui.Settings, error) {
	config, err := a.readConfiguration()
	if err != nil {
		return tui.Settings{}, err
	}
	out := tui.Settings{Keys: config.file.keys, Fixed: map[string]string{}}
	for name, value := range map[string]*string{"theme": &out.Theme, "pictures": &out.Pictures, "mouse": &out.Mouse} {
		i := slices.IndexFunc(allSettings(), func(s configurable) bool { return s.key == "workbench."+name })
		s := allSettings()[i]
		var flag *pflag.Flag
		if s.flag != "" {
			flag = c.Root().Flags().Lookup(s.flag)
		}
		choice, err := config.choose(s, flag)
		if err != nil {
			return out, &usageError{err.Error(), nil}
		}
		*value = choice.Value
		if choice.Source != fromFile && choice.Source != fromDefault {
			out.Fixed[name] = choice.Source
		}
	}
	return out, nil
}

func (a *app) configCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "config",
		Short: "Show each setting, its value and where it came from",
		Long: `Shows each setting. A flag comes first, then the variable RINGLAB_…, then
ringlab.toml in the workspace, then the default. ringlab.toml looks like this:

  [workbench]
  theme = "light"          # auto, dark, light, contrast, colourblind
  pictures = "auto"        # auto, kitty, sixel, blocks, ascii, off
  [serve]
  addr = "127.0.0.1:9000"
  [keys.models]            # other keys for actions: names in docs/keys.md
  "roll back" = ["b"]`,
		Example: "ringlab config\nringlab config --json\n# A variable comes before the file\nringlab config --workspace .ringlab",
		Args:    arguments(0, 0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := a.readConfiguration()
			if err != nil {
				return err
			}
			choices, err := a.choices(c.Root(), config)
			if err != nil {
				return err
			}
			if a.json {
				return printEachJSON(a, choices, asItIs)
			}
			t := newTable("setting", "value", "from")
			for _, choice := range choices {
				t.row(choice.Key, orDash(choice.Value), choice.Source)
			}
			a.printTable(t)
			return nil
		},
	}
}

// choices are all settings, then the keys that the file changes.
func (a *app) choices(root *cobra.Command, config configuration) ([]choice, error) {
	var all []choice
	var errs []error
	for _, s := range allSettings() {
		var flag *pflag.Flag
		if s.flag != "" {
			owner := root
			if s.command != root.Name() {
				owner, _, _ = root.Find([]string{s.command})
			}
			if flag = owner.Flags().Lookup(s.flag); flag == nil {
				flag = root.PersistentFlags().Lookup(s.flag)
			}
		}
		choice, err := config.choose(s, flag)
		if s.name == "workspace" {
			if choice.Value, err = a.locate(); choice.Source == fromDefault && workspace.Exists(choice.Value) {
				choice.Source = "nearest here or above"
			}
		}
		all, errs = append(all, choice), append(errs, err)
	}
	for _, context := range slices.Sorted(maps.Keys(config.file.keys)) {
		for _, action := range slices.Sorted(maps.Keys(config.file.keys[context])) {
			all = append(all, choice{"keys." + context + "." + strconv.Quote(action),
				strings.Join(config.file.keys[context][action], " "), fromFile})
		}
	}
	if err := tui.CheckRemap(config.file.keys); err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", fromFile, err))
	}
	return all, errors.Join(errs...)
}
