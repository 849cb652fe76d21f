// Package cli is the command line: one thin file a command. Flags in, a room
// called, text or JSON out.
package cli

// Main runs the command line and returns the exit status.
func Main() int { panic("contract") }
