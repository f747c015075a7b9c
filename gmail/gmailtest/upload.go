package gmailtest

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"strings"
)

// maxRaw is the largest JSON request, in octets: Gmail answers 413 to a
// message given as "raw" from about there.
const maxRaw = 5 << 20

// metadata is the JSON part of import and insert, a Message.
type metadata struct {
	LabelIDs []string `json:"labelIds"`
	Raw      string   `json:"raw"`
}

func parseMetadata(b []byte) (md metadata, err error) {
	if len(b) == 0 {
		return md, nil
	}
	if err := json.Unmarshal(b, &md); err != nil {
		return md, badRequest("Invalid JSON payload received.")
	}
	return md, nil
}

func (c *call) importRaw() (answer, error)    { return c.raw("import") }
func (c *call) insertRaw() (answer, error)    { return c.raw("insert") }
func (c *call) importUpload() (answer, error) { return c.receive("import") }
func (c *call) insertUpload() (answer, error) { return c.receive("insert") }

// raw takes a message in JSON, as base64url with or without padding.
func (c *call) raw(method string) (answer, error) {
	c.rec.UploadType = "raw"
	p, err := parseParams(c.r.URL.Query(), method)
	if err != nil {
		return answer{}, err
	}
	body, err := c.small()
	if err != nil {
		return answer{}, err
	}
	md, err := parseMetadata(body)
	if err != nil {
		return answer{}, err
	}
	octets, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(md.Raw, "="))
	if err != nil {
		return answer{}, badRequest("Invalid value at 'message.raw' (TYPE_BYTES), Base64 decoding failed")
	}
	m := newContent(c.s.opt.MaxMessage)
	if _, err := m.Write(octets); err != nil {
		return answer{}, err
	}
	return c.keep(incoming{method, "raw", p, md.LabelIDs, m}, nil)
}

// small reads a body that is to be held in memory; over maxRaw it is refused.
func (c *call) small() ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(c.open(), maxRaw+1))
	switch {
	case err != nil:
		return nil, brokenOff(err)
	case len(body) > maxRaw:
		return nil, tooLarge()
	}
	return body, nil
}

// receive takes a message at the /upload/ path.
func (c *call) receive(method string) (answer, error) {
	p, err := parseParams(c.r.URL.Query(), method)
	if err != nil {
		return answer{}, err
	}
	in := incoming{method: method, params: p, uploadType: c.r.URL.Query().Get("uploadType")}
	c.rec.UploadType = in.uploadType
	switch in.uploadType {
	case "media":
		if err := checkMediaType(c.r.Header.Get("Content-Type")); err != nil {
			return answer{}, err
		}
		in.media = newContent(c.s.opt.MaxMessage)
		_, err = io.Copy(in.media, c.open())
		return c.keep(in, err)
	case "multipart":
		return c.receiveMultipart(in)
	case "resumable":
		return c.begin(in)
	default:
		return answer{}, badRequest("Upload type %q is not supported.", in.uploadType)
	}
}

// receiveMultipart takes a multipart/related body (RFC 2387): JSON, then the
// media, then the closing boundary, then the end of the body.
func (c *call) receiveMultipart(in incoming) (answer, error) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") || params["boundary"] == "" {
		return answer{}, badRequest("Missing multipart boundary")
	}
	body := c.open()
	r := multipart.NewReader(body, params["boundary"])
	if in.labelIDs, err = readMetadataPart(r); err != nil {
		return answer{}, err
	}
	part, err := r.NextRawPart()
	if err != nil {
		return answer{}, brokenOff(err)
	}
	if err := checkMediaType(part.Header.Get("Content-Type")); err != nil {
		return answer{}, err
	}
	in.media = newContent(c.s.opt.MaxMessage)
	if _, err = io.Copy(in.media, part); err == nil {
		err = readClose(r, body)
	}
	return c.keep(in, err)
}

func readMetadataPart(r *multipart.Reader) ([]string, error) {
	part, err := r.NextRawPart()
	if err != nil {
		return nil, brokenOff(err)
	}
	b, err := io.ReadAll(io.LimitReader(part, maxRaw))
	if err != nil {
		return nil, brokenOff(err)
	}
	md, err := parseMetadata(b)
	return md.LabelIDs, err
}

// readClose wants the closing boundary, and after it the end of the body: of
// a request that its client aborts, Read fails there.
func readClose(r *multipart.Reader, body io.Reader) error {
	if _, err := r.NextRawPart(); err == nil {
		return badRequest("More than two parts")
	} else if err != io.EOF { // wrapped where the boundary is missing
		return err
	}
	_, err := io.Copy(io.Discard, body)
	return err
}

// checkMediaType wants mail: Gmail's uploads accept message/* alone.
func checkMediaType(contentType string) error {
	kind, _, _ := mime.ParseMediaType(contentType)
	if strings.HasPrefix(kind, "message/") {
		return nil
	}
	e := badRequest("Media type '%s' is not supported. Valid media types: [message/*]", kind)
	e.reason = "badContent"
	return e
}

// keep commits what was received, unless receiving failed.
func (c *call) keep(in incoming, err error) (answer, error) {
	if err != nil {
		in.media.discard()
		return answer{}, brokenOff(err)
	}
	a, err := c.commit(in)
	if err != nil {
		in.media.discard()
	}
	return a, err
}
