package bridge

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/state"
)

// story is what a notice keeps of a refused message, since the row has none
// of it.
type story struct {
	// Key is the row's digest or, of a message never fetched, its header's.
	Key string `json:"key"`
	// Unseen: the server gave no header without the whole message.
	Unseen  bool      `json:"unseen"`
	From    string    `json:"from"`
	Subject string    `json:"subject"`
	Date    time.Time `json:"date"`
}

// ownDomain is in the addresses and ids of our own mail; it can't be anybody's
// (RFC 2606, section 2).
const ownDomain = "popbridge.invalid"

// noticeOf is the notice of a row that was just refused; header is nil where
// the server gave none. Its Message-ID follows from what it tells, so that one
// refusal has one notice even where the state is lost. The notice itself is
// written when it is brought, from the row as it is then.
func (a *Account) noticeOf(r state.Record, header *message.Summary) state.Notice {
	s := story{Key: cmp.Or(r.Digest, r.HeaderDigest), Unseen: header == nil}
	if header != nil {
		s.From, s.Subject, s.Date = header.From, header.Subject, header.Date
	}
	told, _ := json.Marshal(s) // strings and a time always can be
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %q %q", a.Name, r.UID, r.Size, r.Reason, s.Key))
	return state.Notice{MessageID: "notice." + hex.EncodeToString(sum[:16]) + "@" + ownDomain,
		Account: a.Name, UID: r.UID, CreatedAt: a.Now(), Story: string(told)}
}

// compose writes a notice (RFC 5322; Auto-Submitted by RFC 3834, section 5).
func (a *Account) compose(n state.Notice, s story, r *state.Outline) []byte {
	var b bytes.Buffer
	subject := mime.QEncoding.Encode("utf-8", "A message in "+a.Name+" could not be brought into Gmail")
	for _, field := range []string{
		"From: popbridge <notice@" + ownDomain + ">", "To: <" + a.To.Address + ">", "Subject: " + subject,
		"Date: " + n.CreatedAt.UTC().Format(time.RFC1123Z), "Message-ID: <" + n.MessageID + ">", "Auto-Submitted: auto-generated",
		"MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", "",
	} {
		b.WriteString(field + "\r\n")
	}
	w := quotedprintable.NewWriter(&b)
	// Neither write can fail: the buffer takes all.
	_, _ = w.Write([]byte(strings.ReplaceAll(a.tell(s, r), "\n", "\r\n")))
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

func (a *Account) tell(s story, r *state.Outline) string {
	from, subject, date := orNone(s.From), orNone(s.Subject), "none that can be read"
	if !s.Date.IsZero() {
		date = s.Date.Format(time.RFC1123Z)
	}
	if s.Unseen {
		const unknown = "not known, since the server gives no header without the whole message"
		from, subject, date = unknown, unknown, unknown
	}
	reason := r.Reason
	if reason == string(TooLarge) {
		reason = "it is larger than skip_larger allows"
	}
	return fmt.Sprintf(noticeText, from, subject, date, humanize.Bytes(uint64(max(r.Size, 0))), reason,
		a.Mailbox, state.EscapeUID(r.UID), a.Name, UIDArgument(r.UID))
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// UIDArgument gives a UID as it is typed after an account's name: quoted for
// the shell where it needs it, since servers may give it any characters.
func UIDArgument(uid string) string {
	word := state.EscapeUID(uid)
	ordinary := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("._-:+@%,/", r)
	}
	if word == "" || strings.TrimFunc(word, ordinary) != "" {
		word = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
	}
	if strings.HasPrefix(uid, "-") {
		return "-- " + word
	}
	return word
}
