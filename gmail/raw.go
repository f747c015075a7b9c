package gmail

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"google.golang.org/api/googleapi"
)

// rawAnswer bounds a message in base64, with the JSON around it.
const rawAnswer = MaxMessage/3*4 + 1<<20

// Raw gives a message's octets (messages.get, format=raw), decoded on the way
// without holding them. It needs the scope gmail.readonly. The caller reads
// without pausing for longer than the time-out, and closes. Errors, those of
// reading too, are *Error; a message that isn't there is Refused.
func (c *Client) Raw(ctx context.Context, id string) (io.ReadCloser, error) {
	const op = "messages.get"
	var body *rawBody
	ex, err := c.begin(ctx, op, rawAnswer, func(ctx context.Context) (err error) {
		body, err = c.openRaw(ctx, id)
		return err
	})
	var failure *Error
	if errors.As(err, &failure) && failure.Status == http.StatusNotFound {
		failure.Kind = Refused
	}
	if err != nil {
		return nil, err
	}
	body.fail = func(err error) error {
		defer ex.stop()
		return c.classify(op, ex, err)
	}
	body.stop = ex.stop
	return body, nil
}

// openRaw asks for the message and reads up to it. The library would hold the
// whole answer, several times.
func (c *Client) openRaw(ctx context.Context, id string) (*rawBody, error) {
	u := c.root.JoinPath("gmail/v1/users/me/messages/", url.PathEscape(id))
	u.RawQuery = "alt=json&fields=raw&format=raw&prettyPrint=false"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", c.service.UserAgent)
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if err = googleapi.CheckResponse(resp); err == nil {
		var message io.Reader
		if message, err = decodeRaw(resp.Body); err == nil {
			return &rawBody{message: message, answer: resp.Body}, nil
		}
	}
	resp.Body.Close()
	return nil, err
}

// rawBody is a message on its way in.
type rawBody struct {
	message io.Reader
	answer  io.Closer
	fail    func(error) error
	stop    func()
}

func (b *rawBody) Read(p []byte) (int, error) {
	n, err := b.message.Read(p)
	if err != nil && err != io.EOF {
		err = b.fail(err)
	}
	return n, err
}

func (b *rawBody) Close() error {
	defer b.stop()
	return b.answer.Close()
}
