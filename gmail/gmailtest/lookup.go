package gmailtest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// list is users.messages.list: newest first. Of Gmail's search language it
// knows rfc822msgid: and in:anywhere, and refuses the rest.
func (c *call) list() (answer, error) {
	q := c.r.URL.Query()
	want, err := c.parseQuery(q.Get("q"))
	if err != nil {
		return answer{}, err
	}
	if all, _ := strconv.ParseBool(q.Get("includeSpamTrash")); all {
		want.anywhere = true
	}
	want.labels = q["labelIds"]
	size, from, err := page(q.Get("maxResults"), q.Get("pageToken"))
	if err != nil {
		return answer{}, err
	}
	type ref struct {
		ID       string `json:"id"`
		ThreadID string `json:"threadId"`
	}
	var found []ref
	c.s.mu.Lock()
	for _, m := range slices.Backward(c.box.messages) {
		if want.matches(m, c.s.now()) {
			found = append(found, ref{m.ID, m.ThreadID})
		}
	}
	c.s.mu.Unlock()
	result := map[string]any{"resultSizeEstimate": len(found)}
	found = found[min(from, len(found)):]
	if len(found) > size {
		found = found[:size]
		result["nextPageToken"] = strconv.Itoa(from + size)
	}
	if len(found) > 0 {
		result["messages"] = found
	}
	return jsonAnswer(result)
}

// search is what messages.list looks for.
type search struct {
	messageID string
	lag       time.Duration // of the index, where a Message-ID is looked for
	anywhere  bool
	labels    []string
}

func (c *call) parseQuery(q string) (search, error) {
	var want search
	if q != "" && !c.may(ScopeReadonly, ScopeModify, ScopeFull) {
		return want, &apiError{
			code: http.StatusForbidden, reason: "forbidden",
			message: "Metadata scope does not support 'q' parameter",
		}
	}
	for word := range strings.FieldsSeq(q) {
		switch op, value, _ := strings.Cut(word, ":"); {
		case op == "rfc822msgid" && value != "":
			want.messageID, want.lag = bareID(value), c.s.opt.IndexLag
		case word == "in:anywhere":
			want.anywhere = true
		default:
			return want, badRequest("The stand-in can't search for %q", word)
		}
	}
	return want, nil
}

// bareID strips quotes and angle brackets from a Message-ID.
func bareID(s string) string { return strings.Trim(s, `"<>`) }

func (want search) matches(m *message, now time.Time) bool {
	if m.Deleted || !want.anywhere && (m.has("SPAM") || m.has("TRASH")) {
		return false
	}
	for _, l := range want.labels {
		if !m.has(l) {
			return false
		}
	}
	if want.messageID == "" {
		return true
	}
	return bareID(m.MessageID) == want.messageID && !now.Before(m.arrived.Add(want.lag))
}

// page reads maxResults, 100 by default and 500 at most, and pageToken.
func page(maxResults, token string) (size, from int, err error) {
	size = 100
	if maxResults != "" {
		if size, err = strconv.Atoi(maxResults); err != nil || size < 1 {
			return 0, 0, badRequest("Invalid value at 'max_results': %q", maxResults)
		}
	}
	if token != "" {
		if from, err = strconv.Atoi(token); err != nil || from < 0 {
			return 0, 0, badRequest("Invalid pageToken")
		}
	}
	return min(size, 500), from, nil
}

// get is users.messages.get in the formats minimal, raw, metadata and full;
// the payload of the last two is the header alone.
func (c *call) get() (answer, error) {
	c.s.mu.Lock()
	m := c.box.find(c.r.PathValue("id"))
	var fields map[string]any
	if m != nil {
		fields = map[string]any{
			"id": m.ID, "threadId": m.ThreadID, "labelIds": slices.Clone(m.LabelIDs), "snippet": "",
			"historyId": "1", "internalDate": strconv.FormatInt(m.InternalDate.UnixMilli(), 10), "sizeEstimate": m.Size,
		}
	}
	c.s.mu.Unlock()
	if m == nil {
		return answer{}, notFound()
	}
	switch format := strings.ToLower(cmp.Or(c.r.URL.Query().Get("format"), "full")); format {
	case "minimal":
		return jsonAnswer(fields)
	case "metadata":
		return c.withHeader(fields, m.content)
	case "full", "raw":
		if !c.may(ScopeReadonly, ScopeModify, ScopeFull) {
			return answer{}, &apiError{
				code: http.StatusForbidden, reason: "forbidden",
				message: "Metadata scope doesn't allow format " + strings.ToUpper(format),
			}
		}
		if format == "raw" {
			return withRaw(fields, m.content)
		}
		return c.withHeader(fields, m.content)
	default:
		return answer{}, badRequest("Invalid value at 'format': %q", format)
	}
}

func (c *call) withHeader(result map[string]any, m *content) (answer, error) {
	raw, err := m.prefix()
	if err != nil {
		return answer{}, err
	}
	only := c.r.URL.Query()["metadataHeaders"]
	headers := []map[string]string{}
	for _, f := range parseHeader(raw) {
		if len(only) == 0 || slices.ContainsFunc(only, func(n string) bool { return strings.EqualFold(n, f.name) }) {
			headers = append(headers, map[string]string{"name": f.name, "value": strings.TrimSpace(f.body)})
		}
	}
	result["payload"] = map[string]any{"headers": headers}
	return jsonAnswer(result)
}

// withRaw adds the message as base64url, without holding it in memory.
func withRaw(result map[string]any, m *content) (answer, error) {
	a, err := jsonAnswer(result)
	if err != nil {
		return a, err
	}
	head := strings.TrimSuffix(string(a.body), "}\n")
	a.stream = func(w io.Writer) error {
		if _, err := fmt.Fprintf(w, `%s,"raw":"`, head); err != nil {
			return err
		}
		enc := base64.NewEncoder(base64.URLEncoding, w)
		if _, err := io.Copy(enc, m.reader()); err != nil {
			return err
		}
		if err := enc.Close(); err != nil {
			return err
		}
		_, err := io.WriteString(w, "\"}\n")
		return err
	}
	return a, nil
}

// profile is users.getProfile.
func (c *call) profile() (answer, error) {
	c.s.mu.Lock()
	n := len(c.box.messages)
	c.s.mu.Unlock()
	return jsonAnswer(map[string]any{
		"emailAddress": c.box.address, "messagesTotal": n, "threadsTotal": n, "historyId": "1",
	})
}
