package gmailtest

import (
	"net/url"
	"slices"
	"strconv"
)

// incoming is a message that has come in whole.
type incoming struct {
	method     string // "import" or "insert"
	uploadType string
	params     params
	labelIDs   []string
	media      *content
}

// params are the query parameters of import and insert.
type params struct {
	dateHeader    bool
	neverMarkSpam bool
	deleted       bool
}

// parseParams reads the query parameters. Import takes the date from the
// header by default, insert from the clock.
func parseParams(q url.Values, method string) (params, error) {
	p := params{dateHeader: method == "import"}
	switch src := q.Get("internalDateSource"); src {
	case "":
	case "dateHeader", "receivedTime":
		p.dateHeader = src == "dateHeader"
	default:
		return p, badRequest("Invalid value at 'internal_date_source': %q", src)
	}
	for name, to := range map[string]*bool{
		"neverMarkSpam": &p.neverMarkSpam, "deleted": &p.deleted, "processForCalendar": new(bool),
	} {
		if !q.Has(name) {
			continue
		}
		v, err := strconv.ParseBool(q.Get(name))
		if err != nil {
			return p, badRequest("Invalid value at '%s': %q", name, q.Get(name))
		}
		*to = v
	}
	return p, nil
}

// commit judges a message and stores it. The media is the mailbox's after
// success, and discarded where the message was folded; after a failure it
// still is the caller's.
func (c *call) commit(in incoming) (answer, error) {
	fields, spam, err := c.judge(in)
	if err != nil {
		return answer{}, err
	}
	c.rec.MessageID = messageID(fields)
	if err := c.consult(StageCommit); err != nil {
		return answer{}, err
	}
	now := c.s.now()
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	if m := c.box.known(c.rec.MessageID); m != nil && c.s.opt.Fold && in.method == "import" {
		in.media.discard()
		m.revive(in.labelIDs)
		return m.answer()
	}
	id := c.s.newIDLocked()
	m := &message{content: in.media, arrived: now, Message: Message{
		ID: id, ThreadID: id, LabelIDs: slices.Clone(in.labelIDs), InternalDate: internalDate(fields, in.params.dateHeader, now),
		Size: in.media.size, Digest: in.media.digest(), MessageID: c.rec.MessageID,
		Method: in.method, UploadType: in.uploadType, Deleted: in.params.deleted,
	}}
	if spam {
		m.put("SPAM", "INBOX")
	}
	c.box.messages = append(c.box.messages, m)
	return m.answer()
}

// judge applies the rules for content, and asks whether it is spam.
func (c *call) judge(in incoming) (fields []field, spam bool, err error) {
	switch {
	case in.media.over():
		return nil, false, tooLarge()
	case in.media.size == 0:
		return nil, false, emptyMessage()
	}
	if err := c.checkLabels(in.labelIDs); err != nil {
		return nil, false, err
	}
	if err := in.media.flush(); err != nil {
		return nil, false, err
	}
	raw, err := in.media.prefix()
	if err != nil {
		return nil, false, err
	}
	fields = parseHeader(raw)
	if err := checkFrom(fields); err != nil {
		return nil, false, err
	}
	if err := checkAttachments(in.media.reader()); err != nil {
		return nil, false, err
	}
	spam = in.method == "import" && !in.params.neverMarkSpam && c.s.opt.Spam != nil && c.s.opt.Spam(slices.Clone(raw))
	return fields, spam, nil
}

func emptyMessage() error {
	return badRequest("'raw' RFC822 payload message string or uploading message via /upload/* URL required")
}

// revive is what folding does to a message in the trash: it comes back.
func (m *message) revive(labelIDs []string) {
	if m.has("TRASH") {
		m.LabelIDs = slices.Clone(labelIDs)
	}
}

// answer is what import and insert answer with.
func (m *message) answer() (answer, error) {
	return jsonAnswer(map[string]any{"id": m.ID, "threadId": m.ThreadID, "labelIds": append([]string{}, m.LabelIDs...)})
}
