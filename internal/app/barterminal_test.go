package app

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Terminal stands in for one of so many columns and rows: it keeps what a
// person would see. A character in the last column wraps at once, which is
// the strictest of what terminals do.
type Terminal struct {
	columns, rows int

	mu      sync.Mutex
	changed *sync.Cond
	lines   [][]byte
	row     int
	column  int
	// scrolled counts the lines that no cursor can reach any more.
	scrolled int
	octets   int
	// wiped counts how often the whole screen was wiped from its first
	// character on: some terminals keep a copy of it in their history.
	wiped int
	// seen is what the screen showed after each write.
	seen []string
}

// NewTerminal gives an empty one.
func NewTerminal(columns, rows int) *Terminal {
	t := &Terminal{columns: columns, rows: rows, lines: [][]byte{nil}}
	t.changed = sync.NewCond(&t.mu)
	return t
}

var sequence = regexp.MustCompile(`^\x1b\[(\d*)([AJK])`)

func (t *Terminal) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.octets += len(p)
	for rest := p; len(rest) > 0; {
		if m := sequence.FindSubmatch(rest); m != nil {
			t.obey(string(m[2]), string(m[1]))
			rest = rest[len(m[0]):]
			continue
		}
		t.put(rest[0])
		rest = rest[1:]
	}
	t.seen = append(t.seen, t.text())
	t.changed.Broadcast()
	return len(p), nil
}

func (t *Terminal) obey(command, number string) {
	switch command {
	case "A":
		n, err := strconv.Atoi(number)
		if err != nil {
			n = 1
		}
		t.row = max(t.row-n, t.scrolled)
	case "K":
		t.lines[t.row] = t.lines[t.row][:min(t.column, len(t.lines[t.row]))]
	case "J":
		if t.row == t.scrolled && t.column == 0 {
			t.wiped++
		}
		t.lines = t.lines[:t.row+1]
		t.lines[t.row] = t.lines[t.row][:min(t.column, len(t.lines[t.row]))]
	}
}

func (t *Terminal) put(c byte) {
	switch {
	case c == '\r':
		t.column = 0
	case c == '\n':
		t.down()
	case c < ' ' || c > '~':
		panic("the terminal got " + strconv.Quote(string(rune(c))))
	default:
		line := t.lines[t.row]
		for len(line) <= t.column {
			line = append(line, ' ')
		}
		line[t.column] = c
		t.lines[t.row] = line
		if t.column++; t.column == t.columns {
			t.down()
		}
	}
}

func (t *Terminal) down() {
	t.row++
	t.column = 0
	if t.row == len(t.lines) {
		t.lines = append(t.lines, nil)
	}
	t.scrolled = max(t.scrolled, t.row-t.rows+1)
}

func (t *Terminal) text() string {
	var all []string
	for _, line := range t.lines {
		all = append(all, strings.TrimRight(string(line), " "))
	}
	return strings.TrimRight(strings.Join(all, "\n"), "\n")
}

// Type has the terminal echo what a person types.
func (t *Terminal) Type(s string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range len(s) {
		t.put(s[i])
	}
}

// Resize wraps lines that have become too long, as most terminals do. Those
// that have no row any more have scrolled away.
func (t *Terminal) Resize(columns, rows int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, row := t.lines, t.row
	t.columns, t.rows, t.lines = columns, rows, nil
	for i, line := range old {
		if i == row {
			t.row = len(t.lines)
		}
		for ; len(line) > columns; line = line[columns:] {
			t.lines = append(t.lines, slices.Clone(line[:columns]))
		}
		t.lines = append(t.lines, line)
	}
	t.scrolled = max(t.scrolled, t.row-rows+1)
}

// Text is what it shows, with what has scrolled away.
func (t *Terminal) Text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text()
}

// Octets is how many it got.
func (t *Terminal) Octets() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.octets
}

// Column is where the cursor stands in its line.
func (t *Terminal) Column() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.column
}

// Await waits until it shows, or has shown, what the pattern matches.
func (t *Terminal) Await(pattern string) bool {
	re := regexp.MustCompile(pattern)
	late := false
	timer := time.AfterFunc(20*time.Second, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		late = true
		t.changed.Broadcast()
	})
	defer timer.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	for !slices.ContainsFunc(t.seen, re.MatchString) {
		if late {
			return false
		}
		t.changed.Wait()
	}
	return true
}
