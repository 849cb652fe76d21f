// Command grow makes the forest that tells drawings of molecules from other
// pictures, and judges it on pictures that it has not seen:
//
//	go run ./models/unlike/grow -drawings DIR,DIR -others DIR \
//	    -judge-drawings DIR,DIR -judge-others DIR [-out models/unlike/forest.gob.gz]
//
// Each DIR is searched for PNGs. Drawings that judge are told apart by their
// DIR; the kind of another picture is the name of the folder that it lies in.
// Without -drawings the forest in this program is judged.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/gob"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"ringlab/data/picture"
	"ringlab/models/trees"
	"ringlab/models/unlike"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var g grow
	flag.Var(&g.drawings, "drawings", "`FOLDERS` of drawings to learn from")
	flag.Var(&g.others, "others", "`FOLDERS` of other pictures to learn from")
	flag.Var(&g.judgeDrawings, "judge-drawings", "`FOLDERS` of drawings to judge by")
	flag.Var(&g.judgeOthers, "judge-others", "`FOLDERS` of other pictures to judge by")
	flag.IntVar(&g.trees, "trees", 100, "number of trees")
	flag.IntVar(&g.leaf, "leaf", 3, "fewest pictures in a leaf")
	flag.IntVar(&g.most, "most", 4000, "most pictures to take of each folder of drawings to learn from")
	flag.StringVar(&g.out, "out", "", "`FILE` to write the forest to")
	flag.StringVar(&g.list, "list", "", "`FILE` to list the scores of the pictures that judge in")
	flag.Parse()
	if err := g.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "grow:", err)
		os.Exit(1)
	}
}

type folders []string

func (f *folders) String() string { return strings.Join(*f, ",") }

func (f *folders) Set(text string) error {
	*f = append(*f, strings.Split(text, ",")...)
	return nil
}

type grow struct {
	drawings, others, judgeDrawings, judgeOthers folders
	trees, leaf, most                            int
	out, list                                    string
}

func (g *grow) run(ctx context.Context) error {
	if len(g.drawings) == 0 {
		return g.judge(ctx, unlike.Forest())
	}
	samples := trees.Samples{Features: len(unlike.Names()), Classes: 1 + len(unlike.Kinds())}
	learn := func(dir string, most int, class func(file string) (int, error)) error {
		files, err := find(dir, most)
		if err != nil {
			return err
		}
		rows, err := measure(ctx, files)
		if err != nil {
			return err
		}
		for i, row := range rows {
			c, err := class(files[i])
			if err != nil {
				return err
			}
			samples.Values = append(samples.Values, row...)
			samples.Class = append(samples.Class, c)
		}
		fmt.Fprintf(os.Stderr, "%s: %d pictures\n", dir, len(rows))
		return nil
	}
	for _, dir := range g.drawings {
		if err := learn(dir, g.most, func(string) (int, error) { return unlike.Drawing, nil }); err != nil {
			return err
		}
	}
	for _, dir := range g.others {
		if err := learn(dir, 1<<30, kindOf); err != nil {
			return err
		}
	}
	f, err := trees.Grow(ctx, samples, trees.Options{Trees: g.trees, Tried: samples.Features / 4, MinLeaf: g.leaf, Seed: 1})
	if err != nil {
		return err
	}
	if err := g.write(f); err != nil {
		return err
	}
	return g.judge(ctx, f)
}

func kindOf(file string) (int, error) {
	kind := filepath.Base(filepath.Dir(file))
	i := slices.Index(unlike.Kinds(), kind)
	if i < 0 {
		return 0, fmt.Errorf("%s lies in no folder named for a kind: %s", file, strings.Join(unlike.Kinds(), ", "))
	}
	return 1 + i, nil
}

// find lists the pictures under a folder in the order of their names, at most
// most of them, evenly spaced.
func find(dir string, most int) ([]string, error) {
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Ext(path) == ".png" {
			files = append(files, path)
		}
		return err
	})
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no PNG under %s", dir)
	}
	if err != nil || len(files) <= most {
		return files, err
	}
	some := make([]string, most)
	for i := range some {
		some[i] = files[i*len(files)/most]
	}
	return some, nil
}

// measure reads the pictures on all cores, in their order.
func measure(ctx context.Context, files []string) ([][]float32, error) {
	rows := make([][]float32, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, name := range files {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			file, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			p, err := picture.Decode(file, picture.DefaultLimits)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			rows[i] = unlike.Measure(p)
			return nil
		})
	}
	return rows, group.Wait()
}

func (g *grow) write(f *trees.Forest) error {
	if g.out == "" {
		return nil
	}
	var file bytes.Buffer
	packed, err := gzip.NewWriterLevel(&file, gzip.BestCompression)
	if err != nil {
		return err
	}
	grown := unlike.Grown{Names: unlike.Names(), Arrays: f.Arrays()}
	if err := errors.Join(gob.NewEncoder(packed).Encode(grown), packed.Close()); err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "%s: %d bytes, %d nodes\n", g.out, file.Len(), len(grown.Arrays.Feature))
	return os.WriteFile(g.out, file.Bytes(), 0o666)
}
