package models

// cnnPresets are the presets of the family "cnn".
func cnnPresets() []Preset { return nil }

// cnnFamily learns with the family "cnn"; nil where it is not built in.
func cnnFamily() family { return nil }
