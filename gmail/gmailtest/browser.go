package gmailtest

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
)

// Authorize does what a person does who ticks all boxes and clicks Continue:
// it opens the authorisation page at authURL and allows what is asked for. It
// gives the address that the browser is then sent to, with code and state in
// it, and does not go there. It fails where the page shows an error.
func (s *Server) Authorize(ctx context.Context, authURL string) (redirectURL string, err error) {
	return s.decide(ctx, authURL, url.Values{"decision": {"allow"}})
}

// AuthorizeOnly is Authorize with no boxes ticked but those of these scopes.
func (s *Server) AuthorizeOnly(ctx context.Context, authURL string, scopes ...string) (redirectURL string, err error) {
	return s.decide(ctx, authURL, url.Values{"decision": {"allow"}, "boxes": {"shown"}, "granted": canonical(scopes)})
}

// Deny is Authorize with a click on Cancel; the redirect carries an error.
func (s *Server) Deny(ctx context.Context, authURL string) (redirectURL string, err error) {
	return s.decide(ctx, authURL, url.Values{"decision": {"deny"}})
}

func (s *Server) decide(ctx context.Context, authURL string, decision url.Values) (string, error) {
	u, err := url.Parse(authURL)
	if err != nil {
		return "", fmt.Errorf("open the authorisation page: %w", err)
	}
	if _, err := browse(ctx, http.MethodGet, authURL, "", http.StatusOK); err != nil {
		return "", fmt.Errorf("open the authorisation page: %w", err)
	}
	form := u.Query()
	maps.Copy(form, decision)
	u.RawQuery = ""
	location, err := browse(ctx, http.MethodPost, u.String(), form.Encode(), http.StatusFound)
	if err != nil {
		return "", fmt.Errorf("answer the authorisation page: %w", err)
	}
	return location, nil
}

// browse sends a request, wants a status, and gives the Location.
func browse(ctx context.Context, method, to, form string, status int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, strings.NewReader(form))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	client := http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return "", err
	}
	if resp.StatusCode != status {
		return "", fmt.Errorf("HTTP %d: %s", resp.StatusCode, page)
	}
	return resp.Header.Get("Location"), nil
}
