package message

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"strings"
)

// leadMax is how much of a line is looked at for a field's name. The longest
// name of interest has 14 octets; blanks may stand before the colon (RFC 5322,
// section 4.5).
const leadMax = 64

// header reads a header as it streams by: it digests the lines that count and
// passes the fields of interest on. A line ends in CRLF or LF; a lone CR is an
// octet like any other.
type header struct {
	digest hash.Hash
	fields fields
	// content is nil where nobody asks for it.
	content *contentReader

	lead    []byte // the line so far, until its fate is decided
	decided bool
	dropped bool // the field, with its continuation lines, isn't digested
	cr      bool // a CR is held back that may belong to a line end
}

func newHeader() *header {
	return &header{digest: sha256.New(), lead: make([]byte, 0, leadMax)}
}

// write takes the next octets. Once the empty line has passed it gives the
// octets that follow and true, and must not be called again.
func (h *header) write(p []byte) (body []byte, ended bool) {
	for len(p) > 0 {
		i := bytes.IndexByte(p, '\n')
		if i < 0 {
			h.octets(p)
			return nil, false
		}
		h.octets(p[:i])
		p = p[i+1:]
		if h.endLine() {
			h.end()
			return p, true
		}
	}
	return nil, false
}

// finish ends a header that no empty line ended.
func (h *header) finish() {
	if h.cr {
		h.text([]byte{'\r'})
	}
	h.endLine()
	h.end()
}

func (h *header) end() {
	h.fields.end()
	if h.content != nil {
		h.content.end()
	}
}

// octets takes a part of a line that holds no LF.
func (h *header) octets(p []byte) {
	if len(p) == 0 {
		return
	}
	if h.cr {
		h.text([]byte{'\r'})
	}
	h.cr = p[len(p)-1] == '\r'
	if h.cr {
		p = p[:len(p)-1]
	}
	h.text(p)
}

// text takes a part of a line that holds no octet of its end.
func (h *header) text(p []byte) {
	if !h.decided {
		n := min(len(p), leadMax-len(h.lead))
		h.lead = append(h.lead, p[:n]...)
		p = p[n:]
		if len(h.lead) < leadMax {
			return
		}
		h.decide()
	}
	h.pass(p)
}

// decide tells from the line's beginning what becomes of it.
func (h *header) decide() {
	h.decided = true
	if h.lead[0] != ' ' && h.lead[0] != '\t' {
		name := fieldName(h.lead)
		h.dropped = changedByServers(name)
		h.fields.begin(name)
		if h.content != nil {
			h.content.begin(name)
		}
	}
	h.pass(h.lead)
}

func (h *header) pass(p []byte) {
	if h.dropped {
		return
	}
	h.digest.Write(p)
	h.fields.add(p)
	if h.content != nil {
		h.content.add(p)
	}
}

// endLine tells whether the line that just ended was empty.
func (h *header) endLine() bool {
	h.cr = false
	if len(h.lead) == 0 {
		return true
	}
	if !h.decided {
		h.decide()
	}
	if !h.dropped {
		h.digest.Write([]byte("\r\n"))
	}
	h.lead, h.decided = h.lead[:0], false
	return false
}

func (h *header) summary() Summary {
	s := h.fields.found
	s.HeaderDigest = hexSum(h.digest)
	return s
}

// fieldName gives the lower-case name of the field that a line begins with,
// empty where no colon shows within leadMax octets.
func fieldName(line []byte) string {
	name, _, ok := bytes.Cut(line, []byte{':'})
	if !ok {
		return ""
	}
	return strings.ToLower(string(bytes.TrimRight(name, " \t")))
}

// changedByServers tells of fields that POP3 and mbox servers add or change
// between two retrievals.
func changedByServers(name string) bool {
	switch name {
	case "status", "x-status", "x-uidl", "x-uid", "x-keywords", "content-length", "lines":
		return true
	}
	return false
}
