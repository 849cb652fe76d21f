// Command bench makes folders of the ingest form in any size and times ingest
// on them, beside decoding and checking the pictures alone. See
// docs/measurements.md.
//
//	go run ./data/bench make -records 100000 -pictures 1000 FOLDER
//	go run ./data/bench ingest FOLDER
//	go run ./data/bench decode FOLDER
//	go run ./data/bench check FOLDER
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"ringlab/data"
	"ringlab/data/picture"
	"ringlab/data/workspace"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return errors.New("usage: bench make|ingest|decode|check [flags] FOLDER")
	}
	flags := flag.NewFlagSet("bench "+args[0], flag.ContinueOnError)
	records := flags.Int("records", 100_000, "records to make")
	pictures := flags.Int("pictures", 1000, "different pictures among them")
	original := flags.String("original", "testdata/original", "folder whose records are varied")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name one folder")
	}
	switch folder := flags.Arg(0); args[0] {
	case "make":
		return makeFolder(*original, folder, *records, *pictures)
	case "ingest":
		return timeIngest(folder)
	case "decode":
		return timePictures("decode", folder, func(file []byte) error {
			_, err := picture.Decode(file, picture.DefaultLimits)
			return err
		})
	case "check":
		return timePictures("check", folder, func(file []byte) error {
			_, err := picture.Check(file, picture.DefaultLimits)
			return err
		})
	default:
		return fmt.Errorf("unknown command %q", args[0])
	}
}

// makeFolder varies the records of the original folder. Pictures differ in a
// text chunk only, so they take as long to decode as the original ones.
func makeFolder(original, folder string, records, pictures int) error {
	var sources []map[string]json.RawMessage
	var files [][]byte
	var known = make(map[string]bool)
	err := data.ReadFolder(context.Background(), original, "", data.DefaultTask(), func(r data.FolderRecord) error {
		if r.Code != "" || known[r.Record.Picture] {
			return nil
		}
		known[r.Record.Picture] = true
		file, err := os.ReadFile(filepath.Join(original, r.Record.Image)) //nolint:gosec // named by the caller
		if err != nil {
			return err
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(r.Record.Fields, &fields); err != nil {
			return err
		}
		sources, files = append(sources, fields), append(files, file)
		return nil
	})
	if err != nil {
		return err
	}
	if pictures%len(sources) != 0 {
		return fmt.Errorf("the number of pictures must be a multiple of %d, to keep labels apart", len(sources))
	}
	if err := os.MkdirAll(filepath.Join(folder, "images"), 0o750); err != nil {
		return err
	}
	for p := range pictures {
		if err := os.WriteFile(filepath.Join(folder, imagePath(p)), withText(files[p%len(files)], p), 0o600); err != nil {
			return err
		}
	}
	return writeRecords(filepath.Join(folder, data.DefaultFile), sources, records, pictures)
}

func writeRecords(path string, sources []map[string]json.RawMessage, records, pictures int) error {
	file, err := os.Create(path) //nolint:gosec // named by the caller
	if err != nil {
		return err
	}
	defer file.Close()
	out := bufio.NewWriter(file)
	separator := "["
	for i := range records {
		fields := sources[i%len(sources)]
		var smiles string
		if err := json.Unmarshal(fields["smiles"], &smiles); err != nil {
			return err
		}
		// Another chain at the end makes another molecule for another picture.
		smiles += strings.Repeat("C", i%pictures/len(sources)%100)
		record := map[string]any{"compound_id": i + 1, "smiles": smiles, "image": imagePath(i % pictures)}
		for name, value := range fields {
			if _, ours := record[name]; !ours {
				record[name] = value
			}
		}
		text, err := json.Marshal(record)
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(out, "%s%s", separator, text); err != nil {
			return err
		}
		separator = ",\n"
	}
	if _, err := out.WriteString("]\n"); err != nil {
		return err
	}
	return errors.Join(out.Flush(), file.Close())
}

func imagePath(picture int) string { return fmt.Sprintf("images/%d.png", picture) }

// withText puts a text chunk with the number behind the PNG's header.
func withText(file []byte, number int) []byte {
	const afterHeader = 8 + 25
	content := fmt.Appendf(nil, "tEXtnumber\x00%d", number)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)-4)) //nolint:gosec // a few bytes
	chunk = append(chunk, content...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(content))
	return bytes.Join([][]byte{file[:afterHeader], chunk, file[afterHeader:]}, nil)
}

// timeIngest ingests into a new workspace beside the folder, and removes it.
func timeIngest(folder string) (err error) {
	ctx := context.Background()
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Clean(folder)), "bench-workspace-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ws, err := workspace.Create(ctx, dir)
	if err != nil {
		return err
	}
	started := time.Now()
	result, err := data.New(ws).Ingest(ctx, folder, data.IngestOptions{MaxDead: -1, MaxDeadShare: -1})
	if err = errors.Join(err, ws.Close()); err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	fmt.Printf("ingest: %d read, %d kept, %d dead, %.2f s, %.0f records/s, peak %d MB\n",
		result.Read, result.Kept, result.Dead, seconds, float64(result.Read)/seconds, peakMB())
	return nil
}

// timePictures reads each picture and looks at it once, on all processors.
func timePictures(what, folder string, look func(file []byte) error) error {
	names, err := filepath.Glob(filepath.Join(folder, "images", "*.png"))
	if err != nil {
		return err
	}
	started := time.Now()
	var g errgroup.Group
	work := make(chan string)
	for range runtime.GOMAXPROCS(0) {
		g.Go(func() error {
			for name := range work {
				file, err := os.ReadFile(name) //nolint:gosec // named by the caller
				if err != nil {
					return err
				}
				if err := look(file); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, name := range names {
		work <- name
	}
	close(work)
	if err := g.Wait(); err != nil {
		return err
	}
	seconds := time.Since(started).Seconds()
	fmt.Printf("%s: %d pictures, %.2f s, %.0f pictures/s\n", what, len(names), seconds, float64(len(names))/seconds)
	return nil
}

// peakMB is the most memory that the process has held, where the system tells.
func peakMB() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kB int
		if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kB); n == 1 {
			return kB / 1024
		}
	}
	return 0
}
