package tui

import (
	"fmt"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
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
				return keyMap{}, fmt.Errorf("keys: there is no action %q in %q; the names are in docs/keys.md", name, context)
			}
		}
	}
	m := indexed(table)
	if clash := m.clash(); clash != "" {
		return keyMap{}, fmt.Errorf("keys: %s", clash)
	}
	return m, nil
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
