package gmail

import (
	"context"
	"errors"
	"fmt"
	"io"

	gmailapi "google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"
)

// Method is the call that a message is uploaded by.
type Method int

const (
	// Import is messages.import: scanned and classified like received mail.
	// A message whose Message-ID the mailbox has is folded into that one.
	Import Method = iota
	// Insert is messages.insert, like an IMAP APPEND; it folds nothing.
	Insert
)

func (m Method) op() string {
	if m == Insert {
		return "insert"
	}
	return "import"
}

// DateSource is what Gmail takes a message's date from (internalDateSource).
type DateSource string

const (
	// DateHeader is the message's Date field.
	DateHeader DateSource = "dateHeader"
	// ReceivedTime is the moment of the upload.
	ReceivedTime DateSource = "receivedTime"
)

// Upload is a message and what is to become of it.
type Upload struct {
	// Body holds the message, of Size octets. It is read by ReadAt during
	// Upload only.
	Body io.ReaderAt
	Size int64
	// LabelIDs are ids, see [Client.ResolveLabels]. Without any a message is
	// archived and read.
	LabelIDs []string
	// NeverMarkSpam keeps an import out of Spam; an insert is not classified.
	NeverMarkSpam bool
	// DateSource is DateHeader where it is empty.
	DateSource DateSource
	Method     Method
}

const (
	// wholeUpTo is the largest message, in octets, sent in one request,
	// which is streamed; what is larger goes in chunks, so that a dropped
	// connection doesn't send all of it again.
	wholeUpTo = 8 << 20
	// chunkSize is what a chunked upload holds in memory, in octets, and
	// what it sends again at worst. Several go on at once on a small machine.
	chunkSize = 4 << 20
)

var (
	errNoID  = errors.New("the answer names no message")
	errEarly = errors.New("answered before the whole message was sent")
)

// Upload puts a message into the mailbox and gives the id that Gmail
// acknowledged it with. Its errors are *Error: everything after the message
// was completely handed over and before a usable answer is InDoubt.
func (c *Client) Upload(ctx context.Context, u Upload) (id string, err error) {
	op := u.Method.op()
	if u.Size < 0 || u.Size > MaxMessage {
		reason := fmt.Sprintf("message too large: %d octets, Gmail takes %d", u.Size, MaxMessage)
		return "", &Error{Kind: Refused, Op: op, Reason: reason, Listed: true}
	}
	err = c.call(ctx, op, smallAnswer, func(ctx context.Context) error {
		id, err = c.send(ctx, u)
		return err
	})
	if err != nil {
		return "", c.forgetLabelsOn(err)
	}
	return id, nil
}

// send uploads once.
func (c *Client) send(ctx context.Context, u Upload) (string, error) {
	ex := exchangeOf(ctx)
	ex.media = &media{body: u.Body, size: u.Size}
	defer ex.media.close()
	answer, err := c.request(ctx, u, ex.media)
	switch {
	case err != nil:
		return "", err
	case !ex.acknowledged():
		return "", errEarly
	case answer == nil || answer.Id == "": // the library takes null for an answer
		return "", errNoID
	}
	return answer.Id, nil
}

// request makes the library's call. Without a content type and a chunk size
// the library guesses the one and allocates 16 MiB for the other.
func (c *Client) request(ctx context.Context, u Upload, body io.Reader) (*gmailapi.Message, error) {
	chunks := 0
	if u.Size > wholeUpTo {
		chunks = chunkSize
	}
	media := []googleapi.MediaOption{googleapi.ContentType("message/rfc822"), googleapi.ChunkSize(chunks)}
	message := &gmailapi.Message{LabelIds: u.LabelIDs}
	source := u.DateSource
	if source == "" {
		source = DateHeader
	}
	if u.Method == Insert {
		return c.service.Users.Messages.Insert("me", message).
			InternalDateSource(string(source)).Media(body, media...).Context(ctx).Do()
	}
	return c.service.Users.Messages.Import("me", message).InternalDateSource(string(source)).
		NeverMarkSpam(u.NeverMarkSpam).Media(body, media...).Context(ctx).Do()
}
