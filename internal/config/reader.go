package config

import (
	"errors"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// reader holds what reading one file gathers.
type reader struct {
	file   string // as given, for the errors
	dir    string // absolute, for relative paths
	env    Env
	lines  index
	tables []*table
	errs   Errors
	inline bool // a password or a client's secret stands in the file
}

// parse reads a configuration whose octets are at hand.
func parse(src source, data []byte, env Env) (*Config, Errors) {
	data = unmark(data)
	if isUTF16(data) {
		return nil, Errors{{File: src.given, Line: 1, Problem: "is written in UTF-16", Hint: "save it as UTF-8"}}
	}
	doc := map[string]any{}
	if err := toml.Unmarshal(data, &doc); err != nil {
		return nil, Errors{syntax(src.given, err)}
	}
	r := &reader{file: src.given, dir: filepath.Dir(src.absolute), env: env, lines: indexLines(data)}
	c := r.config(doc)
	c.Path = src.absolute
	r.unknown()
	r.secret(src)
	r.errs.sort()
	return c, r.errs
}

// secret refuses a file with a secret in it that others can read.
func (r *reader) secret(src source) {
	if !r.inline {
		return
	}
	if fault := exposed(src.given, src.mode, r.env.GOOS); fault != nil {
		r.errs = append(r.errs, fault)
	}
}

// character is how go-toml shows what it met, which may be of a password.
var character = regexp.MustCompile(`:?( but got)? U\+[0-9A-F]+( '''| '[^']*')?`)

// syntax tells of a fault that keeps the file from being TOML. The cause is
// not wrapped: its String shows the lines around, passwords and all.
func syntax(file string, err error) *Error {
	fault := &Error{File: file, Problem: "is not TOML"}
	var decode *toml.DecodeError
	if !errors.As(err, &decode) {
		return fault
	}
	fault.Line, fault.Column = decode.Position()
	said := strings.TrimPrefix(decode.Error(), "toml: ")
	fault.Problem = oneLine(character.ReplaceAllString(said, ""))
	switch {
	case strings.Contains(said, "escape"):
		fault.Hint = "write a text with backslashes, such as a Windows path, in single quotes"
	case strings.Contains(said, "basic strings cannot have new lines"), strings.Contains(said, "start of value"):
		fault.Hint = "put texts in quotes, which end on the line where they begin"
	}
	return fault
}

// open begins to read a table.
func (r *reader) open(name, path string, values map[string]any) *table {
	t := &table{r: r, name: name, path: path, values: values}
	r.tables = append(r.tables, t)
	return t
}

// unknown notes the keys that nobody asked for.
func (r *reader) unknown() {
	for _, t := range r.tables {
		for key := range t.values {
			if !slices.Contains(t.known, key) {
				t.fail(key, "unknown key"+r.meant(t, key), "")
			}
		}
	}
}

// meant says where a key belongs that is known in another table, or which one
// of its own table it resembles.
func (r *reader) meant(t *table, key string) string {
	var places []string
	for _, other := range r.tables {
		if place := other.title(); slices.Contains(other.known, key) && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	if len(places) > 0 {
		return " here (it belongs " + strings.Join(places, " or ") + ")"
	}
	if near := Nearest(key, t.known); near != "" {
		return " (did you mean " + quote(near) + "?)"
	}
	return ""
}

func (t *table) title() string {
	if t.name == "" {
		return "at the top of the file, before the first table"
	}
	return "in [[" + t.name + "]]"
}
