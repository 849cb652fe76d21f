//go:build !linux

package workspace

import (
	"errors"
	"os"

	"golang.org/x/sync/errgroup"
)

// syncFiles makes the content of files durable, several at a time: a disk
// writes out what waits together.
func syncFiles(files []string) error {
	var g errgroup.Group
	g.SetLimit(16)
	for _, file := range files {
		g.Go(func() error {
			f, err := os.OpenFile(file, os.O_RDWR, 0)
			if err != nil {
				return err
			}
			return errors.Join(f.Sync(), f.Close())
		})
	}
	return g.Wait()
}

// syncFolders makes new names in folders durable.
func syncFolders(folders []string) error {
	for _, folder := range folders {
		if err := SyncDir(folder); err != nil {
			return err
		}
	}
	return nil
}
