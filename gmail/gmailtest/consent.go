package gmailtest

import (
	"bytes"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// consentWords are what Google's page says beside the box of a scope
// (developers.google.com/workspace/gmail/api/auth/scopes).
var consentWords = map[string]string{
	ScopeInsert:   "Add emails into your Gmail mailbox",
	ScopeLabels:   "See and edit your email labels",
	ScopeReadonly: "View your email messages and settings",
	ScopeMetadata: "View your email message metadata such as labels and headers, but not the email body",
	ScopeModify:   "Read, compose, and send emails from your Gmail account",
	ScopeFull:     "Read, compose, send, and permanently delete all your email from Gmail",
}

// The pages work without JavaScript, so that "Select all" is a box which
// counts for all the others.
var pages = template.Must(template.New("").Parse(`
{{define "head"}}<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Sign in – Gmail stand-in</title><link rel="icon" href="data:,">
<style>body{font:16px/1.5 sans-serif;max-width:34em;margin:3em auto;padding:0 1em}label{display:block;margin:.6em 0}
button{font:inherit;padding:.3em 1.2em;margin-right:.6em}small{color:#555}</style></head><body>{{end}}

{{define "query"}}{{range $name, $values := .}}{{range $values}}<input type="hidden" name="{{$name}}" value="{{.}}">
{{end}}{{end}}{{end}}

{{define "choice"}}{{template "head"}}
<h1>Choose an account</h1><p>to continue to popbridge</p>
<form action="/o/oauth2/auth">
{{template "query" .Query}}{{range .Addresses}}<p><button name="account" value="{{.}}">{{.}}</button></p>
{{end}}</form></body></html>
{{end}}

{{define "consent"}}{{template "head"}}
<h1>popbridge wants access to your Google Account</h1><p>{{.Account}}</p>
<form method="post" action="/o/oauth2/auth">
{{template "query" .Query}}<input type="hidden" name="account" value="{{.Account}}"><input type="hidden" name="boxes" value="shown">
{{if .SignIn}}<p>It sees who you are: {{range .SignIn}}<small>{{.}}</small> {{end}}</p>
{{end}}{{if .Boxes}}<p>Select what popbridge can access</p>
<label><input type="checkbox" name="all" value="yes"> Select all</label>
{{range .Boxes}}<label><input type="checkbox" name="granted" value="{{.Scope}}"> {{.Words}}<br><small>{{.Scope}}</small></label>
{{end}}{{end}}<button name="decision" value="deny">Cancel</button>
<button name="decision" value="allow">Continue</button>
</form></body></html>
{{end}}`))

func pageAnswer(name string, data any) (answer, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		return answer{}, err
	}
	return htmlAnswer(http.StatusOK, bytes.TrimSpace(b.Bytes())), nil
}

// box is what a person can tick.
type box struct{ Scope, Words string }

// authorizePage has the person choose an account, then shows what is asked
// for.
func (c *call) authorizePage() (answer, error) {
	q := c.r.URL.Query()
	req, err := parseAuthorize(q)
	if err != nil {
		return answer{}, err
	}
	account, chosen, err := c.s.oauth.visitor(q)
	if err != nil {
		return answer{}, err
	}
	q.Del("account")
	if !chosen {
		return pageAnswer("choice", map[string]any{"Query": q, "Addresses": c.s.opt.Addresses})
	}
	if err := c.s.oauth.admit(account); err != nil {
		return answer{}, err
	}
	var boxes []box
	var signIn []string
	for _, s := range req.scopes {
		if isSignIn(s) {
			signIn = append(signIn, s)
		} else {
			boxes = append(boxes, box{s, consentWords[s]})
		}
	}
	return pageAnswer("consent", map[string]any{"Account": account, "Boxes": boxes, "SignIn": signIn, "Query": q})
}

// authorizeDecision takes the person's click and redirects.
func (c *call) authorizeDecision() (answer, error) {
	form, err := c.form()
	if err != nil {
		return answer{}, err
	}
	req, err := parseAuthorize(form)
	if err != nil {
		return answer{}, err
	}
	account, _, err := c.s.oauth.visitor(form)
	if err != nil {
		return answer{}, err
	}
	if err := c.s.oauth.admit(account); err != nil {
		return answer{}, err
	}
	q := req.redirect.Query()
	q.Set("state", req.state)
	if form.Get("decision") == "allow" {
		c.s.oauth.grant(req, account, ticked(req.scopes, form), q)
	} else {
		q.Set("error", "access_denied")
	}
	req.redirect.RawQuery = q.Encode()
	return answer{status: http.StatusFound, header: http.Header{"Location": {req.redirect.String()}}}, nil
}

// visitor says who is at the page; chosen is false for one who still has to
// say it.
func (a *authority) visitor(q url.Values) (account string, chosen bool, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	picked := q.Get("account")
	switch {
	case picked == "" || strings.EqualFold(picked, a.account):
		return a.account, picked != "" || a.settled || len(a.opt.Addresses) == 1, nil
	case holds(a.opt.Addresses, picked):
		return picked, true, nil
	default:
		return "", false, &pageError{http.StatusBadRequest, "invalid_request", "Couldn't find that account"}
	}
}

// admit lets only testers on while the consent screen is in Testing. Google
// sends nobody else back, either.
func (a *authority) admit(account string) error {
	if !a.opt.Testing || holds(a.opt.TestUsers, account) {
		return nil
	}
	return &pageError{http.StatusForbidden, "access_denied", "popbridge has not completed the Google verification process. " +
		"The app is currently being tested, and can only be accessed by developer-approved testers."}
}

func holds(addresses []string, address string) bool {
	return slices.ContainsFunc(addresses, func(a string) bool { return strings.EqualFold(a, address) })
}

// ticked are the scopes that a person allows. Who is not shown the boxes
// allows all, and those of the sign-in have none.
func ticked(scopes []string, form url.Values) []string {
	if !form.Has("boxes") || form.Has("all") {
		return slices.Clone(scopes)
	}
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool {
		return !isSignIn(s) && !slices.Contains(form["granted"], s)
	})
}

func isSignIn(scope string) bool {
	return scope == ScopeOpenID || scope == ScopeEmail || scope == ScopeProfile
}
