package reliability_test

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
)

// mailing is a message, and what is known of it outside of popbridge.
type mailing struct {
	raw    []byte
	digest [sha256.Size]byte
	// messageID is empty where it has none; shared tells that other mail has
	// the same one.
	messageID string
	shared    bool
	// sent counts the providers' places that it was put into as mail of its
	// own; a copy restored from a backup is none.
	sent int
	// orphans counts the copies of it that a kill left in Gmail without an
	// acknowledgement on disk.
	orphans int
	// unrecorded counts the deletions of it that a kill kept from being
	// recorded.
	unrecorded int
}

// composer writes messages, no two of them alike unless asked for.
type composer struct {
	random *rand.Rand
	world  string
	serial int
}

// write makes a message with a body of about so many octets.
func (c *composer) write(messageID string, octets int) *mailing {
	c.serial++
	body := fmt.Sprintf("message %d\r\n.a line that begins with a dot\r\n", c.serial)
	return compose(c.header(messageID), body+filler(octets))
}

// header has a Received field of its own, as each delivery does.
func (c *composer) header(messageID string) mailHeader {
	c.serial++
	return mailHeader{messageID: messageID, fields: fmt.Sprintf(
		"Received: from mx.example.net by %s.example.org with ESMTP id %d\r\n"+
			"From: orders@example.com\r\nTo: shop@example.org\r\nSubject: order %d\r\nDate: Sun, 22 Nov 2026 06:00:00 +0000\r\n",
		c.world, c.serial, c.serial)}
}

type mailHeader struct{ fields, messageID string }

func compose(h mailHeader, body string) *mailing {
	if h.messageID != "" {
		h.fields += "Message-ID: <" + h.messageID + ">\r\n"
	}
	m := &mailing{raw: []byte(h.fields + "\r\n" + body), messageID: h.messageID}
	m.digest = sha256.Sum256(m.raw)
	return m
}

// filler is text of about so many octets, in lines.
func filler(octets int) string {
	const line = "The quick brown fox jumps over the lazy dog, and nobody is any the wiser.\r\n"
	return strings.Repeat(line, octets/len(line)) + strings.Repeat("x", octets%len(line)) + "\r\n"
}

func (c *composer) newID() string {
	c.serial++
	return fmt.Sprintf("%d.%s@example.com", c.serial, c.world)
}

// plain is a message like most.
func (c *composer) plain() *mailing { return c.write(c.newID(), c.random.IntN(4000)) }

// parcel is what arrives together: a message, or some that are hard to tell
// apart. Each goes to its place in the list of accounts, modulo their number.
func (c *composer) parcel() (mail []*mailing, places []int) {
	first := c.random.IntN(1 << 16)
	switch n := c.random.IntN(100); {
	case n < 60:
		return []*mailing{c.plain()}, []int{first}
	case n < 64:
		return []*mailing{c.write(c.newID(), 300_000)}, []int{first}
	case n < 74: // byte-identical, in one mailbox or in two
		m := c.plain()
		m.shared = true
		return []*mailing{m, m}, []int{first, first + c.random.IntN(2)}
	case n < 84: // one Message-ID, two messages
		a := c.plain()
		b := c.write(a.messageID, c.random.IntN(4000))
		a.shared, b.shared = true, true
		return []*mailing{a, b}, []int{first, first + c.random.IntN(2)}
	case n < 90: // one mail by two ways: body and Message-ID are the same
		a := c.plain()
		_, body, _ := strings.Cut(string(a.raw), "\r\n\r\n")
		b := compose(c.header(a.messageID), body)
		a.shared, b.shared = true, true
		return []*mailing{a, b}, []int{first, first + c.random.IntN(2)}
	default:
		return []*mailing{c.write("", c.random.IntN(4000))}, []int{first}
	}
}
