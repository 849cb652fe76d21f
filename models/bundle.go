package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"ringlab/data/workspace"
	"ringlab/models/unlike"
)

const (
	bundleFormat = 1

	cardFile    = "model.json"
	tensorsFile = "model.safetensors"
	graphFile   = "model.onnx"

	maxCardBytes    = 8 << 20
	maxTensorsBytes = 2 << 30
	maxGraphBytes   = 2 << 30
	maxLabels       = 10_000
)

// Lineage says where a model came from.
type Lineage struct {
	Run      string    `json:"run"`
	Snapshot string    `json:"snapshot"`
	Split    string    `json:"split"`
	Seed     uint64    `json:"seed"`
	From     string    `json:"from,omitempty"` // the model that the training went on from
	Code     string    `json:"code"`           // version of ringlab
	Created  time.Time `json:"created"`
}

// Card is model.json; docs/formats/bundle.md says what each field means.
type Card struct {
	Format      int             `json:"format"`
	Preset      string          `json:"preset"`
	Family      string          `json:"family"`
	Parameters  Values          `json:"parameters"`
	Labels      []int           `json:"labels"`       // ascending
	PictureSide int             `json:"picture_side"` // pixels
	Temperature float64         `json:"temperature"`
	Appearance  appearance      `json:"appearance"`
	UnlikeAbove *float64        `json:"unlike_above,omitempty"` // bundles from before have none
	Network     json.RawMessage `json:"network"`                // the family's own
	Lineage     Lineage         `json:"lineage"`
	Evaluation  Evaluation      `json:"evaluation"`
	Files       map[string]File `json:"files"` // by name, all but model.json itself
}

// File is what a bundle knows of one of its files before it reads it.
type File struct {
	SHA256 string `json:"sha256"`
	Bytes  int64  `json:"bytes"`
}

// Save writes the bundle into the folder dir, all or nothing, and returns the
// SHA-256 of its model.json. A bundle that stands there already is replaced.
func (m *Model) Save(dir string, l Lineage, e Evaluation) (sum string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("save bundle %s: %w", dir, err)
		}
	}()
	network, tensors, err := m.predictor.state()
	if err != nil {
		return "", err
	}
	weights, err := encodeTensors(tensors)
	if err != nil {
		return "", err
	}
	files := map[string][]byte{tensorsFile: weights}
	switch graph, err := m.ONNX(l); {
	case err == nil:
		files[graphFile] = graph
	case !errors.Is(err, ErrNoGraph):
		return "", err
	}
	card := Card{
		Format:      bundleFormat,
		Preset:      m.preset,
		Family:      m.family,
		Parameters:  m.values,
		Labels:      m.Labels(),
		PictureSide: m.side,
		Temperature: m.temperature,
		Appearance:  m.usual.appearance,
		UnlikeAbove: &m.usual.above,
		Network:     network,
		Lineage:     l,
		Evaluation:  e,
		Files:       make(map[string]File, len(files)),
	}
	for name, content := range files {
		card.Files[name] = File{SHA256: workspace.Sum(content), Bytes: int64(len(content))}
	}
	text, err := json.MarshalIndent(card, "", "  ")
	if err != nil {
		return "", err
	}
	text = append(text, '\n')
	if len(text) > maxCardBytes || len(weights) > maxTensorsBytes {
		return "", fmt.Errorf("%d bytes of %s and %d of %s are more than a bundle may have", len(text), cardFile, len(weights), tensorsFile)
	}
	files[cardFile] = text
	return workspace.Sum(text), writeBundle(dir, files)
}

// writeBundle fills a folder beside dir, then gives it dir's name, so that dir
// never holds a part of a bundle.
func writeBundle(dir string, files map[string][]byte) (err error) {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o777); err != nil {
		return err
	}
	scratch, err := os.MkdirTemp(parent, workspace.TemporaryFor(dir)+"*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	fresh := filepath.Join(scratch, "new")
	if err := os.Mkdir(fresh, 0o777); err != nil {
		return err
	}
	for name, content := range files {
		if err := workspace.WriteFile(filepath.Join(fresh, name), content); err != nil {
			return err
		}
	}
	// A folder cannot be renamed onto one that is not empty.
	old := filepath.Join(scratch, "old")
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, ignoreMissing(os.Rename(old, dir)))
	}
	return workspace.SyncDir(parent)
}

func ignoreMissing(err error) error {
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return err
}

// Load reads the bundle in dir. It refuses files that do not match the hashes
// and sizes in model.json, formats and families it does not know, and contents
// that contradict each other.
func Load(dir string) (*Model, Card, error) { return LoadVerified(dir, "") }

// LoadVerified is Load for a bundle whose model.json is known to have this
// SHA-256 (lower-case hex); "" accepts any.
func LoadVerified(dir, sum string) (*Model, Card, error) {
	m, card, err := load(dir, sum, familyByName)
	if err != nil {
		return nil, Card{}, fmt.Errorf("load bundle %s: %w", dir, err)
	}
	return m, card, nil
}

func load(dir, sum string, familyByName func(string) (family, error)) (*Model, Card, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, Card{}, fmt.Errorf("%w; train the run again", err)
	}
	defer func() { _ = root.Close() }()
	text, err := readBounded(root, cardFile, maxCardBytes)
	if err != nil {
		return nil, Card{}, err
	}
	if found := workspace.Sum(text); sum != "" && found != sum {
		return nil, Card{}, fmt.Errorf("%s has SHA-256 %s, registered was %.64q: it was changed since; restore a backup or train the run again", cardFile, found, sum)
	}
	card, err := parseCard(text)
	if err != nil {
		return nil, Card{}, fmt.Errorf("%s: %w", cardFile, err)
	}
	// The graph is for others and not used here. It is checked all the same: a
	// bundle is whole or refused.
	for name := range card.Files {
		if name != tensorsFile {
			if err := checkFile(root, name, card.Files[name]); err != nil {
				return nil, Card{}, err
			}
		}
	}
	expected := card.Files[tensorsFile]
	weights, err := readBounded(root, tensorsFile, expected.Bytes)
	if err != nil {
		return nil, Card{}, err
	}
	hash := sha256.Sum256(weights)
	if int64(len(weights)) != expected.Bytes || hex.EncodeToString(hash[:]) != expected.SHA256 {
		return nil, Card{}, damaged(tensorsFile)
	}
	m, err := restore(card, weights, familyByName)
	return m, card, err
}

