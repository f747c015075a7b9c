package demo

import (
	"bytes"
	"fmt"
	"io/fs"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// mailbox is a mailbox at the provider, with a copy of all it ever held.
type mailbox struct {
	*pop3test.Mailbox
	name string
	mail fs.FS
	held []delivered
}

// delivered is a message as the mailbox got it.
type delivered struct {
	account, uid string
	raw          []byte
}

// sent is what a POP3 server sends of the message: the reply's last line needs
// a line end (RFC 1939, section 3), and a server adds it where it is missing.
func (d delivered) sent() []byte {
	if bytes.HasSuffix(d.raw, []byte("\r\n")) {
		return d.raw
	}
	return append(bytes.Clone(d.raw), "\r\n"...)
}

// deliver puts sample messages into the mailbox. Their names are their UIDs.
func (m *mailbox) deliver(names ...string) error {
	for _, name := range names {
		raw, err := fs.ReadFile(m.mail, name+".eml")
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSetup, err)
		}
		m.Add(name, raw)
		m.held = append(m.held, delivered{m.name, name, bytes.Clone(raw)})
	}
	return nil
}
