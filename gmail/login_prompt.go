package gmail

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// loginPatience is how long nothing comes back before the person is told what
// may be the matter.
const loginPatience = 2 * time.Minute

// loginPrompt tells a person things, one at a time, until the login is over.
type loginPrompt struct {
	mu   sync.Mutex
	w    io.Writer
	over bool
}

func (p *loginPrompt) say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		fmt.Fprintf(p.w, format, args...)
	}
}

func (p *loginPrompt) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
}

// show brings the person to the page, and to what is to be done there.
func (o LoginOptions) show(ctx context.Context, prompt *loginPrompt, page string) {
	prompt.say("popbridge asks for these rights; tick every box that Google shows for them:\n\n%s\n"+
		"Open this page in a browser and allow the access:\n\n  %s\n\n", describeScopes(o.Scopes), page)
	if o.Paste != nil {
		prompt.say("If the browser is on another machine, its last page will fail to load:\n" +
			"paste the address of that page here.\n")
	}
	if o.OpenBrowser != nil {
		// A browser may keep its starter waiting.
		go func() {
			if o.OpenBrowser(page) != nil {
				prompt.say("No browser could be opened here: open the page yourself, on any machine.\n")
			}
		}()
	}
	go func() {
		if o.Sleep(ctx, loginPatience) == nil {
			prompt.say("%s", o.whatIsTheMatter())
		}
	}()
}

// whatIsTheMatter names what Google shows in the browser without ever sending
// it back, each with its mend.
func (o LoginOptions) whatIsTheMatter() string {
	var b strings.Builder
	b.WriteString("\nNothing came back yet; popbridge goes on waiting. Should the browser say\n")
	for _, line := range [][2]string{
		{`"Google hasn't verified this app"`, `it is your own: click Advanced, then "Go to … (unsafe)"`},
		{`"has not completed the Google verification process", Error 403: access_denied`,
			"the consent screen is in Testing: publish the app, or add " + o.Address + " as a test user, at " + audiencePage},
		{"Error 403: org_internal", refusals["org_internal"].hint},
		{"Error 400: admin_policy_enforced", refusals["admin_policy_enforced"].hint},
		{"Error 401: invalid_client or deleted_client", refusals["deleted_client"].hint},
		{"Error 400: redirect_uri_mismatch", refusals["redirect_uri_mismatch"].hint},
		{"Error 403: disallowed_useragent", refusals["disallowed_useragent"].hint},
		{"that 127.0.0.1 can't be reached", "the browser is on another machine: paste the address of that page here"},
	} {
		fmt.Fprintf(&b, "- %s:\n  %s\n", line[0], line[1])
	}
	return b.String()
}
