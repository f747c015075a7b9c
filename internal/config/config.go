package config

import (
	"math"
	"path/filepath"
	"strconv"
	"time"
)

// Config is a configuration without faults. All its paths are absolute.
type Config struct {
	// Path is the file it was read from.
	Path string
	// State is the state file; locks, tokens and spool lie beside it.
	State string
	// StateIsDefault tells that State was not configured, so that its
	// folders may be made.
	StateIsDefault bool
	// AlertAfter is how long a passing failure lasts before it is told.
	AlertAfter time.Duration
	// Jobs is how many accounts are worked on at a time.
	Jobs int
	// Gmail are the destinations, at least one, in the order of the file.
	Gmail []Gmail
	// POP3 are the accounts, at least one, in the order of the file.
	POP3 []POP3
}

// Destination finds a [[gmail]] by its exact name.
func (c *Config) Destination(name string) (Gmail, bool) {
	for _, g := range c.Gmail {
		if g.Name == name {
			return g, true
		}
	}
	return Gmail{}, false
}

// Account finds a [[pop3]] by its exact name.
func (c *Config) Account(name string) (POP3, bool) {
	for _, p := range c.POP3 {
		if p.Name == name {
			return p, true
		}
	}
	return POP3{}, false
}

// config reads the whole document.
func (r *reader) config(doc map[string]any) *Config {
	top := r.open("", "", doc)
	c := &Config{
		AlertAfter: top.duration("alert_after", time.Hour),
		Jobs:       top.number("jobs", 16, 1, math.MaxInt32),
	}
	c.State, c.StateIsDefault = top.state()
	names, tokens := map[string]claim{}, map[string]claim{}
	for _, t := range top.tables("gmail", "deliver to") {
		g := t.gmail(filepath.Dir(c.State), names)
		t.ownToken(g.Name, g.Token, tokens)
		c.Gmail = append(c.Gmail, g)
	}
	mailboxes := map[mailbox]claim{}
	for _, t := range top.tables("pop3", "fetch from") {
		p := t.pop3(filepath.Dir(c.State), c.Gmail, names)
		t.once(p, mailboxes)
		t.ownToken(p.Name, p.OAuth.Token, tokens)
		c.POP3 = append(c.POP3, p)
	}
	return c
}

// state reads where the state file is.
func (t *table) state() (path string, isDefault bool) {
	if t.has("state") {
		return t.file("state"), false
	}
	path = DefaultState(t.r.env)
	if path == "" {
		t.fail("state", "missing, and there is no home folder to keep it in", `set state = "/PATH/state.db" in the configuration`)
	}
	return path, true
}

// tables opens the tables of [[key]]; what is what there is nothing to do
// with when there is none.
func (t *table) tables(key, what string) []*table {
	v, ok := t.take(key)
	list, isList := v.([]any)
	_, isTable := v.(map[string]any)
	switch {
	case isTable:
		t.fail(key, "must be written [["+key+"]], with two brackets", "")
	case ok && !isList:
		t.fail(key, "must be a [["+key+"]] table, not "+kind(v), "")
	case len(list) == 0:
		t.r.errs = append(t.r.errs, &Error{File: t.r.file,
			Problem: "no [[" + key + "]] table: nothing to " + what, Hint: "add one as the README shows"})
	}
	var opened []*table
	for i, element := range list {
		path := key + "[" + strconv.Itoa(i) + "]"
		values, ok := element.(map[string]any)
		if !ok {
			t.fail(key, "must be [["+key+"]] tables, not "+kind(element), "")
			continue
		}
		opened = append(opened, t.r.open(key, path, values))
	}
	return opened
}
