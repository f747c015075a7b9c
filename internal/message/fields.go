package message

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// fieldMax bounds what is held of one field, in octets.
	fieldMax = 16 << 10
	// messageIDMax bounds a Message-ID, in octets. A line has at most 998
	// (RFC 5322, section 2.1.1); longer ones are seen in practice.
	messageIDMax = 4 << 10
)

// fields gathers the values that a Summary shows, one field at a time, and
// unfolds them (RFC 5322, section 2.2.3).
type fields struct {
	found Summary
	seen  map[string]bool

	name  string // the field being read, empty where it isn't of interest
	value []byte // with name and colon
	cut   bool
}

// begin ends the field before and begins another.
func (f *fields) begin(name string) {
	f.end()
	if f.wanted(name) {
		f.name = name
	}
}

// wanted tells whether a field of this name can still tell something: of those
// that may stand only once the first counts, of Received the first that has a
// date.
func (f *fields) wanted(name string) bool {
	switch name {
	case "message-id", "date", "from", "subject":
		return !f.seen[name]
	case "received":
		return f.found.Received.IsZero()
	}
	return false
}

// add takes a part of the current field.
func (f *fields) add(p []byte) {
	if f.name == "" {
		return
	}
	n := min(len(p), fieldMax-len(f.value))
	f.cut = f.cut || n < len(p)
	f.value = append(f.value, p[:n]...)
}

// end takes the current field in.
func (f *fields) end() {
	if f.name == "" {
		return
	}
	_, value, _ := bytes.Cut(f.value, []byte{':'})
	f.take(f.name, string(value))
	f.name, f.value, f.cut = "", f.value[:0], false
}

func (f *fields) take(name, value string) {
	if f.seen == nil {
		f.seen = make(map[string]bool)
	}
	f.seen[name] = true
	switch name {
	case "message-id":
		if !f.cut {
			f.found.MessageID = messageID(value)
		}
	case "date":
		f.found.Date, _ = parseDate(value)
	case "received":
		if i := strings.LastIndexByte(value, ';'); i >= 0 && !f.cut {
			f.found.Received, _ = parseDate(value[i+1:])
		}
	case "from":
		f.found.From = readable(value)
	case "subject":
		f.found.Subject = readable(value)
	}
}

// messageID takes the id out of a field's value: what stands between the first
// "<" and the next ">", or else all of it. An id that couldn't be recorded or
// searched for as it is counts as none; a shortened one could be another's.
func messageID(value string) string {
	id := value
	if _, after, ok := strings.Cut(value, "<"); ok {
		id, _, _ = strings.Cut(after, ">")
	}
	id = strings.TrimSpace(id)
	unprintable := func(r rune) bool { return !unicode.IsPrint(r) }
	if len(id) > messageIDMax || !utf8.ValidString(id) || strings.ContainsFunc(id, unprintable) {
		return ""
	}
	return id
}
