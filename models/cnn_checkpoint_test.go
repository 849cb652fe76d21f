package models

import (
	"crypto/sha256"
	"slices"
	"testing"

	"ringlab/models/engine"
)

// smallTrainer is ready to train and holds no trained state yet.
func smallTrainer(t testing.TB, seed uint64) *cnnTrainer {
	t.Helper()
	plan, recipe, err := planCNN(smallFast(t, seed, nil), smallTrain, smallValidation)
	if err != nil {
		t.Fatal(err)
	}
	trainer := &cnnTrainer{recipe: recipe, seed: seed, pool: engine.NewPool(1)}
	trainer.train = &cnnExamples{samples: smallTrain}
	trainer.validation = &cnnExamples{samples: smallValidation}
	if err := trainer.build(plan); err != nil {
		t.Fatal(err)
	}
	return trainer
}

func TestACheckpointThatDoesNotFitChangesNothing(t *testing.T) {
	state := smallTrainer(t, 1).state()
	resign := func(state []byte) []byte {
		body := state[:len(state)-sha256.Size]
		sum := sha256.Sum256(body)
		return append(slices.Clone(body), sum[:]...)
	}
	flipped, longHeader, short := slices.Clone(state), slices.Clone(state), slices.Clone(state)
	flipped[len(flipped)/2] ^= 1
	longHeader[len(checkpointMagic)+3] = 0xff
	for name, hostile := range map[string][]byte{
		"nothing":              nil,
		"another seed's":       smallTrainer(t, 2).state(),
		"one bit changed":      flipped,
		"cut":                  state[:len(state)-5],
		"a long header":        resign(longHeader),
		"too few weights":      resign(slices.Delete(short, len(short)-200, len(short)-100)),
		"another kind of file": []byte("SQLite format 3 and more of it, as long as a checkpoint needs to be at the least"),
	} {
		trainer := smallTrainer(t, 1)
		if err := trainer.restore(hostile); err == nil {
			t.Errorf("%s was accepted", name)
		}
		if !slices.Equal(trainer.state(), state) {
			t.Errorf("%s was refused, but changed the training", name)
		}
	}
	if err := smallTrainer(t, 1).restore(state); err != nil {
		t.Errorf("its own checkpoint was refused: %v", err)
	}
}

// What restore accepts is what state writes.
func FuzzCheckpoint(f *testing.F) {
	trainer := smallTrainer(f, 1)
	state := trainer.state()
	f.Add(state)
	f.Add(state[:100])
	f.Add([]byte(checkpointMagic))
	f.Fuzz(func(t *testing.T, hostile []byte) {
		if err := trainer.restore(hostile); err == nil && len(trainer.state()) != len(hostile) {
			t.Errorf("accepted %d bytes, wrote %d", len(hostile), len(trainer.state()))
		}
	})
}
