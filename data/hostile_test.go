//go:build unix

package data

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestLinksAndPipes: a link that stays inside the folder is followed, one that
// leads out is not; what is no regular file is refused without waiting for it.
func TestLinksAndPipes(t *testing.T) {
	cases := []struct {
		name string
		make func(t *testing.T, image string) // puts something at the path image
		code string                           // "" is kept
	}{
		{"a link to a file inside", func(t *testing.T, image string) {
			must(t, os.Rename(image, filepath.Join(filepath.Dir(image), "real.png")), os.Symlink("real.png", image))
		}, ""},
		{"a link through the folder above, still inside", func(t *testing.T, image string) {
			must(t, os.Rename(image, filepath.Join(filepath.Dir(image), "real.png")), os.Symlink("../images/real.png", image))
		}, ""},
		{"a link to a file outside", func(t *testing.T, image string) {
			outside := filepath.Join(t.TempDir(), "secret.png")
			must(t, os.Rename(image, outside))
			relative, err := filepath.Rel(filepath.Dir(image), outside)
			must(t, err, os.Symlink(relative, image))
		}, CodeImageOutside},
		{"an absolute link, even to a file inside", func(t *testing.T, image string) {
			real := filepath.Join(filepath.Dir(image), "real.png")
			must(t, os.Rename(image, real), os.Symlink(real, image))
		}, CodeImageOutside},
		{"a link to nothing", func(t *testing.T, image string) {
			must(t, os.Remove(image), os.Symlink("nothing.png", image))
		}, CodeImageNotFound},
		{"a link to itself", func(t *testing.T, image string) {
			must(t, os.Remove(image), os.Symlink(filepath.Base(image), image))
		}, CodeImageUnreadable},
		{"a folder of pictures that is a link to outside", func(t *testing.T, image string) {
			outside := filepath.Join(t.TempDir(), "images")
			must(t, os.Rename(filepath.Dir(image), outside), os.Symlink(outside, filepath.Dir(image)))
		}, CodeImageOutside},
		{"a pipe", func(t *testing.T, image string) {
			must(t, os.Remove(image), syscall.Mkfifo(image, 0o666))
		}, CodeImageNotFile},
		{"a link to a device", func(t *testing.T, image string) {
			must(t, os.Remove(image), os.Symlink("/dev/zero", image))
		}, CodeImageOutside},
		{"a folder", func(t *testing.T, image string) {
			must(t, os.Remove(image), os.Mkdir(image, 0o777))
		}, CodeImageNotFile},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			folder := makeFolder(t, made{id: 1, smiles: "C", label: 0, picture: 1})
			c.make(t, filepath.Join(folder, "images", "1.png"))
			s := newStore(t)
			result := ingestInTime(t, s, folder)
			letters, err := s.DeadLetters(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if c.code == "" && result.Kept != 1 || c.code != "" && (len(letters) != 1 || letters[0].Code != c.code) {
				t.Errorf("got %+v, letters %+v, want code %q", result, letters, c.code)
			}
		})
	}
}

// ingestInTime fails instead of hanging with the ingest.
func ingestInTime(t *testing.T, s *Store, folder string) IngestResult {
	t.Helper()
	done := make(chan IngestResult, 1)
	go func() {
		result, err := s.Ingest(t.Context(), folder, noLimit())
		if err != nil {
			t.Error(err)
		}
		done <- result
	}()
	select {
	case result := <-done:
		return result
	case <-time.After(time.Minute):
		t.Fatal("the ingest hangs")
		return IngestResult{}
	}
}

// TestListThatIsNoFile: the list itself may be a pipe, a folder, a link to
// outside, or named outside.
func TestListThatIsNoFile(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "list.json")
	must(t, os.WriteFile(outside, []byte("[]"), 0o666))
	cases := map[string]func(list string) error{
		"pipe":              func(list string) error { return syscall.Mkfifo(list, 0o666) },
		"folder":            func(list string) error { return os.Mkdir(list, 0o777) },
		"link to outside":   func(list string) error { return os.Symlink(outside, list) },
		"link to /dev/zero": func(list string) error { return os.Symlink("/dev/zero", list) },
		"nothing":           func(string) error { return nil },
	}
	for name, put := range cases {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			must(t, put(filepath.Join(folder, DefaultFile)))
			s := newStore(t)
			var refused *RefusedFileError
			if _, err := s.Ingest(t.Context(), folder, noLimit()); !errors.As(err, &refused) {
				t.Errorf("got %v", err)
			}
			checkUntouched(t, s)
		})
	}
	t.Run("named outside", func(t *testing.T) {
		options := noLimit()
		options.File = "../" + filepath.Base(filepath.Dir(outside)) + "/list.json"
		if _, err := newStore(t).Ingest(t.Context(), t.TempDir(), options); err == nil {
			t.Error("went through")
		}
	})
	t.Run("no folder", func(t *testing.T) {
		var refused *RefusedFileError
		if _, err := newStore(t).Ingest(t.Context(), filepath.Join(t.TempDir(), "none"), noLimit()); !errors.As(err, &refused) {
			t.Errorf("got %v", err)
		}
	})
}

// childWithoutRights names the folder on which the test binary, started again
// as a user who is not root, checks what it cannot read.
const childWithoutRights = "RINGLAB_TEST_WITHOUT_RIGHTS"

// nobody is a user and group that own nothing.
const nobody = 65534

// TestFilesWithoutPermission: a picture that cannot be read is a dead letter, a
// list that cannot be read is refused. Root may read everything, so the test
// goes on in a child that is not root.
func TestFilesWithoutPermission(t *testing.T) {
	if folder := os.Getenv(childWithoutRights); folder != "" {
		reportUnreadable(t, folder)
		return
	}
	base, err := os.MkdirTemp("", "ringlab-rights-") // t.TempDir is root's alone
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(base) })
	picture, list := filepath.Join(base, "picture"), filepath.Join(base, "list")
	for _, folder := range []string{picture, list} {
		must(t, os.Mkdir(folder, 0o777))
		writeFolder(t, folder, made{id: 1, smiles: "C", label: 0, picture: 1}, made{id: 2, smiles: "N", label: 0, picture: 2})
	}
	must(t, os.Chmod(filepath.Join(picture, "images", "2.png"), 0), os.Chmod(filepath.Join(list, DefaultFile), 0), os.Chmod(base, 0o755))

	for folder, want := range map[string]string{picture: "dead " + CodeImageUnreadable, list: "refused"} {
		// The child runs a copy: the test binary may lie where only root looks.
		self, err := os.Executable()
		must(t, err)
		content, err := os.ReadFile(self)
		binary := filepath.Join(base, "child")
		must(t, err, os.WriteFile(binary, content, 0o755))
		child := exec.CommandContext(t.Context(), binary, "-test.run=^TestFilesWithoutPermission$", "-test.v", "-test.count=1")
		child.Dir = base
		child.Env = append(os.Environ(), childWithoutRights+"="+folder)
		if os.Geteuid() == 0 {
			child.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := child.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "found: "+want) {
			t.Errorf("%s: %v\n%s", filepath.Base(folder), err, out)
		}
	}
}

// reportUnreadable runs in the child and prints what it found.
func reportUnreadable(t *testing.T, folder string) {
	found := ""
	err := ReadFolder(t.Context(), folder, "", DefaultTask(), func(r FolderRecord) error {
		if r.Code != "" {
			found = "dead " + r.Code
		}
		return nil
	})
	var refused *RefusedFileError
	if errors.As(err, &refused) {
		found = "refused"
	} else if err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(found)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("found: %s", strings.Trim(string(quoted), `"`))
}
