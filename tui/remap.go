package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"

	"ringlab/internal/spelling"
)

// Remap gives actions other keys: by the name of a context, then by the name
// of an action there, as the key table and docs/keys.md call them. An empty
// list leaves the action to the palette.
type Remap map[string]map[string][]string

// CheckRemap says what is wrong with a remapping: a context or action that does
// not exist, or a key that would mean two things in one place.
func CheckRemap(r Remap) error {
	_, err := remapped(keyTable(), r)
	return err
}

// remapped is the key table with the keys of r.
func remapped(table []binding, r Remap) (keyMap, error) {
	used := map[string]map[string]bool{}
	for i, b := range table {
		keys, ok := r[string(b.context)][string(b.action)]
		if !ok {
			continue
		}
		if used[string(b.context)] == nil {
			used[string(b.context)] = map[string]bool{}
		}
		used[string(b.context)][string(b.action)] = true
		label := strings.Join(keys, " ")
		if len(keys) == 0 {
			label = "–"
		}
		table[i].key = key.NewBinding(key.WithKeys(keys...), key.WithHelp(label, b.key.Help().Desc))
	}
	for context, actions := range r {
		for name := range actions {
			if !used[context][name] {
				return keyMap{}, unknownName(table, context, name)
			}
		}
	}
	m := indexed(table)
	if clash := m.clash(); clash != "" {
		return keyMap{}, fmt.Errorf("keys: %s", clash)
	}
	return m, nil
}

// unknownName says what is wrong with a context and an action of which there is
// no row, and what may have been meant.
func unknownName(table []binding, context, name string) error {
	var contexts, actions []string
	for _, b := range table {
		if !slices.Contains(contexts, string(b.context)) {
			contexts = append(contexts, string(b.context))
		}
		if string(b.context) == context {
			actions = append(actions, string(b.action))
		}
	}
	if len(actions) == 0 {
		return fmt.Errorf("keys: there is no screen %q: %s", context, meant(context, contexts))
	}
	return fmt.Errorf("keys: %q has no action %q: %s", context, name, meant(name, actions))
}

func meant(wrong string, names []string) string {
	if near := spelling.Nearest(wrong, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "it is one of " + strings.Join(names, ", ")
}

// clash names a key that means two things in one place, "" if there is none.
func (m keyMap) clash() string {
	for _, p := range places() {
		seen := map[string]action{}
		for _, b := range m.bindings(p.context) {
			for _, k := range b.key.Keys() {
				if before, ok := seen[k]; ok {
					names := []string{string(before), string(b.action)}
					slices.Sort(names)
					return fmt.Sprintf("in %q the key %q means both %q and %q", p.context, k, names[0], names[1])
				}
				seen[k] = b.action
			}
		}
	}
	return ""
}