func damaged(name string) error {
	return fmt.Errorf("%s does not have the size and SHA-256 that %s names: it is damaged; restore a backup or train the run again", name, cardFile)
}

// checkFile compares a file with what the card says of it, without keeping it
// in memory.
func checkFile(root *os.Root, name string, expected File) error {
	file, err := openBounded(root, name, expected.Bytes)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, io.LimitReader(file, expected.Bytes+1))
	if err != nil {
		return fmt.Errorf("read %s: %w", name, err)
	}
	if n != expected.Bytes || hex.EncodeToString(hash.Sum(nil)) != expected.SHA256 {
		return damaged(name)
	}
	return nil
}

// restore makes a model of a checked card and its tensors.
func restore(card Card, weights []byte, familyByName func(string) (family, error)) (*Model, error) {
	tensors, err := decodeTensors(weights)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", tensorsFile, err)
	}
	f, err := familyByName(card.Family)
	if err != nil {
		return nil, err
	}
	learned, err := f.restore(card.Network, tensors)
	if err != nil {
		return nil, fmt.Errorf("restore family %s: %w", card.Family, err)
	}
	if !slices.Equal(learned.labels(), card.Labels) {
		return nil, fmt.Errorf("%s and %s name different labels", cardFile, tensorsFile)
	}
	return &Model{
		preset:      card.Preset,
		family:      card.Family,
		values:      card.Parameters,
		side:        card.PictureSide,
		predictor:   learned,
		temperature: card.Temperature,
		usual:       card.usual(),
	}, nil
}

// usual is that of the model; of a bundle from before there was a threshold,
// the detector's own.
func (c Card) usual() usual {
	above := unlike.Threshold
	if c.UnlikeAbove != nil {
		above = *c.UnlikeAbove
	}
	return usual{c.Appearance, above}
}

// parseCard reads and checks model.json, which may be hostile.
func parseCard(text []byte) (Card, error) {
	// The format first: a later one may have other fields.
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(text, &format); err != nil {
		return Card{}, err
	}
	if format.Format != bundleFormat {
		return Card{}, fmt.Errorf("format %d, this ringlab reads %d: use the version that wrote it", format.Format, bundleFormat)
	}
	var card Card
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&card); err != nil {
		return Card{}, err
	}
	if err := checkPictureSide(card.PictureSide); err != nil {
		return Card{}, err
	}
	// Written so that NaN fails; JSON has none, but the rule stands by itself.
	if !(card.Temperature >= temperatureLow && card.Temperature <= temperatureHigh) {
		return Card{}, fmt.Errorf("temperature %v: it must be from %v to %v", card.Temperature, temperatureLow, float64(temperatureHigh))
	}
	if err := card.Appearance.check(); err != nil {
		return Card{}, err
	}
	if above := card.UnlikeAbove; above != nil && !(*above > 0 && *above <= 1) {
		return Card{}, fmt.Errorf("unlike_above %v: it must be more than 0 and at most 1", *above)
	}
	if n := len(card.Labels); n == 0 || n > maxLabels {
		return Card{}, fmt.Errorf("%d labels: there must be 1 to %d", n, maxLabels)
	}
	for i, label := range card.Labels {
		if label < 0 || i > 0 && label <= card.Labels[i-1] {
			return Card{}, errors.New("labels must be 0 or more, ascending, each once")
		}
	}
	if _, ok := card.Files[tensorsFile]; !ok {
		return Card{}, fmt.Errorf("files do not name %s", tensorsFile)
	}
	limits := map[string]int64{tensorsFile: maxTensorsBytes, graphFile: maxGraphBytes}
	for name, file := range card.Files {
		limit, ok := limits[name]
		if !ok {
			return Card{}, fmt.Errorf("files name %.60q, which is no file of a bundle", name)
		}
		if file.Bytes < 0 || file.Bytes > limit {
			return Card{}, fmt.Errorf("%s of %d bytes, limit %d", name, file.Bytes, limit)
		}
	}
	return card, nil
}

// openBounded opens a regular file of the bundle that has at most most bytes.
func openBounded(root *os.Root, name string, most int64) (*os.File, error) {
	info, err := root.Lstat(name)
	if err != nil {
		return nil, fmt.Errorf("%w; the bundle is not complete: restore a backup or train the run again", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	if info.Size() > most {
		return nil, fmt.Errorf("%s has %d bytes, at most %d were expected; restore a backup or train the run again", name, info.Size(), most)
	}
	return root.Open(name)
}

// readBounded reads a regular file of the bundle that has at most most bytes.
// The size is looked at before memory is taken.
func readBounded(root *os.Root, name string, most int64) ([]byte, error) {
	file, err := openBounded(root, name, most)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	// One more than it has: a file that grows meanwhile is noticed by its hash.
	content := make([]byte, 0, min(info.Size(), most, math.MaxInt32)+1)
	buffer := bytes.NewBuffer(content)
	if _, err := buffer.ReadFrom(io.LimitReader(file, most+1)); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	return buffer.Bytes(), nil
}
