// Command ringlab is the whole life of a machine-learning model that counts
// the rings of a chemical compound from its picture.
package main

import (
	"os"

	"ringlab/internal/cli"
)

func main() { os.Exit(cli.Main()) }
