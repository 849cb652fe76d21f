package models

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"io"
	"os"

	"ringlab/data/workspace"
)

// Pack reads the bundle in dir, checks it, and returns it as one file: a zip of
// model.json and model.safetensors. The same bundle gives the same bytes.
func Pack(dir string) ([]byte, error) {
	if _, _, err := Load(dir); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("pack bundle %s: %w", dir, err)
	}
	defer func() { _ = root.Close() }()
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	archive.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) {
		return flate.NewWriter(w, flate.BestCompression)
	})
	for _, name := range []string{cardFile, tensorsFile} {
		content, err := readBounded(root, name, maxTensorsBytes)
		if err != nil {
			return nil, fmt.Errorf("pack bundle %s: %w", dir, err)
		}
		file, err := archive.Create(name)
		if err == nil {
			_, err = file.Write(content)
		}
		if err != nil {
			return nil, fmt.Errorf("pack bundle %s: %w", dir, err)
		}
	}
	if err := archive.Close(); err != nil {
		return nil, fmt.Errorf("pack bundle %s: %w", dir, err)
	}
	return out.Bytes(), nil
}

// Unpack reads what Pack made, with the checks of Load.
func Unpack(packed []byte) (*Model, Card, error) {
	m, card, err := unpack(packed)
	if err != nil {
		return nil, Card{}, fmt.Errorf("unpack bundle: %w", err)
	}
	return m, card, nil
}

// UnpackCard reads the card alone.
func UnpackCard(packed []byte) (Card, error) {
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return Card{}, fmt.Errorf("unpack bundle: %w", err)
	}
	text, err := unpackFile(archive, cardFile, maxCardBytes)
	if err != nil {
		return Card{}, fmt.Errorf("unpack bundle: %w", err)
	}
	card, err := parseCard(text)
	if err != nil {
		return Card{}, fmt.Errorf("unpack bundle: %s: %w", cardFile, err)
	}
	return card, nil
}

func unpack(packed []byte) (*Model, Card, error) {
	card, err := UnpackCard(packed)
	if err != nil {
		return nil, Card{}, err
	}
	archive, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		return nil, Card{}, err
	}
	expected := card.Files[tensorsFile]
	weights, err := unpackFile(archive, tensorsFile, expected.Bytes)
	if err != nil {
		return nil, Card{}, err
	}
	if int64(len(weights)) != expected.Bytes || workspace.Sum(weights) != expected.SHA256 {
		return nil, Card{}, fmt.Errorf("%s does not have the size and SHA-256 that %s names", tensorsFile, cardFile)
	}
	m, err := restore(card, weights, familyByName)
	return m, card, err
}

// unpackFile reads at most most bytes of a file in an archive.
func unpackFile(archive *zip.Reader, name string, most int64) ([]byte, error) {
	file, err := archive.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, most+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(content)) > most {
		return nil, fmt.Errorf("%s has more than %d bytes", name, most)
	}
	return content, nil
}
