// Command ringlab is the whole life of a machine-learning model that counts
// the rings of a chemical compound from its picture.
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"

	"ringlab/internal/cli"
)

//go:embed testdata/original
var files embed.FS

//go:embed LICENSE
var license string

func main() {
	demo, err := fs.Sub(files, "testdata/original")
	if err != nil {
		fmt.Fprintln(os.Stderr, "ringlab:", err)
		os.Exit(1)
	}
	os.Exit(cli.Main(cli.Program{Demo: demo, License: license}))
}
