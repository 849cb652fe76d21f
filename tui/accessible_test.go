//go:build unix

package tui_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Without a full screen: questions and plain text, on the real stores.
func TestTheAccessibleModeAsksAndTells(t *testing.T) {
	command := program(t, newWorkspace(t), "--accessible")
	command.Stdin = strings.NewReader(strings.Join([]string{
		"2", "2195979", // records, a filter
		"3", "1", "2", "not needed", // the first dead letter: discard, with a reason
		"99", "3", "2", // a number that there is not; the dead letters, and back
		"5", "", // runs: none, back
		"7", // serving
		"9", // leave
	}, "\n") + "\n")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	text := string(out)
	for _, want := range []string{"Nothing is in production", "100 records", "Suggested: Train a first model", "What next\\?",
		"1 record, the first 1", "compound 2195979", "2 dead letters waiting", "missing_image.png", "Discarded", "1 dead letter waiting",
		"must be a number between 1 and 9", "ringlab serve starts one"} {
		if !regexp.MustCompile(want).MatchString(text) {
			t.Errorf("nothing says %q:\n%s", want, text)
		}
	}
	if i := strings.IndexByte(text, 0x1b); i >= 0 {
		t.Errorf("an escape sequence is in plain text: %q", text[i:min(i+30, len(text))])
	}
}

func TestTheAccessibleModeBeginsWithNothingAndEndsWithItsInput(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "workspace")
	folder, err := filepath.Abs(filepath.Join("..", "testdata", "original"))
	if err != nil {
		t.Fatal(err)
	}
	command := program(t, dir, "--accessible")
	command.Stdin = strings.NewReader("1\n" + folder + "\n6\n3\n") // and then nothing more
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"There is no workspace yet", "100 new records, 2 refused", "History of production"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("nothing says %q:\n%s", want, out)
		}
	}
}
