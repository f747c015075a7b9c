package pop3test

import "bytes"

// Message is a message of a mailbox.
type Message struct {
	// UID is what UIDL says. It need not be unique, nor valid.
	UID string
	// Raw is served byte for byte, with a CRLF added where it doesn't end in
	// one. It must not be changed once it was added.
	Raw []byte
	// ListSize is the size in octets that LIST and STAT announce; nil is the
	// number of octets served.
	ListSize *int64
	// TopHeader is what TOP gives as the header, its empty line included,
	// where that isn't the one that RETR gives.
	TopHeader []byte
}

// served is what RETR sends, before dots are doubled.
func (m *Message) served() []byte {
	if len(m.Raw) == 0 || bytes.HasSuffix(m.Raw, []byte("\r\n")) {
		return m.Raw
	}
	return append(bytes.Clone(m.Raw), "\r\n"...)
}

// octets is what LIST says.
func (m *Message) octets() int64 {
	switch {
	case m.ListSize != nil:
		return *m.ListSize
	case len(m.Raw) == 0 || bytes.HasSuffix(m.Raw, []byte("\r\n")):
		return int64(len(m.Raw))
	default:
		return int64(len(m.Raw)) + 2
	}
}

// top is the header and the first n lines of the body (RFC 1939, section 7).
func (m *Message) top(n int) []byte {
	raw := m.served()
	end := headerEnd(raw)
	header, body := raw[:end], raw[end:]
	if m.TopHeader != nil {
		header = m.TopHeader
	}
	out := append(bytes.Clone(header), firstLines(body, n)...)
	if len(out) > 0 && !bytes.HasSuffix(out, []byte("\r\n")) {
		out = append(out, "\r\n"...) // the final dot must be a line of its own
	}
	return out
}

// firstLines is the first n lines of body.
func firstLines(body []byte, n int) []byte {
	end := 0
	for range n {
		eol := bytes.IndexByte(body[end:], '\n')
		if eol < 0 {
			return body
		}
		end += eol + 1
	}
	return body[:end]
}

// headerEnd is where the header and its empty line end; the message's end where
// there is no empty line.
func headerEnd(raw []byte) int {
	for i := 0; i < len(raw); {
		eol := bytes.IndexByte(raw[i:], '\n')
		if eol < 0 {
			return len(raw)
		}
		line := raw[i : i+eol]
		i += eol + 1
		if len(line) == 0 || string(line) == "\r" {
			return i
		}
	}
	return len(raw)
}
