package bridge

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// story is what a notice tells of a refused message.
type story struct {
	account, mailbox, to string
	uid                  string
	size                 int64
	reason               string
	// header is nil where the server gives none without the whole message.
	header *message.Summary
	at     time.Time
}

// storyOf tells of a row that was just refused.
func (a *Account) storyOf(r state.Record, header *message.Summary) story {
	return story{account: a.Name, mailbox: a.Mailbox, to: a.To.Address, uid: r.UID, size: r.Size, reason: r.Reason, header: header, at: a.Now()}
}

// ownDomain is in the addresses and ids of our own mail; it can't be anybody's
// (RFC 2606, section 2).
const ownDomain = "popbridge.invalid"

// notice makes the message. Its Message-ID follows from what it tells, so
// that one refusal has one notice even where the state is lost.
func (s story) notice() state.Notice {
	key := fmt.Sprintf("%q %q %q %d %q", s.account, s.mailbox, s.uid, s.size, s.reason)
	if s.header != nil {
		key += s.header.HeaderDigest
	}
	sum := sha256.Sum256([]byte(key))
	id := "notice." + hex.EncodeToString(sum[:16]) + "@" + ownDomain
	return state.Notice{MessageID: id, Account: s.account, UID: s.uid, CreatedAt: s.at, Content: s.compose(id)}
}

// compose writes it (RFC 5322; Auto-Submitted by RFC 3834, section 5).
func (s story) compose(id string) []byte {
	var b bytes.Buffer
	subject := mime.QEncoding.Encode("utf-8", "A message in "+s.account+" could not be brought into Gmail")
	for _, field := range []string{
		"From: popbridge <notice@" + ownDomain + ">", "To: <" + s.to + ">", "Subject: " + subject,
		"Date: " + s.at.UTC().Format(time.RFC1123Z), "Message-ID: <" + id + ">", "Auto-Submitted: auto-generated",
		"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
	} {
		b.WriteString(field + "\r\n")
	}
	w := quotedprintable.NewWriter(&b)
	// Neither write can fail: the buffer takes all.
	_, _ = w.Write([]byte(strings.ReplaceAll(s.text(), "\n", "\r\n")))
	_ = w.Close()
	return b.Bytes()
}

const noticeText = `popbridge could not bring this message into Gmail:

From:    %s
Subject: %s
Date:    %s
Size:    %s
Reason:  %s

It is unharmed on the provider's server, and stays there until you decide:

Mailbox: %s
UID:     %s

To look at it:      popbridge save %[8]s %[9]s >message.eml
To try once more:   popbridge retry %[8]s %[9]s
To let it go:       popbridge drop %[8]s %[9]s
`

func (s story) text() string {
	from, subject, date := unknown, unknown, unknown
	if s.header != nil {
		from, subject, date = orNone(s.header.From), orNone(s.header.Subject), "none that can be read"
		if !s.header.Date.IsZero() {
			date = s.header.Date.Format(time.RFC1123Z)
		}
	}
	reason, uid := s.reason, state.EscapeUID(s.uid)
	if reason == string(TooLarge) {
		reason = "it is larger than skip_larger allows"
	}
	return fmt.Sprintf(noticeText, from, subject, date, humanize.Bytes(uint64(max(s.size, 0))), reason,
		s.mailbox, uid, s.account, shellWord(uid))
}

const unknown = "not known, since the server gives no header without the whole message"

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// shellWord quotes a word for the shell where it needs it.
func shellWord(word string) string {
	ordinary := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-:+@%,/", r)
	}
	if word != "" && strings.TrimFunc(word, ordinary) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
