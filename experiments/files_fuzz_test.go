package experiments

import (
	"bytes"
	"testing"
)

// A file is a checkpoint only if it is exactly what formatCheckpoint writes.
func FuzzParseCheckpoint(f *testing.F) {
	f.Add(formatCheckpoint([]byte("state")))
	f.Add(formatCheckpoint(nil))
	f.Add(bytes.TrimSuffix(formatCheckpoint(nil), []byte("\n")))
	f.Add([]byte("\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, file []byte) {
		state, err := parseCheckpoint(file)
		if err == nil && !bytes.Equal(formatCheckpoint(state), file) {
			t.Errorf("%q was read as %q", file, state)
		}
	})
}
