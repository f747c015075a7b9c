package gmail

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"strings"
)

// landing is the page on which the browser ends.
type landing struct{ Title, Text string }

var landingPage = template.Must(template.New("landing").Parse(`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>popbridge: {{.Title}}</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p>{{.Text}}</p>
</body>
</html>
`))

// outcomePage is the page for a login that ended.
func outcomePage(address string, err error) landing {
	switch {
	case err == nil:
		return landing{address + " is authorised", "You may close this window. What to type next stands in the terminal."}
	case errors.Is(err, context.Canceled):
		return landing{"The login was ended", "Someone ended it in the terminal. You may close this window."}
	default:
		return landing{"popbridge is not authorised", "What is wrong: " + strings.TrimPrefix(err.Error(), "log in: ") +
			". The terminal says what to do. You may close this window."}
	}
}

// strayPage is the page for a browser that brings no answer to this login.
func strayPage(err error) landing {
	if errors.Is(err, errOtherLogin) {
		return landing{"This page belongs to another login", "popbridge waits for the page that it printed last: " +
			"copy its address from the terminal. You may close this window."}
	}
	return landing{"Nothing to see here", "popbridge waits for a login, but " + err.Error() +
		". Open the page that it printed in the terminal."}
}

// serve answers with the page. The address that it is seen at holds a code,
// which nobody else is to learn.
func (l landing) serve(w http.ResponseWriter, status int) {
	var b bytes.Buffer
	if err := landingPage.Execute(&b, l); err != nil {
		http.Error(w, l.Title, status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(b.Len()))
	h.Set("Content-Security-Policy", "default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the browser may have gone
}
