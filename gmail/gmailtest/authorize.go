package gmailtest

import (
	"bytes"
	"crypto/rand"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// pageError is a refusal at the authorisation page: shown to the person, not
// sent to the redirect URI.
type pageError struct {
	status       int
	code, detail string
}

func (e *pageError) Error() string { return e.code + ": " + e.detail }

func (e *pageError) answer() answer {
	var b bytes.Buffer
	b.WriteString("<!doctype html><html><head><title>Access blocked</title></head><body><h1>Access blocked</h1><p>")
	template.HTMLEscape(&b, []byte(e.Error()))
	b.WriteString("</p></body></html>\n")
	return htmlAnswer(e.status, b.Bytes())
}

func htmlAnswer(status int, page []byte) answer {
	return answer{status: status, body: page, header: http.Header{
		"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store"},
	}}
}

// authorizeRequest is a checked request of the authorisation endpoint.
type authorizeRequest struct {
	redirect         *url.URL
	state, challenge string
	scopes           []string
	offline          bool
}

// parseAuthorize checks an authorisation request (RFC 6749 section 4.1.1, RFC
// 7636 section 4.3, RFC 8252 section 7.3). It wants state and PKCE, which
// Google only recommends.
func parseAuthorize(q url.Values) (req authorizeRequest, err error) {
	bad := func(code, detail string) error { return &pageError{http.StatusBadRequest, code, detail} }
	req.redirect, err = url.Parse(q.Get("redirect_uri"))
	req.state, req.challenge = q.Get("state"), q.Get("code_challenge")
	req.scopes = canonical(strings.Fields(q.Get("scope")))
	req.offline = q.Get("access_type") == "offline"
	i := slices.IndexFunc(req.scopes, func(s string) bool { return !known(s) })
	switch {
	case q.Get("client_id") != clientID:
		return req, &pageError{http.StatusUnauthorized, "invalid_client", "The OAuth client was not found."}
	case err != nil || !isLoopback(req.redirect):
		return req, bad("redirect_uri_mismatch", "redirect_uri is no http URL of the loopback interface")
	case q.Get("response_type") != "code":
		return req, bad("unsupported_response_type", "response_type is not code")
	case len(req.scopes) == 0:
		return req, bad("invalid_request", "Missing required parameter: scope")
	case i >= 0:
		return req, bad("invalid_scope", "Some requested scopes were invalid: "+req.scopes[i])
	case req.state == "":
		return req, bad("invalid_request", "Missing required parameter: state")
	case len(req.challenge) != 43 || q.Get("code_challenge_method") != "S256":
		return req, bad("invalid_request", "code_challenge is none of the method S256")
	case !slices.Contains([]string{"", "online", "offline"}, q.Get("access_type")):
		return req, bad("invalid_request", "Invalid parameter value for access_type")
	}
	return req, nil
}

func isLoopback(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && u.Fragment == "" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// form reads a form that was posted.
func (c *call) form() (url.Values, error) {
	body, err := c.small()
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, badRequest("The form can't be read")
	}
	return form, nil
}

// grant makes a code for the scopes that a person allows, and puts it into q.
func (a *authority) grant(req authorizeRequest, account string, scopes []string, q url.Values) {
	a.mu.Lock()
	defer a.mu.Unlock()
	scopes = slices.DeleteFunc(scopes, func(s string) bool { return slices.Contains(a.withheld, s) })
	s := "4/" + rand.Text() // the slash is Google's, and wants escaping
	a.codes[s] = &code{
		token:       token{address: account, scopes: scopes},
		redirectURI: req.redirect.String(), challenge: req.challenge, offline: req.offline,
		expires: time.Now().Add(10 * time.Minute),
	}
	q.Set("code", s)
	q.Set("scope", strings.Join(scopes, " "))
}
