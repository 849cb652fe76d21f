//go:build race

package main

// patience multiplies bounds in time: beside a test that the race detector
// watches, the program under test gets little of the machine.
const patience = 5
