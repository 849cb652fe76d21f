//go:build race

package tui

// RaceEnabled: the race detector watches.
const RaceEnabled = true
