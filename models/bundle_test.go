package models

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"ringlab/data/picture"
	"ringlab/data/workspace"
)

func inkOnly(name string) (family, error) {
	if name == "ink" {
		return inkFamily{}, nil
	}
	return nil, errors.New("only ink")
}

var someLineage = Lineage{Run: "12", Snapshot: "abc", Split: "hash", Seed: 1<<63 + 1, Code: "test",
	Created: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}

// savedBundle writes a bundle of the smallest family and returns its folder.
func savedBundle(t *testing.T) (dir, sum string, m *Model) {
	t.Helper()
	m = learnInk(t, drawings(1, 2, 3), nil)
	m.values = Values{"rate": 1.0, "trees": 3, "head": "mixed"}
	dir = filepath.Join(t.TempDir(), "12")
	sum, err := m.Save(dir, someLineage, Evaluate([]int{1}, said(1)))
	if err != nil {
		t.Fatal(err)
	}
	return dir, sum, m
}

func TestABundleAnswersAsTheModelDid(t *testing.T) {
	dir, sum, m := savedBundle(t)
	loaded, card, err := load(dir, sum, inkOnly)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(loaded, m) {
		t.Errorf("loaded %+v, saved %+v", loaded, m)
	}
	if card.Lineage != someLineage || card.Evaluation.Records != 1 || card.PictureSide != DefaultPictureSide {
		t.Errorf("card %+v", card)
	}
	pictures := []*picture.Picture{drawing(3), drawing(6)}
	before, err1 := m.Predict(t.Context(), pictures)
	after, err2 := loaded.Predict(t.Context(), pictures)
	if err := errors.Join(err1, err2); err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("%v and %v differ (%v)", before, after, err)
	}
}

func TestSavingTwiceGivesTheSameBytesAndLeavesNothingElse(t *testing.T) {
	dir, sum, m := savedBundle(t)
	again, err := m.Save(dir, someLineage, Evaluate([]int{1}, said(1)))
	if err != nil || again != sum {
		t.Errorf("SHA-256 %s after %s (%v)", again, sum, err)
	}
	if _, _, err := load(dir, sum, inkOnly); err != nil {
		t.Errorf("after it was replaced: %v", err)
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the bundle: %v (%v)", entries, err)
	}
}

func TestASaveThatFailsLeavesTheOldBundle(t *testing.T) {
	dir, sum, m := savedBundle(t)
	m.predictor.(*inkPredictor).means[0] /= 0
	if _, err := m.Save(dir, someLineage, Evaluation{}); err == nil || !strings.Contains(err.Error(), "not finite") {
		t.Errorf("infinity was saved (%v)", err)
	}
	if _, _, err := load(dir, sum, inkOnly); err != nil {
		t.Errorf("the old bundle: %v", err)
	}
}

func TestAnyChangedByteIsNoticed(t *testing.T) {
	dir, sum, _ := savedBundle(t)
	for _, name := range []string{cardFile, tensorsFile} {
		path := filepath.Join(dir, name)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		step := max(len(whole)/100, 1)
		for at := 0; at < len(whole); at += step {
			changed := bytes.Clone(whole)
			changed[at] ^= 1
			writeFile(t, path, changed)
			if _, _, err := load(dir, sum, inkOnly); err == nil {
				t.Fatalf("%s with byte %d changed was loaded", name, at)
			}
		}
		for _, size := range []int{0, len(whole) - 1} {
			writeFile(t, path, whole[:size])
			if _, _, err := load(dir, sum, inkOnly); err == nil {
				t.Errorf("%s cut to %d bytes was loaded", name, size)
			}
		}
		writeFile(t, path, append(bytes.Clone(whole), 0))
		if _, _, err := load(dir, sum, inkOnly); err == nil {
			t.Errorf("%s with one byte more was loaded", name)
		}
		writeFile(t, path, whole)
	}
	if _, _, err := load(dir, sum, inkOnly); err != nil {
		t.Errorf("restored: %v", err)
	}
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

func TestBundlesThatAreNotWholeAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(dir string) error{
		"no folder":      os.RemoveAll,
		"no card":        func(dir string) error { return os.Remove(filepath.Join(dir, cardFile)) },
		"no tensors":     func(dir string) error { return os.Remove(filepath.Join(dir, tensorsFile)) },
		"card is folder": func(dir string) error { return swapForFolder(filepath.Join(dir, cardFile)) },
		"a link to elsewhere": func(dir string) error {
			path := filepath.Join(dir, tensorsFile)
			outside := filepath.Join(filepath.Dir(dir), "outside")
			return errors.Join(os.Rename(path, outside), os.Symlink(outside, path))
		},
	} {
		dir, _, _ := savedBundle(t)
		if err := spoil(dir); err != nil {
			t.Fatal(err)
		}
		if _, _, err := load(dir, "", inkOnly); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func swapForFolder(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o777)) }

