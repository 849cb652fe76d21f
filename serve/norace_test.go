//go:build !race

package serve

const patience = 1
