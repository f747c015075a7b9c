package config

import "path/filepath"

// Parse reads a configuration that is to become the file at path, mode 0600.
// Its error is as Load's.
func Parse(path string, data []byte, env Env) (*Config, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, Errors{{File: path, Problem: "find its folder: " + err.Error(), Err: err}}
	}
	c, errs := parse(source{path, absolute, 0o600}, data, env)
	if len(errs) > 0 {
		return nil, errs
	}
	return c, nil
}
