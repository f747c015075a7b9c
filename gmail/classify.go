package gmail

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"google.golang.org/api/googleapi"
)

// Hints that name what mends a failure. HintLogin stands for popbridge's
// login command: whoever knows the destination's name words it.
const (
	HintLogin   = "login"
	hintLabels  = "correct `labels` in the configuration"
	hintEnable  = "enable the Gmail API for the Google Cloud project of the OAuth client"
	hintDomain  = "ask the Workspace administrator to allow the Gmail API for this address"
	hintService = "use an address that has Gmail, and for a service account check its domain-wide delegation"
	hintPoint   = "correct `endpoint` in the configuration"
)

// classify says what a call's failure means.
func (c *Client) classify(op string, ex *exchange, err error) *Error {
	e := c.describe(op, ex, err)
	if ex.inDoubt(e.Status) {
		e.Kind, e.Listed, e.Hint = InDoubt, false, ""
	}
	return e
}

// describe classifies by what the error says of itself.
func (c *Client) describe(op string, ex *exchange, err error) *Error {
	var own *Error
	var answer *googleapi.Error
	var elsewhere *originError
	switch {
	case errors.As(err, &own):
		e := *own
		return &e
	case errors.As(err, &answer):
		return c.describeAnswer(op, ex, answer)
	case errors.As(err, &elsewhere):
		return &Error{Kind: Configuration, Op: op, Err: elsewhere, Hint: hintPoint}
	case ex.cause() != nil:
		return &Error{Kind: Passing, Op: op, Err: ex.cause()}
	default:
		return &Error{Kind: Passing, Op: op, Err: withoutURL(err)}
	}
}

// withoutURL takes an error out of its *url.Error, whose text has the query:
// that of a resumable upload is the key to it.
func withoutURL(err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}

// describeAnswer classifies a failure that Gmail answered with.
func (c *Client) describeAnswer(op string, ex *exchange, answer *googleapi.Error) *Error {
	f := newFinding(answer)
	v := f.verdict(ex.media != nil, ex.chunked())
	e := &Error{Kind: v.kind, Op: op, Status: answer.Code, Reason: f.reason(ex.lastAccess()), Listed: v.listed, Limit: v.limit, Hint: v.hint}
	if e.Kind != Refused {
		e.RetryAfter = retryAfter(answer.Header, answer.Message, c.now())
	}
	return e
}

// finding is an error answer, taken apart.
type finding struct {
	status  int
	message string
	// first is the reason shown, as Gmail spells it.
	first string
	// reasons are all that were given, in lower case and without "_": Gmail
	// has rateLimitExceeded in one place and RATE_LIMIT_EXCEEDED in another.
	reasons map[string]bool
}

func newFinding(answer *googleapi.Error) finding {
	f := finding{status: answer.Code, message: answer.Message, reasons: map[string]bool{}}
	for _, item := range answer.Errors {
		f.add(item.Reason)
		if f.message == "" {
			f.message = item.Message
		}
	}
	for _, detail := range answer.Details {
		if fields, ok := detail.(map[string]any); ok {
			reason, _ := fields["reason"].(string)
			f.add(reason)
		}
	}
	f.add(statusOf(answer.Body))
	return f
}

func (f *finding) add(reason string) {
	if reason == "" {
		return
	}
	if f.first == "" {
		f.first = reason
	}
	f.reasons[strings.ToLower(strings.ReplaceAll(reason, "_", ""))] = true
}

// reason is what is shown; a server may repeat the token that it was sent.
func (f finding) reason(access string) string {
	if access != "" {
		f.first = strings.ReplaceAll(f.first, access, "***")
		f.message = strings.ReplaceAll(f.message, access, "***")
	}
	switch {
	case f.first != "" && f.message != "":
		return printable(f.first + ": " + f.message)
	case f.first+f.message != "":
		return printable(f.first + f.message)
	default:
		return strings.ToLower(http.StatusText(f.status))
	}
}

func (f finding) hasReason(any ...string) bool {
	for _, r := range any {
		if f.reasons[r] {
			return true
		}
	}
	return false
}

func (f finding) says(any ...string) bool {
	message := strings.ToLower(f.message)
	for _, words := range any {
		if strings.Contains(message, words) {
			return true
		}
	}
	return false
}
