package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// json FILE PATH VALUE wants a value in a file of JSON; FILE may be stdout. A
// PATH is as in accounts.0.actions.2.verb, an index may be key=value for the
// first element that has it, and at its end "len" is how many elements there are,
// "keys" which keys, in alphabetical order. A VALUE is written as in JSON, but
// for texts, which have no quotes; @FILE is the value that another file has. Of JSON Lines the whole is an array.
func compareJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: json FILE PATH VALUE")
	}
	got, want := valueAt(ts, args[0], args[1]), args[2]
	if other, ok := strings.CutPrefix(want, "@"); ok {
		want = valueAt(ts, other, args[1])
	}
	if (got == want) == neg {
		ts.Fatalf("%s is %s", args[1], got)
	}
}

// valueAt gives the value at a path of a file.
func valueAt(ts *testscript.TestScript, file, path string) string {
	value, err := readJSON(ts.ReadFile(file))
	ts.Check(err)
	for _, step := range strings.Split(path, ".") {
		if value, err = follow(value, step); err != nil {
			ts.Fatalf("%s: %v", path, err)
		}
	}
	return written(value)
}

// readJSON reads one value, or an array of all where there are several.
func readJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var all []any
	for decoder.More() {
		var v any
		if err := decoder.Decode(&v); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func follow(value any, step string) (any, error) {
	switch v := value.(type) {
	case map[string]any:
		if step == "keys" {
			return strings.Join(slices.Sorted(maps.Keys(v)), " "), nil
		}
		if found, ok := v[step]; ok {
			return found, nil
		}
	case []any:
		if step == "len" {
			return json.Number(strconv.Itoa(len(v))), nil
		}
		if key, want, ok := strings.Cut(step, "="); ok {
			return firstWith(v, key, want)
		}
		if i, err := strconv.Atoi(step); err == nil && i < len(v) {
			return v[i], nil
		}
	}
	return nil, fmt.Errorf("there is no %s in %s", step, written(value))
}

func firstWith(elements []any, key, want string) (any, error) {
	for _, e := range elements {
		if m, ok := e.(map[string]any); ok && m[key] != nil && written(m[key]) == want {
			return e, nil
		}
	}
	return nil, fmt.Errorf("no element has %s=%s", key, want)
}

func written(value any) string {
	if text, ok := value.(string); ok {
		return text
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(encoded)
}
