package gmailtest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// chunkUnit is what the sizes of chunks, but for the last, are multiples of,
// and what is kept of a chunk that breaks off
// (developers.google.com/workspace/gmail/api/guides/uploads#resumable).
const chunkUnit = 256 << 10

// upload is the session of a resumable upload.
type upload struct {
	mu      sync.Mutex // held by the request that works on it
	address string
	in      incoming
	media   *content
	done    bool
	answer  answer // once done: repeated to whoever asks again
	err     error
}

// begin opens a session and answers with its Location.
func (c *call) begin(in incoming) (answer, error) {
	if err := checkMediaType(c.r.Header.Get("X-Upload-Content-Type")); err != nil {
		return answer{}, err
	}
	if n, err := strconv.ParseInt(c.r.Header.Get("X-Upload-Content-Length"), 10, 64); err == nil && n > c.s.opt.MaxMessage {
		return answer{}, tooLarge()
	}
	body, err := c.small()
	if err != nil {
		return answer{}, err
	}
	md, err := parseMetadata(body)
	if err != nil {
		return answer{}, err
	}
	in.labelIDs, in.media = md.LabelIDs, newContent(c.s.opt.MaxMessage)
	id := rand.Text()
	c.s.mu.Lock()
	c.s.uploads[id] = &upload{address: c.rec.Address, in: in, media: in.media}
	c.s.mu.Unlock()
	q := c.r.URL.Query()
	q.Set("upload_id", id)
	return answer{status: http.StatusOK, header: http.Header{
		"Location":             {"http://" + c.r.Host + c.r.URL.Path + "?" + q.Encode()},
		"X-Guploader-Uploadid": {id},
	}}, nil
}

// chunk takes a piece of a session, or a question about it.
func (c *call) chunk() (answer, error) {
	c.rec.UploadType = "resumable"
	c.s.mu.Lock()
	u := c.s.uploads[c.r.URL.Query().Get("upload_id")]
	c.s.mu.Unlock()
	if u == nil || u.address != c.rec.Address {
		return answer{}, notFound()
	}
	cr, err := parseContentRange(c.r.Header.Get("Content-Range"))
	if err != nil {
		return answer{}, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.done {
		return u.answer, u.err
	}
	if !cr.query {
		if err := c.takeChunk(u, cr); err != nil {
			return answer{}, err
		}
	}
	if cr.total != u.media.size && !u.media.over() {
		return c.incomplete(u), nil
	}
	return c.complete(u)
}

// takeChunk appends what is new of a chunk. Of one that lies beyond the end of
// what there is, nothing is; the answer's Range tells.
func (c *call) takeChunk(u *upload, cr contentRange) error {
	length := cr.last - cr.first + 1
	if cr.total < 0 && length%chunkUnit != 0 {
		return badRequest("The size of a chunk must be a multiple of %d, but for the last one.", chunkUnit)
	}
	body := c.open()
	have := u.media.size
	if cr.first > have || cr.last < have {
		return nil
	}
	if _, err := io.CopyN(io.Discard, body, have-cr.first); err != nil {
		return brokenOff(err)
	}
	if err := appendUnits(u.media, body, cr.last+1-have); err != nil {
		return brokenOff(err)
	}
	if n, err := io.Copy(io.Discard, body); err != nil || n > 0 {
		return badRequest("The chunk is longer than its Content-Range says.")
	}
	return nil
}

// appendUnits copies n octets in whole units, so that what is kept of a
// broken chunk ends at one.
func appendUnits(m *content, r io.Reader, n int64) error {
	buf := make([]byte, min(n, chunkUnit))
	for n > 0 {
		k := min(n, int64(len(buf)))
		if _, err := io.ReadFull(r, buf[:k]); err != nil {
			return err
		}
		if _, err := m.Write(buf[:k]); err != nil {
			return err
		}
		n -= k
	}
	return nil
}

// incomplete tells what the session has: 308, or 200 in disguise for a client
// that has trouble with 308.
func (c *call) incomplete(u *upload) answer {
	a := answer{status: http.StatusPermanentRedirect, header: http.Header{}}
	if strings.EqualFold(c.r.Header.Get("X-GUploader-No-308"), "yes") {
		a.status = http.StatusOK
		a.header.Set("X-Http-Status-Code-Override", "308")
	}
	if n := u.media.size; n > 0 {
		a.header.Set("Range", fmt.Sprintf("bytes=0-%d", n-1))
	}
	return a
}

// complete commits the message. After a fault the session stays as it was,
// and another try may commit.
func (c *call) complete(u *upload) (answer, error) {
	a, err := c.commit(u.in)
	var fault *faultError
	if errors.As(err, &fault) {
		return a, err
	}
	u.done, u.answer, u.err = true, a, err
	if err != nil {
		u.media.discard()
	}
	return a, err
}

// contentRange is a Content-Range of a session: "bytes first-last/total",
// total -1 for "*"; or a query, "bytes */total".
type contentRange struct {
	first, last, total int64
	query              bool
}

func parseContentRange(s string) (cr contentRange, err error) {
	invalid := badRequest("Failed to parse Content-Range header.")
	span, total, ok := strings.Cut(strings.TrimPrefix(s, "bytes "), "/")
	if !ok || !strings.HasPrefix(s, "bytes ") {
		return cr, invalid
	}
	cr.total = -1
	if total != "*" {
		if cr.total, err = strconv.ParseInt(total, 10, 64); err != nil || cr.total < 0 {
			return cr, invalid
		}
	}
	if span == "*" {
		cr.query = true
		return cr, nil
	}
	first, last, ok := strings.Cut(span, "-")
	a, errA := strconv.ParseInt(first, 10, 64)
	b, errB := strconv.ParseInt(last, 10, 64)
	if !ok || errA != nil || errB != nil || a < 0 || b < a || cr.total >= 0 && b >= cr.total {
		return cr, invalid
	}
	cr.first, cr.last = a, b
	return cr, nil
}
