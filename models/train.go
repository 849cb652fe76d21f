package models

import "context"

// Config is all that training depends on besides the samples: the same config
// and samples give the same bits.
type Config struct {
	Preset string
	Values Values
	Seed   uint64
}

// Epoch reports one epoch. Shares are 0 to 1, losses nats.
type Epoch struct {
	Epoch, Epochs         int
	Loss, ValLoss         float64
	Accuracy, ValAccuracy float64
	Seconds               float64
	PicturesPerSecond     float64
}

// Hooks connect training to its surroundings. Any may be nil. They are called
// from the training goroutine.
type Hooks struct {
	// Phase tells people what goes on before and after epochs, such as
	// "preparing pictures", with a share done.
	Phase func(name string, done, total int)
	Epoch func(Epoch) error
	// Checkpoint receives a state from which Resume continues bit for bit.
	Checkpoint func(state []byte) error
	Resume     []byte
}

// Train learns from train, chooses by validation. When ctx ends it stops at
// once and returns ctx's error together with the best model so far (nil if
// there is none). Families without epochs report one.
func Train(ctx context.Context, c Config, train, validation []Sample, h Hooks) (*Model, error) {
	panic("contract")
}
