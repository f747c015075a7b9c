package provider

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	// The largest file of the database has 10 KiB.
	largestPage  = 256 << 10
	mostRedirect = 3
)

// page is what a place answered.
type page struct {
	body []byte
	// secure tells that every request on the way went over https.
	secure bool
}

// fetcher gets small pages.
type fetcher struct {
	client  *http.Client
	timeout time.Duration
	own     bool
}

func newFetcher(f Finder) fetcher {
	made := fetcher{client: f.HTTP, timeout: f.Timeout}
	if made.timeout == 0 {
		made.timeout = requestTimeout
	}
	if made.client == nil {
		// Without a Transport of its own it would keep connections for the
		// whole program; the proxy settings are those of http.DefaultTransport.
		t := http.DefaultTransport.(*http.Transport).Clone()
		made.client, made.own = &http.Client{Transport: t}, true
	}
	return made
}

func (f fetcher) close() {
	if f.own {
		f.client.CloseIdleConnections()
	}
}

// fetch gets one page within the time of one request, redirects included. The
// address is only there to keep it from going out over plain http.
func (f fetcher) fetch(ctx context.Context, place, address string) (page, error) {
	ctx, cancel := context.WithTimeout(ctx, f.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return page{}, errors.New("make a request")
	}
	req.Header.Set("User-Agent", "popbridge")
	p := page{secure: req.URL.Scheme == "https"}
	client := &http.Client{Transport: f.client.Transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		// It would carry the address of the first request to others.
		next.Header.Del("Referer")
		p.secure = p.secure && next.URL.Scheme == "https"
		return redirectable(next.URL, len(via), address)
	}}
	res, err := client.Do(req)
	if err != nil {
		return page{}, withoutURL(err)
	}
	defer res.Body.Close()
	p.body, err = read(res)
	return p, err
}

// redirectable refuses too many redirects, and those that would send the
// address in the clear.
func redirectable(next *url.URL, before int, address string) error {
	if before > mostRedirect {
		return fmt.Errorf("it redirects more than %d times", mostRedirect)
	}
	if next.Scheme == "https" {
		return nil
	}
	query, err := url.QueryUnescape(next.RawQuery)
	if err != nil || strings.Contains(strings.ToLower(next.Path+"?"+query), strings.ToLower(address)) {
		return errors.New("it redirects to plain http with the address in the URL")
	}
	return nil
}

func read(res *http.Response) ([]byte, error) {
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answers %d", res.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, largestPage+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", withoutURL(err))
	}
	if len(body) > largestPage {
		return nil, fmt.Errorf("the answer is larger than %d KiB", largestPage>>10)
	}
	return body, nil
}

// withoutURL drops what net/http puts before its errors: the URL, and in it the
// address.
func withoutURL(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
