package tui

import (
	"testing"

	"github.com/charmbracelet/x/exp/golden"
)

func requireGolden(t *testing.T, frame string) { t.Helper(); golden.RequireEqual(t, frame) }
