package models

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// A checkpoint is: the magic, the length of the header (uint32), the header
// (JSON), the arrays that arrays lists (float32, little-endian), and the
// SHA-256 of all before it.
const (
	checkpointMagic     = "RINGCNN1"
	maxCheckpointHeader = 1 << 12
)

type checkpointHeader struct {
	// Training is a hash of all that the training depends on.
	Training string  `json:"training"`
	Done     int     `json:"done"` // epochs
	Steps    int     `json:"steps"`
	Best     cnnBest `json:"best"`
}

// arrays are the state's numbers, in the order in which they are written.
func (t *cnnTrainer) arrays() [][]float32 {
	all := [][]float32{t.net.weights.Value, t.adam.Mean, t.adam.Square}
	if t.recipe.Average > 0 {
		all = append(all, t.average)
	}
	if t.shown != nil {
		all = append(all, t.shown)
	}
	for _, s := range t.net.weights.Statistics {
		all = append(all, s.Value)
	}
	return append(append(all, t.best.weights), t.best.statistics...)
}

// training hashes what a state belongs to: it fits no other network, recipe,
// seed or pictures.
func (t *cnnTrainer) training() string {
	hash := sha256.New()
	encoder := json.NewEncoder(hash) // writing to a hash does not fail
	_ = encoder.Encode(t.net.plan)
	_ = encoder.Encode(t.recipe)
	_ = encoder.Encode(t.seed)
	for _, examples := range []*cnnExamples{t.train, t.validation} {
		for _, s := range examples.samples {
			_ = binary.Write(hash, binary.LittleEndian, [2]int64{s.Record, int64(s.Label)})
		}
		_ = binary.Write(hash, binary.LittleEndian, int64(len(examples.samples)))
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// state is a checkpoint of what has been trained.
func (t *cnnTrainer) state() []byte {
	header, _ := json.Marshal(checkpointHeader{t.training(), t.done, t.adam.Steps, t.best}) // numbers and text: it does not fail
	out := []byte(checkpointMagic)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(header)))
	out = append(out, header...)
	for _, array := range t.arrays() {
		out = appendFloats(out, array)
	}
	sum := sha256.Sum256(out)
	return append(out, sum[:]...)
}

// restore continues from a checkpoint. It changes nothing unless the whole of
// it is sound.
func (t *cnnTrainer) restore(state []byte) error {
	header, rest, err := t.readCheckpoint(state)
	if err != nil {
		return fmt.Errorf("resume training: %w; train again from the beginning", err)
	}
	for _, array := range t.arrays() {
		for i := range array {
			array[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		}
		rest = rest[4*len(array):]
	}
	header.Best.weights, header.Best.statistics = t.best.weights, t.best.statistics
	t.done, t.adam.Steps, t.best = header.Done, header.Steps, header.Best
	return nil
}

// readCheckpoint checks a state and returns its header and the bytes of its
// arrays.
func (t *cnnTrainer) readCheckpoint(state []byte) (h checkpointHeader, arrays []byte, err error) {
	const before, after = len(checkpointMagic) + 4, sha256.Size
	if len(state) < before+after || string(state[:len(checkpointMagic)]) != checkpointMagic {
		return h, nil, errors.New("this is no checkpoint of a network, or one of another version of ringlab")
	}
	body := state[:len(state)-after]
	if sum := sha256.Sum256(body); !bytes.Equal(sum[:], state[len(body):]) {
		return h, nil, errors.New("the checkpoint is damaged")
	}
	length := binary.LittleEndian.Uint32(body[len(checkpointMagic):])
	if length > maxCheckpointHeader || int(length) > len(body)-before {
		return h, nil, errors.New("the checkpoint's header is longer than may be")
	}
	if err := json.Unmarshal(body[before:before+int(length)], &h); err != nil {
		return h, nil, fmt.Errorf("read the checkpoint's header: %w", err)
	}
	if h.Training != t.training() {
		return h, nil, errors.New("the checkpoint belongs to a training with other pictures, parameters or seed")
	}
	arrays = body[before+int(length):]
	want := 0
	for _, array := range t.arrays() {
		want += 4 * len(array)
	}
	if len(arrays) != want {
		return h, nil, fmt.Errorf("the checkpoint holds %d bytes of weights, this network has %d", len(arrays), want)
	}
	if h.Done < 0 || h.Done > t.recipe.Epochs || h.Steps < 0 || h.Best.Epoch < 0 || h.Best.Epoch > h.Done {
		return h, nil, errors.New("the checkpoint's epochs contradict each other")
	}
	return h, arrays, nil
}

func appendFloats(to []byte, values []float32) []byte {
	for _, v := range values {
		to = binary.LittleEndian.AppendUint32(to, math.Float32bits(v))
	}
	return to
}
