package config

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// table is one table of the file while it is read. Each key that is asked for
// becomes a known one, so that what is unknown is what nobody asked for.
type table struct {
	r      *reader
	name   string // "gmail", "pop3", or "" for the top of the file
	path   string // in the index: "pop3[1]"
	values map[string]any
	known  []string
}

// take gives the value of a key.
func (t *table) take(key string) (any, bool) {
	if !slices.Contains(t.known, key) {
		t.known = append(t.known, key)
	}
	v, ok := t.values[key]
	return v, ok
}

// has tells whether a key was written, with whatever value.
func (t *table) has(key string) bool {
	_, ok := t.take(key)
	return ok
}

// where is the place of a key, or of its table where the key is missing.
func (t *table) where(key string) Error {
	full, path := key, key
	if t.name != "" {
		full, path = t.name+"."+key, t.path+"."+key
	}
	line := t.r.lines[path]
	if line == 0 {
		line = t.r.lines[t.path]
	}
	return Error{File: t.r.file, Line: line, Key: full}
}

// fail notes a fault of a key, with a hint or none.
func (t *table) fail(key, problem, hint string) {
	e := t.where(key)
	e.Problem, e.Hint = problem, hint
	t.r.errs = append(t.r.errs, &e)
}

// need notes that a key is missing.
func (t *table) need(key string) {
	if !t.has(key) {
		t.fail(key, "missing", "")
	}
}

// text reads a string that must not be empty; ok tells whether it is there
// and good.
func (t *table) text(key string) (s string, ok bool) {
	v, ok := t.take(key)
	if !ok {
		return "", false
	}
	s, ok = v.(string)
	if !ok {
		t.fail(key, "must be a string, not "+kind(v), quotesHint(v))
		return "", false
	}
	if s == "" {
		t.fail(key, "must not be empty", "")
		return "", false
	}
	return s, true
}

// printable reads a text without control characters, which would go into a
// protocol or onto a screen.
func (t *table) printable(key string) (string, bool) {
	s, ok := t.text(key)
	if ok && hasControl(s) {
		t.fail(key, "must not hold control characters", "")
		return "", false
	}
	return s, ok
}

// choice reads one of a few words; the first is the default.
func (t *table) choice(key string, options ...string) string {
	s, ok := t.text(key)
	if !ok {
		return options[0]
	}
	if !slices.Contains(options, s) {
		t.fail(key, "must be "+either(options)+", not "+quote(s), "")
		return options[0]
	}
	return s
}

// number reads an integer of a range.
func (t *table) number(key string, otherwise, least, most int) int {
	v, ok := t.take(key)
	if !ok {
		return otherwise
	}
	n, ok := v.(int64)
	switch {
	case !ok:
		t.fail(key, "must be an integer, not "+kind(v), "")
	case n < int64(least) && most == math.MaxInt32:
		t.fail(key, fmt.Sprintf("must be %d or more, not %d", least, n), "")
	case n < int64(least) || n > int64(most):
		t.fail(key, fmt.Sprintf("must be from %d to %d, not %d", least, most, n), "")
	default:
		return int(n)
	}
	return otherwise
}

// flag reads a boolean; the default is false.
func (t *table) flag(key string) bool {
	v, ok := t.take(key)
	if !ok {
		return false
	}
	b, ok := v.(bool)
	if !ok {
		t.fail(key, "must be true or false, not "+kind(v), "")
	}
	return b
}

// parsed reads a text by a function, whose error says what is wrong.
func parsed[T any](t *table, key string, otherwise T, parse func(string) (T, error)) T {
	s, ok := t.text(key)
	if !ok {
		return otherwise
	}
	v, err := parse(s)
	if err != nil {
		t.fail(key, quote(s)+": "+err.Error(), "")
		return otherwise
	}
	return v
}

func (t *table) duration(key string, otherwise time.Duration) time.Duration {
	return parsed(t, key, otherwise, parseDuration)
}

// file reads a path and makes it absolute; empty where the key is missing.
func (t *table) file(key string) string {
	return parsed(t, key, "", func(s string) (string, error) { return t.r.env.resolve(t.r.dir, s) })
}

func either(options []string) string {
	quoted := make([]string, len(options))
	for i, o := range options {
		quoted[i] = quote(o)
	}
	last := len(quoted) - 1
	if last == 0 {
		return quoted[0]
	}
	return strings.Join(quoted[:last], ", ") + " or " + quoted[last]
}
