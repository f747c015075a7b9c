package config

import (
	"errors"
	"path/filepath"
	"strings"
)

// Env is what the configuration depends on beside its file.
type Env struct {
	// Getenv reads an environment variable, as os.Getenv does.
	Getenv func(string) string
	// Home is the folder that ~ stands for; empty where there is none.
	Home string
	// GOOS is the operating system, as runtime.GOOS names it.
	GOOS string
}

func (e Env) getenv(key string) string {
	if e.Getenv == nil {
		return ""
	}
	return e.Getenv(key)
}

// DefaultPath is where the configuration is looked for when nothing is said:
// $XDG_CONFIG_HOME/popbridge/config.toml, else below ~/.config, on Windows
// below %AppData%. It is empty where there is no home folder.
func DefaultPath(env Env) string {
	return env.below("XDG_CONFIG_HOME", "AppData", "config.toml", ".config")
}

// DefaultState is the state file when none is configured:
// $XDG_STATE_HOME/popbridge/state.db, else below ~/.local/state, on Windows
// below %LocalAppData%. It is empty where there is no home folder.
func DefaultState(env Env) string {
	return env.below("XDG_STATE_HOME", "LocalAppData", "state.db", ".local", "state")
}

// below finds the folder of a default file. A relative path in an XDG
// variable is to be ignored (XDG Base Directory Specification 0.8, Basics).
func (e Env) below(xdg, windows, file string, unix ...string) string {
	if dir := e.getenv(xdg); filepath.IsAbs(dir) {
		return filepath.Join(dir, "popbridge", file)
	}
	if dir := e.getenv(windows); e.GOOS == "windows" && dir != "" {
		return filepath.Join(dir, "popbridge", file)
	}
	if e.Home == "" {
		return ""
	}
	return filepath.Join(e.Home, filepath.Join(unix...), "popbridge", file)
}

// resolve makes a path of the file absolute: ~ is the home folder, and what
// is relative starts at dir.
func (e Env) resolve(dir, path string) (string, error) {
	rest, tilde := strings.CutPrefix(path, "~")
	switch {
	case !tilde && filepath.IsAbs(path):
		return filepath.Clean(path), nil
	case !tilde:
		return filepath.Join(dir, path), nil
	case rest != "" && rest[0] != '/' && !(e.GOOS == "windows" && rest[0] == '\\'):
		return "", errors.New(`only ~ and ~/ stand for the home folder; begin a file's name with "./"`)
	case e.Home == "":
		return "", errors.New("there is no home folder for ~ to stand for")
	}
	return filepath.Join(e.Home, rest), nil
}
