//go:build race

package serve

// patience multiplies bounds in time: the race detector makes everything
// several times slower.
const patience = 5
