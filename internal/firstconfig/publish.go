package firstconfig

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// New is a file that is to be made.
type New struct {
	Path    string
	Content []byte
}

// Publish makes files of mode 0600, in order, each whole or not at all. None
// that exists is overwritten: that is an error in which fs.ErrExist is. Where
// one can't be made, those made before it are taken away again. Missing
// folders are made, of mode 0700.
func Publish(files ...New) (err error) {
	var made []string
	defer func() {
		for _, path := range made {
			if err != nil {
				err = errors.Join(err, os.Remove(path))
			}
		}
	}()
	for _, f := range files {
		if err = os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
			return fmt.Errorf("make the folder: %w", err)
		}
		if err = create(f); err != nil {
			return fmt.Errorf("write %s: %w", f.Path, err)
		}
		made = append(made, f.Path)
	}
	return nil
}

// create writes a file whole or not at all.
func create(f New) error {
	dir := filepath.Dir(f.Path)
	temp, err := os.CreateTemp(dir, ".popbridge-*") // mode 0600
	if err != nil {
		return err
	}
	err = fill(temp, f.Content)
	if err == nil {
		err = name(temp.Name(), f)
	}
	gone := os.Remove(temp.Name())
	if err != nil {
		return errors.Join(err, gone)
	}
	if err := errors.Join(gone, syncFolder(dir)); err != nil {
		return errors.Join(err, os.Remove(f.Path))
	}
	return nil
}

// name gives a written file its name by a link, which fails where the name is
// taken. File systems without links get the file at once.
func name(temp string, f New) error {
	err := os.Link(temp, f.Path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return createPlainly(f)
}

func createPlainly(f New) error {
	file, err := os.OpenFile(f.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if err := fill(file, f.Content); err != nil {
		return errors.Join(err, os.Remove(f.Path))
	}
	return nil
}

// fill writes a file durably and closes it.
func fill(file *os.File, content []byte) error {
	_, err := file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncFolder makes a new name last. Windows has no such thing.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
