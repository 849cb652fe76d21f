package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ringlab/internal/spelling"
)

// maxKnownFields bounds what is kept to offer near names.
const maxKnownFields = 1000

// fieldValues are the values of one field of the records, in their order. A
// name with points leads into objects, unless a field has that very name.
type fieldValues struct {
	name   string
	values []string
	found  bool            // a record has the field
	known  map[string]bool // fields of the records, while it was not found
}

func newFieldValues(name string) *fieldValues {
	return &fieldValues{name: name, known: map[string]bool{}}
}

// add notes a record's value, "" where it has none.
func (f *fieldValues) add(record json.RawMessage) {
	raw, found := f.look(record, "", f.name)
	f.found = f.found || found
	var text string
	if json.Unmarshal(raw, &text) != nil {
		text = strings.TrimSpace(string(raw))
	}
	f.values = append(f.values, text)
}

func (f *fieldValues) look(record json.RawMessage, prefix, name string) (json.RawMessage, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(record, &fields) != nil {
		return nil, false
	}
	for field := range fields {
		if !f.found && len(f.known) < maxKnownFields {
			f.known[prefix+field] = true
		}
	}
	if raw, ok := fields[name]; ok {
		return raw, true
	}
	outer, inner, nested := strings.Cut(name, ".")
	if raw, ok := fields[outer]; nested && ok {
		return f.look(raw, prefix+outer+".", inner)
	}
	return nil, false
}

// missing says that no record has the field, and which there are.
func (f *fieldValues) missing() string {
	names := slices.Sorted(maps.Keys(f.known))
	if near := spelling.Nearest(f.name, names); near != "" {
		return fmt.Sprintf("--by %q: no record has this field; did you mean %q?", f.name, near)
	}
	const shown = 20
	return fmt.Sprintf("--by %q: no record has this field; there are %q", f.name, names[:min(len(names), shown)])
}
