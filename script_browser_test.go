package main_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"

	"github.com/rogpeppe/go-internal/testscript"
)

// browser does what a person does with the page that a login prints:
//
//	browser NAME allow  opens it, allows the access, and is sent back
//	browser NAME deny   denies the access, and is sent back
//	browser NAME paste  allows it on another machine, and types the address
//	                    that could not be opened there
//	browser NAME code   types the code alone
//
// NAME is what the login was started as.
func browser(ts *testscript.TestScript, neg bool, args []string) {
	p := running(ts, neg, args, "browser NAME allow|deny|paste|code")
	match := p.said(regexp.MustCompile(`(http://\S+/o/oauth2/auth\?\S+)\s`))
	if match == nil || len(args) != 2 {
		ts.Fatalf("it printed no page:\n%s", p.says())
	}
	ctx, cancel := context.WithTimeout(context.Background(), longest)
	defer cancel()
	w := worldOf(ts)
	decide := w.gmail.Authorize
	if args[1] == "deny" {
		decide = w.gmail.Deny
	}
	redirect, err := decide(ctx, match[1])
	ts.Check(err)
	switch args[1] {
	case "allow", "deny":
		ts.Check(visit(ctx, redirect))
	case "paste":
		typeIn(ts, false, []string{args[0], redirect})
	case "code":
		u, err := url.Parse(redirect)
		ts.Check(err)
		typeIn(ts, false, []string{args[0], u.Query().Get("code")})
	default:
		ts.Fatalf("no such answer: %s", args[1])
	}
}

func visit(ctx context.Context, page string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, page, nil)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}
