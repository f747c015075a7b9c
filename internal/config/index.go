package config

import (
	"bytes"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"
)

// index gives the line of a key by its path: "state", "pop3[1]",
// "pop3[1].host". It goes no deeper than that, nor does the configuration.
type index map[string]int

// indexLines reads the places that decoding into a map loses. The document
// has been decoded before, so a fault of syntax is not looked for.
func indexLines(doc []byte) index {
	w := walker{doc: doc, lines: index{}, tables: map[string]int{}, line: 1}
	parser := unstable.Parser{}
	parser.Reset(doc)
	for parser.NextExpression() {
		switch e := parser.Expression(); e.Kind {
		case unstable.Table:
			w.here = w.note("", e.Key())
		case unstable.ArrayTable:
			w.header(e)
		case unstable.KeyValue:
			w.keyValue(w.here, e)
		}
	}
	return w.lines
}

type walker struct {
	doc    []byte
	lines  index
	tables map[string]int // how many [[name]] there were so far
	here   string         // the path of the table that keys belong to
	offset int            // counted so far, with its line
	line   int
}

// at gives the line of a key. Keys come in the order of the document.
func (w *walker) at(n *unstable.Node) int {
	if offset := int(n.Raw.Offset); offset > w.offset {
		w.line += bytes.Count(w.doc[w.offset:offset], []byte("\n"))
		w.offset = offset
	}
	return w.line
}

// header opens the next table of [[name]].
func (w *walker) header(e *unstable.Node) {
	key := e.Key()
	key.Next()
	if !key.IsLast() {
		w.here = w.note("", e.Key())
		return
	}
	name := string(key.Node().Data)
	w.here = name + "[" + strconv.Itoa(w.tables[name]) + "]"
	w.tables[name]++
	w.set(name, w.at(key.Node()))
	w.set(w.here, w.at(key.Node()))
}

// note keeps the line of a key and of the tables that it opens by the way;
// it gives the key's path.
func (w *walker) note(path string, key unstable.Iterator) string {
	for depth := 0; key.Next() && depth < 2; depth++ {
		name := string(key.Node().Data)
		switch n := w.tables[name]; {
		case path != "":
			path += "." + name
		case n > 0:
			path = name + "[" + strconv.Itoa(n-1) + "]"
		default:
			path = name
		}
		w.set(path, w.at(key.Node()))
	}
	return path
}

// keyValue notes a key, and the tables of pop3 = [{…}, {…}].
func (w *walker) keyValue(here string, e *unstable.Node) {
	path := w.note(here, e.Key())
	if here != "" || e.Value().Kind != unstable.Array {
		return
	}
	elements := e.Value().Children()
	for i := 0; elements.Next(); i++ {
		if elements.Node().Kind != unstable.InlineTable {
			continue
		}
		table := path + "[" + strconv.Itoa(i) + "]"
		w.set(table, w.at(elements.Node()))
		for keys := elements.Node().Children(); keys.Next(); {
			w.note(table, keys.Node().Key())
		}
	}
}

// set keeps the first line of a path.
func (w *walker) set(path string, line int) {
	if w.lines[path] == 0 {
		w.lines[path] = line
	}
}
