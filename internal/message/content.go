package message

import (
	"crypto/sha256"
	"hash"
	"slices"
	"strings"
)

// othersMax bounds how many of the fields are held that programs have of
// their own.
const othersMax = 1000

// fieldSum is the beginning of a field's SHA-256.
type fieldSum [sha256.Size / 2]byte

// Content tells whether two copies of a message say the same: octet for octet
// in the body and in each field, unfolded (RFC 5322, section 2.2.3). Fields
// that servers add or change on the way don't count.
type Content struct {
	// own is a digest of the body and of the fields that make the message:
	// RFC 5322, section 3.6, but for the trace; MIME's; and those of lists.
	own [sha256.Size]byte
	// others are all other fields, in their order.
	others []fieldSum
	// cut tells that there were too many.
	cut bool
}

// IsIn tells whether a copy has all that this one has, in the same order. The
// copy may have further fields besides those that make the message.
func (c Content) IsIn(copied Content) bool {
	if c.cut || copied.cut || c.own != copied.own {
		return false
	}
	left := copied.others
	for _, field := range c.others {
		at := slices.Index(left, field)
		if at < 0 {
			return false
		}
		left = left[at+1:]
	}
	return true
}

// NewContentDigester gives a Digester that knows the Content, too. For each
// field it holds 16 octets, of up to 1,000.
func NewContentDigester() *Digester {
	d := NewDigester()
	d.header.content = &contentReader{own: sha256.New(), field: sha256.New()}
	return d
}

// Content ends the message, as Summary does. Of a Digester that wasn't made
// for it, it is in no other.
func (d *Digester) Content() Content {
	d.Summary()
	r := d.header.content
	if r == nil {
		return Content{cut: true}
	}
	own := sha256.Sum256(d.body.Sum(r.own.Sum(nil)))
	return Content{own: own, others: r.others, cut: r.cut}
}

// contentReader takes the fields of a header in, one at a time.
type contentReader struct {
	own    hash.Hash
	field  hash.Hash
	others []fieldSum
	cut    bool
	// into is where the octets of the field being read go, nil where it
	// doesn't count.
	into hash.Hash
}

func (r *contentReader) begin(name string) {
	r.end()
	switch {
	case changedByServers(name) || addedByServers(name):
	case makesMessage(name):
		// Not in a field: it shows where the next begins.
		r.own.Write([]byte{'\n'})
		r.into = r.own
	default:
		r.into = r.field
	}
}

func (r *contentReader) add(p []byte) {
	if r.into != nil {
		r.into.Write(p)
	}
}

func (r *contentReader) end() {
	if r.into == r.field {
		if r.cut = r.cut || len(r.others) == othersMax; !r.cut {
			r.others = append(r.others, fieldSum(r.field.Sum(nil)[:len(fieldSum{})]))
		}
		r.field.Reset()
	}
	r.into = nil
}

// addedByServers tells of fields of the path that a copy took: each copy has
// its own (RFC 5321, section 4.4; RFC 8601, section 5, has servers remove some).
func addedByServers(name string) bool {
	switch name {
	case "received", "return-path", "delivered-to", "authentication-results":
		return true
	}
	return strings.HasPrefix(name, "x-gmail-")
}

// makesMessage tells of fields in which no copy of one message differs from
// another.
func makesMessage(name string) bool {
	switch name {
	case "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references",
		"subject", "comments", "keywords", "mime-version":
		return true
	}
	return strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "list-") || strings.HasPrefix(name, "resent-")
}
