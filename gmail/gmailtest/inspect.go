package gmailtest

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// Message is what the stand-in knows of a message.
type Message struct {
	ID, ThreadID string
	LabelIDs     []string
	InternalDate time.Time
	Size         int64
	// Digest is the SHA-256 of the octets as they were given.
	Digest [32]byte
	// MessageID is the first Message-ID field, angle brackets and all.
	MessageID string
	// Method is "import" or "insert".
	Method string
	// UploadType is media, multipart, resumable or raw (JSON).
	UploadType string
	// Deleted: it was stored with deleted=true, and no method shows it.
	Deleted bool
}

// Messages gives the messages of a mailbox in the order of their arrival.
func (s *Server) Messages(address string) []Message {
	b := s.box(address)
	if b == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Message, len(b.messages))
	for i, m := range b.messages {
		all[i] = m.Message
		all[i].LabelIDs = slices.Clone(m.LabelIDs)
	}
	return all
}

// Raw gives the octets of a message. It fails where there is no such message.
func (s *Server) Raw(address, id string) (io.ReadCloser, error) {
	var r io.ReadCloser
	err := s.change(address, id, func(m *message) { r = io.NopCloser(m.content.reader()) })
	return r, err
}

// Trash moves a message to TRASH, as a user may.
func (s *Server) Trash(address, id string) error {
	return s.change(address, id, func(m *message) { m.put("TRASH", "INBOX", "SPAM") })
}

// MarkSpam moves a message to SPAM, as Gmail may at any time.
func (s *Server) MarkSpam(address, id string) error {
	return s.change(address, id, func(m *message) { m.put("SPAM", "INBOX", "TRASH") })
}

func (s *Server) change(address, id string, do func(*message)) error {
	b := s.box(address)
	if b == nil {
		return fmt.Errorf("find the mailbox %s: there is none", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	m := b.find(id)
	if m == nil {
		return fmt.Errorf("find the message %s of %s: there is none", id, address)
	}
	do(m)
	return nil
}

// Labels gives the labels that were made in a mailbox, names by id. Gmail's
// own are not among them.
func (s *Server) Labels(address string) map[string]string {
	b := s.box(address)
	if b == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names := make(map[string]string, len(b.labels))
	for _, l := range b.labels {
		names[l.ID] = l.Name
	}
	return names
}

// DeleteLabel takes a label away, past the API, as a user may in the browser.
func (s *Server) DeleteLabel(address, id string) error {
	b := s.box(address)
	if b == nil {
		return fmt.Errorf("find the mailbox %s: there is none", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(b.labels, func(l label) bool { return l.ID == id })
	if i < 0 {
		return fmt.Errorf("find the label %s of %s: there is none", id, address)
	}
	delete(b.names, sameName(b.labels[i].Name))
	b.labels = slices.Delete(b.labels, i, i+1)
	for _, m := range b.messages {
		m.LabelIDs = slices.DeleteFunc(slices.Clone(m.LabelIDs), func(l string) bool { return l == id })
	}
	return nil
}

// CreateLabel makes a label past the API, as a user may in the browser, by
// the API's rules. It gives the label's id.
func (s *Server) CreateLabel(address, name string) (string, error) {
	b := s.box(address)
	if b == nil {
		return "", fmt.Errorf("find the mailbox %s: there is none", address)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l, err := b.create(label{Name: name})
	return l.ID, err
}
