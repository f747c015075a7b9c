package pop3test

import (
	"slices"
	"sync"
	"time"
)

// Mailbox is the mail of one user. Its methods may be called at any time;
// sessions that are open see the mailbox as it was at their login.
type Mailbox struct {
	user string

	mu        sync.Mutex
	password  string
	messages  []stored
	nextID    int64
	edit      func(kind string, lines []string) []string
	holder    *session // has the mailbox, under Options.LockMailbox
	lastLogin time.Time
}

// stored is a message with an identity that outlives a change of its UID.
type stored struct {
	id int64
	Message
}

// User is the name that opens the mailbox.
func (m *Mailbox) User() string { return m.user }

// Add puts a message at the mailbox's end.
func (m *Mailbox) Add(uid string, raw []byte) { m.AddMessage(Message{UID: uid, Raw: raw}) }

// AddMessage puts a message at the mailbox's end.
func (m *Mailbox) AddMessage(msg Message) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.nextID++
	m.messages = append(m.messages, stored{m.nextID, msg})
}

// Messages gives the messages in their order.
func (m *Mailbox) Messages() []Message {
	var out []Message
	for _, s := range m.snapshot() {
		s.Raw = slices.Clone(s.Raw)
		out = append(out, s.Message)
	}
	return out
}

// UIDs gives the messages' unique ids in their order.
func (m *Mailbox) UIDs() []string {
	var out []string
	for _, s := range m.snapshot() {
		out = append(out, s.UID)
	}
	return out
}

// Octets is the sum of the sizes that LIST announces.
func (m *Mailbox) Octets() int64 {
	var n int64
	for _, s := range m.snapshot() {
		n += s.octets()
	}
	return n
}

// Remove takes the first message with the unique id away, as another device
// does, and tells whether there was one.
func (m *Mailbox) Remove(uid string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.index(uid)
	if i < 0 {
		return false
	}
	m.messages = slices.Delete(m.messages, i, i+1)
	return true
}

// SetUID gives the first message with the unique id old the unique id to, and
// tells whether there was one.
func (m *Mailbox) SetUID(old, to string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	i := m.index(old)
	if i < 0 {
		return false
	}
	m.messages[i].UID = to
	return true
}

// RenumberAll gives each message, counted from 0, the unique id that f makes of
// its old one: a provider that moved to another server.
func (m *Mailbox) RenumberAll(f func(i int, old string) string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.messages {
		m.messages[i].UID = f(i, m.messages[i].UID)
	}
}

// Clear takes all messages away.
func (m *Mailbox) Clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = nil
}

// EditListing has f edit what STAT, LIST and UIDL say: kind is the command,
// lines are without their CRLF, and what f returns is sent as it is. STAT, and
// the other two with an argument, have one line: what follows "+OK ". Nil
// takes the edit away.
func (m *Mailbox) EditListing(f func(kind string, lines []string) []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.edit = f
}

func (m *Mailbox) edited(kind string, lines []string) []string {
	m.mu.Lock()
	f := m.edit
	m.mu.Unlock()
	if f == nil {
		return lines
	}
	return f(kind, lines)
}

func (m *Mailbox) setPassword(password string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.password = password
}

func (m *Mailbox) secret() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.password
}

func (m *Mailbox) index(uid string) int {
	return slices.IndexFunc(m.messages, func(s stored) bool { return s.UID == uid })
}

func (m *Mailbox) snapshot() []stored {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages)
}

// expunge removes the messages with the identities in ids.
func (m *Mailbox) expunge(ids map[int64]bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.messages = slices.DeleteFunc(m.messages, func(s stored) bool { return ids[s.id] })
}

// acquire lets the session in, or says why not in the words of RFC 2449, section 8.
func (m *Mailbox) acquire(s *session, now time.Time) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := &s.server.opts
	if o.LockMailbox && m.holder != nil {
		return "[IN-USE] mailbox is locked by another session"
	}
	if o.LoginDelay > 0 && !m.lastLogin.IsZero() && now.Sub(m.lastLogin) < o.LoginDelay {
		return "[LOGIN-DELAY] wait before the next login"
	}
	m.lastLogin = now
	if o.LockMailbox {
		m.holder = s
	}
	return ""
}

func (m *Mailbox) release(s *session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.holder == s {
		m.holder = nil
	}
}
