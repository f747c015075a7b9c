package config

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxFile is the most octets that are read of a configuration.
const maxFile = 1 << 20

// Load reads the configuration of a path. Its error is an Errors, every entry
// with the file, and where they apply the line, the key and a hint.
func Load(path string, env Env) (*Config, error) {
	data, mode, fault := read(path)
	if fault != nil {
		return nil, Errors{fault}
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, Errors{{File: path, Problem: "find its folder: " + err.Error(), Err: err}}
	}
	c, errs := parse(source{path, absolute, mode}, data, env)
	if len(errs) > 0 {
		return nil, errs
	}
	return c, nil
}

// source is where a configuration was read from.
type source struct {
	given, absolute string
	mode            fs.FileMode
}

// read gives the file and the mode of just what was read.
func read(path string) ([]byte, fs.FileMode, *Error) {
	if path == "" {
		return nil, 0, &Error{Problem: "no home folder to look for a configuration in",
			Hint: "name it with --config FILE", Err: fs.ErrNotExist}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, unreadable(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, unreadable(path, err)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, 0, unreadable(path, err)
	}
	if len(data) > maxFile {
		return nil, 0, &Error{File: path, Problem: "is no configuration: larger than 1 MiB"}
	}
	return data, info.Mode(), nil
}

func unreadable(path string, err error) *Error {
	if errors.Is(err, fs.ErrNotExist) {
		return &Error{File: path, Problem: "no such file", Err: err,
			Hint: "write one: popbridge init, or name it with --config FILE"}
	}
	return &Error{File: path, Problem: "can't be read: " + cause(err), Err: err}
}

// cause leaves out the path, which the error names already.
func cause(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

// unmark takes away the byte order mark that some editors write.
func unmark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) }

// isUTF16 knows the other byte order marks.
func isUTF16(data []byte) bool {
	return bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff"))
}
