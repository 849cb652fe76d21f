package models

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
)

// Values holds a value for every parameter of a preset: int, float64 or string.
type Values map[string]any

// MarshalJSON writes an object with sorted keys in which a float64 always has
// a point or an exponent (1.0, not 1), so that UnmarshalJSON can tell it from
// an int.
func (v Values) MarshalJSON() ([]byte, error) {
	if v == nil {
		return []byte("null"), nil
	}
	out := []byte{'{'}
	for i, name := range slices.Sorted(maps.Keys(v)) {
		if i > 0 {
			out = append(out, ',')
		}
		key, err := json.Marshal(name)
		if err != nil {
			return nil, err
		}
		out = append(append(out, key...), ':')
		switch value := v[name].(type) {
		case int:
			out = strconv.AppendInt(out, int64(value), 10)
		case float64:
			if math.IsNaN(value) || math.IsInf(value, 0) {
				return nil, fmt.Errorf("write parameter %s: %v has no JSON form", name, value)
			}
			text := strconv.AppendFloat(nil, value, 'g', -1, 64)
			if !bytes.ContainsAny(text, ".e") {
				text = append(text, ".0"...)
			}
			out = append(out, text...)
		case string:
			text, err := json.Marshal(value)
			if err != nil {
				return nil, err
			}
			out = append(out, text...)
		default:
			return nil, fmt.Errorf("write parameter %s: values are int, float64 or string, not %T", name, value)
		}
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads what MarshalJSON wrote: a number without point and
// exponent is an int, any other a float64. Where a file was written by another
// program, Preset.Restore brings numbers to the right type.
func (v *Values) UnmarshalJSON(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var raw map[string]any
	if err := decoder.Decode(&raw); err != nil {
		return err
	}
	if raw == nil {
		*v = nil
		return nil
	}
	values := make(Values, len(raw))
	for name, value := range raw {
		switch value := value.(type) {
		case string:
			values[name] = value
		case json.Number:
			number := value.String()
			if n, err := strconv.Atoi(number); err == nil {
				values[name] = n
				continue
			}
			f, err := value.Float64()
			if err != nil {
				return fmt.Errorf("read parameter %.60q: the number is out of range", name)
			}
			values[name] = f
		default:
			return fmt.Errorf("read parameter %.60q: values are numbers or texts", name)
		}
	}
	*v = values
	return nil
}
