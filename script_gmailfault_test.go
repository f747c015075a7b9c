package main_test

import (
	"flag"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// gmailFault is what goes wrong at Gmail.
type gmailFault struct {
	kind, messageID string
	stage           gmailtest.Stage
	times           int // that often; negative for ever
	fault           *gmailtest.Fault
}

// gmailSetFault has something go wrong at a stage (before, body, commit,
// answer) of a kind of request (messages.import, oauth.token, …; any):
//
//	gmail fault [-times N] [-message ID] [-retry-after N] [-status N -reason WORD -text TEXT] KIND STAGE WHAT
//	gmail fault none
//
// WHAT is refuse (with status, reason and text), unavailable, rate-limited,
// invalid-grant, cut, stall, html, truncated or overlong.
func gmailSetFault(c call) {
	f := gmailFault{}
	flags := flag.NewFlagSet("gmail fault", flag.ContinueOnError)
	flags.IntVar(&f.times, "times", -1, "")
	flags.StringVar(&f.messageID, "message", "", "")
	status := flags.Int("status", 400, "")
	reason := flags.String("reason", "invalidArgument", "")
	text := flags.String("text", "Bad Request", "")
	retryAfter := flags.String("retry-after", "", "")
	c.Check(flags.Parse(c.args))
	if f.kind = flags.Arg(0); f.kind != "none" {
		f.stage = gmailtest.Stage(flags.Arg(1))
		f.fault = map[string]*gmailtest.Fault{
			"refuse": gmailtest.Refuse(*status, *reason, *text), "unavailable": gmailtest.Unavailable(),
			"rate-limited": gmailtest.RateLimited(*retryAfter), "invalid-grant": gmailtest.InvalidGrant(),
			"cut": gmailtest.Cut(), "stall": gmailtest.Stall(), "html": gmailtest.HTML(), "truncated": gmailtest.Truncated(),
			"overlong": gmailtest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"labels\":[]}and more"),
		}[flags.Arg(2)]
		if f.fault == nil {
			c.Fatalf("no such fault: %q", c.args)
		}
	}
	c.w.change(func() { c.w.gmailFault = f })
}

// gmailFaults is asked at each stage of each request.
func (w *world) gmailFaults(r gmailtest.Request) (f *gmailtest.Fault) {
	w.change(func() {
		w.gmailEvents[r.Kind+" "+string(r.Stage)]++
		set := &w.gmailFault
		if set.kind != r.Kind && set.kind != "any" || set.stage != r.Stage || set.times == 0 ||
			set.messageID != "" && set.messageID != r.MessageID {
			return
		}
		set.times--
		f = set.fault
	})
	return f
}

func gmailAwait(c call) {
	c.need("KIND", "STAGE", "N")
	n, moment := c.number(c.args[2]), c.args[0]+" "+c.args[1]
	if !c.w.until(func() bool { return c.w.gmailEvents[moment] >= n }) {
		c.Fatalf("there were too few of %s", moment)
	}
}