// Each change is made to a card that is otherwise right, its hash included.
var brokenCards = map[string]func(card map[string]any){
	"format of the future":        func(c map[string]any) { c["format"] = 2 },
	"no format":                   func(c map[string]any) { delete(c, "format") },
	"family that does not exist":  func(c map[string]any) { c["family"] = "oracle" },
	"field that is not known":     func(c map[string]any) { c["onnx"] = true },
	"huge side":                   func(c map[string]any) { c["picture_side"] = 1 << 30 },
	"no temperature":              func(c map[string]any) { delete(c, "temperature") },
	"temperature of zero":         func(c map[string]any) { c["temperature"] = 0 },
	"no appearance":               func(c map[string]any) { delete(c, "appearance") },
	"appearance upside down":      func(c map[string]any) { c["appearance"].(map[string]any)["ink"] = span{Low: 2, High: 1} },
	"unlike above 0":              func(c map[string]any) { c["unlike_above"] = 0 },
	"unlike above 2":              func(c map[string]any) { c["unlike_above"] = 2 },
	"no labels":                   func(c map[string]any) { c["labels"] = []int{} },
	"labels that go down":         func(c map[string]any) { c["labels"] = []int{3, 2, 1} },
	"labels twice":                func(c map[string]any) { c["labels"] = []int{1, 1, 2} },
	"negative labels":             func(c map[string]any) { c["labels"] = []int{-1, 2, 3} },
	"labels of another network":   func(c map[string]any) { c["labels"] = []int{1, 2} },
	"network of another family":   func(c map[string]any) { c["network"] = map[string]any{"layers": 3} },
	"no files":                    func(c map[string]any) { delete(c, "files") },
	"a file outside":              func(c map[string]any) { c["files"].(map[string]any)["../../etc/passwd"] = File{} },
	"tensors of negative size":    func(c map[string]any) { c["files"].(map[string]any)[tensorsFile] = File{Bytes: -1} },
	"tensors of 2^62 bytes":       func(c map[string]any) { c["files"].(map[string]any)[tensorsFile] = File{Bytes: 1 << 62} },
	"another hash":                func(c map[string]any) { c["files"].(map[string]any)[tensorsFile].(map[string]any)["sha256"] = "00" },
	"parameter that is an object": func(c map[string]any) { c["parameters"] = map[string]any{"rate": map[string]any{}} },
}

func TestCardsThatContradictThemselvesAreRefused(t *testing.T) {
	dir, _, _ := savedBundle(t)
	path := filepath.Join(dir, cardFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range brokenCards {
		var card map[string]any
		if err := json.Unmarshal(whole, &card); err != nil {
			t.Fatal(err)
		}
		spoil(card)
		text, err := json.Marshal(card)
		if err != nil {
			t.Fatal(err)
		}
		writeFile(t, path, text)
		if _, _, err := load(dir, "", inkOnly); err == nil {
			t.Errorf("%s: loaded", name)
		}
	}
}

func TestABundleChangedAfterItWasRegisteredIsRefused(t *testing.T) {
	dir, _, _ := savedBundle(t)
	_, _, err := load(dir, workspace.Sum([]byte("another")), inkOnly)
	if err == nil || !strings.Contains(err.Error(), "changed since") {
		t.Errorf("%v, want an error that says it was changed", err)
	}
}

func FuzzParseCard(f *testing.F) {
	usual := appearance{}
	for _, m := range lookMeasures {
		usual[m.name] = span{High: 1}
	}
	card, err := json.Marshal(Card{Format: 1, Labels: []int{0, 1}, PictureSide: 300, Temperature: 1, Appearance: usual,
		Parameters: Values{"a": 1, "b": .5}, Files: map[string]File{tensorsFile: {Bytes: 3}}})
	if err != nil {
		f.Fatal(err)
	}
	if _, err := parseCard(card); err != nil {
		f.Fatal(err)
	}
	f.Add(card)
	f.Add([]byte(`{"format":1,"labels":[0],"picture_side":300,"temperature":1e999}`))
	f.Add([]byte(`{"format":2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		card, err := parseCard(text)
		if err == nil && (len(card.Labels) == 0 || checkPictureSide(card.PictureSide) != nil || card.Appearance.check() != nil) {
			t.Fatalf("accepted %+v", card)
		}
	})
}
