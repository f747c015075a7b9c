package pop3test_test

import (
	"encoding/base64"
	"slices"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// What a client sends, in base64.
var (
	plainly = encode("\x00" + user + "\x00" + password)
	bearer  = encode("user=" + user + "\x01auth=Bearer a.token\x01\x01")
	failure = "+ " + encode(`{"status":"401","schemes":"bearer","scope":"pop"}`)
)

func TestAUTH(t *testing.T) {
	all := pop3test.Options{SASL: []string{"PLAIN", "LOGIN", "XOAUTH2", "GSSAPI"}}
	two := all
	two.NoInitialResponse = true
	bare := all
	bare.BareRefusal = true
	own := all
	own.Token = func(u, token string) bool { return u == user && token == "its own" }
	for name, tc := range map[string]struct {
		opts   pop3test.Options
		dialog []string // said and heard, in turn
	}{
		"PLAIN":                       {all, []string{"AUTH PLAIN", "+ ", plainly, "+OK 0 messages", "STAT", "+OK 0 0"}},
		"PLAIN at once":               {all, []string{"auth plain " + plainly, "+OK 0 messages"}},
		"PLAIN, wrong":                {all, []string{"AUTH PLAIN " + encode("\x00"+user+"\x00x"), "-ERR [AUTH]…", "STAT", "-ERR…"}},
		"PLAIN, nobody":               {all, []string{"AUTH PLAIN " + encode("\x00who\x00x"), "-ERR [AUTH]…"}},
		"PLAIN that is none":          {all, []string{"AUTH PLAIN " + encode("x"), "-ERR that is no PLAIN"}},
		"no base64":                   {all, []string{"AUTH PLAIN ?", "-ERR that is no base64", "AUTH PLAIN", "+ ", "?", "-ERR that…"}},
		"cancelled":                   {all, []string{"AUTH PLAIN", "+ ", "*", "-ERR cancelled", "AUTH PLAIN " + plainly, "+OK…"}},
		"LOGIN":                       {all, []string{"AUTH LOGIN", "+ " + encode("Username:"), encode(user), "+ " + encode("Password:"), encode(password), "+OK…"}},
		"LOGIN, wrong":                {all, []string{"AUTH LOGIN " + encode(user), "+ " + encode("Password:"), encode("x"), "-ERR [AUTH]…"}},
		"XOAUTH2":                     {all, []string{"AUTH XOAUTH2", "+ ", bearer, "+OK 0 messages"}},
		"XOAUTH2 at once":             {all, []string{"AUTH XOAUTH2 " + bearer, "+OK 0 messages"}},
		"XOAUTH2, wrong":              {all, []string{"AUTH XOAUTH2", "+ ", encode("user=" + user + "\x01auth=Bearer x\x01\x01"), failure, "", "-ERR [AUTH]…"}},
		"XOAUTH2, nobody":             {all, []string{"AUTH XOAUTH2", "+ ", encode("user=x\x01auth=Bearer a.token\x01\x01"), failure, "STAT", "-ERR [AUTH]…"}},
		"XOAUTH2, wrong, bare":        {bare, []string{"AUTH XOAUTH2", "+ ", encode("user=" + user + "\x01auth=Bearer x\x01\x01"), "-ERR [AUTH]…"}},
		"XOAUTH2 that is none":        {all, []string{"AUTH XOAUTH2", "+ ", encode("auth=Bearer a.token\x01\x01"), "-ERR that is no XOAUTH2"}},
		"XOAUTH2 without its end":     {all, []string{"AUTH XOAUTH2", "+ ", encode("user=" + user + "\x01auth=Bearer a.token"), "-ERR that is no XOAUTH2"}},
		"a token function":            {own, []string{"AUTH XOAUTH2", "+ ", encode("user=" + user + "\x01auth=Bearer its own\x01\x01"), "+OK…"}},
		"a token function, otherwise": {own, []string{"AUTH XOAUTH2", "+ ", bearer, failure}},
		"no initial response":         {two, []string{"AUTH PLAIN " + plainly, "-ERR protocol error", "AUTH PLAIN", "+ ", plainly, "+OK…"}},
		"none that works":             {all, []string{"AUTH GSSAPI", "-ERR unknown mechanism", "AUTH", "-ERR unknown mechanism"}},
		"none announced":              {pop3test.Options{}, []string{"AUTH PLAIN " + plainly, "-ERR unknown mechanism"}},
		"USER as well":                {all, []string{"USER " + user, "+OK…", "PASS " + password, "+OK…"}},
		"no USER":                     {pop3test.Options{NoUSER: true}, []string{"USER " + user, "-ERR unknown…", "PASS " + password, "-ERR unknown…"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, tc.opts)
			s.AddToken(user, "a.token")
			c := dial(t, s).hear("+OK…")
			for turn := range slices.Chunk(tc.dialog, 2) {
				c.say(turn[0]).hear(turn[1])
			}
		})
	}
}

func TestTokensExpire(t *testing.T) {
	s := start(t, pop3test.Options{SASL: []string{"XOAUTH2"}, LockMailbox: true})
	s.AddToken(user, "a.token")
	login := func() *client { return dial(t, s).hear("+OK…").say("AUTH XOAUTH2").hear("+ ").say(bearer) }
	c := login().hear("+OK…")
	login().hear("-ERR [IN-USE]…")
	c.say("QUIT").hear("+OK…")
	s.RemoveToken(user, "a.token")
	login().hear(failure)
}

func TestNeedsEmptyLine(t *testing.T) {
	s := start(t, pop3test.Options{SASL: []string{"XOAUTH2"}, NeedsEmptyLine: true})
	c := dial(t, s).hear("+OK…").say("AUTH XOAUTH2").hear("+ ").say(bearer).hear(failure)
	if rest, err := c.say("STAT").end(); rest != "" || err != nil {
		t.Errorf("got %q, %v", rest, err)
	}
	dial(t, s).hear("+OK…").say("AUTH XOAUTH2").hear("+ ").say(bearer).hear(failure).say("").hear("-ERR [AUTH]…")
}

func TestAUTHIsAnnounced(t *testing.T) {
	c := dial(t, start(t, pop3test.Options{NoUSER: true, SASL: []string{"PLAIN", "XOAUTH2"}})).hear("+OK…")
	c.say("CAPA").hear("+OK…", "RESP-CODES", "AUTH-RESP-CODE", "TOP", "UIDL", "SASL PLAIN XOAUTH2", "IMPLEMENTATION pop3test", ".")
}

// TestAUTHTellsNoSecret: neither in the transcript nor in the events, whose
// responses are numbered.
func TestAUTHTellsNoSecret(t *testing.T) {
	var events []pop3test.Event
	s := start(t, pop3test.Options{SASL: []string{"LOGIN", "XOAUTH2"}, Fault: func(e pop3test.Event) pop3test.Fault {
		events = append(events, e)
		return pop3test.Fault{}
	}})
	c := dial(t, s).hear("+OK…").say("AUTH XOAUTH2").hear("+ ").say(bearer).hear(failure).say("").hear("-ERR…")
	c.say("AUTH LOGIN").hear("+…").say(encode(user)).hear("+…").say(encode(password)).hear("+OK…")
	c.say("QUIT").hear("+OK…")
	if got, want := s.Commands(), []string{"AUTH XOAUTH2", "***", "", "AUTH LOGIN", "***", "***", "QUIT"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	waitIdle(t, s)
	want := []pop3test.Event{
		{Session: 1, Command: "connect"},
		{Session: 1, Command: "greeting"},
		{Session: 1, Command: "AUTH", Argument: "XOAUTH2"},
		{Session: 1, Command: "response", Argument: "***", Number: 1},
		{Session: 1, Command: "response", Number: 2},
		{Session: 1, Command: "AUTH", Argument: "LOGIN"},
		{Session: 1, Command: "response", Argument: "***", Number: 1},
		{Session: 1, Command: "response", Argument: "***", Number: 2},
		{Session: 1, Command: "QUIT", User: user},
	}
	if !slices.Equal(events, want) {
		t.Errorf("got %+v", events)
	}
}

// TestAUTHFaults: what replaces an answer ends the exchange, too.
func TestAUTHFaults(t *testing.T) {
	for name, tc := range map[string]struct {
		step  string
		fault pop3test.Fault
		want  string
	}{
		"refused":          {"AUTH", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR [SYS/TEMP] no\r\n")}, "-ERR [SYS/TEMP] no\r\n-ERR unknown command, or not before the login\r\n-ERR"},
		"response refused": {"response", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR no\r\n")}, "+ \r\n-ERR no\r\n-ERR"},
		"asked again":      {"response", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+ \r\n")}, "+ \r\n+ \r\n-ERR"},
		"+OK":              {"response", pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("+OK\x00\r\n")}, "+ \r\n+OK\x00\r\n+OK"},
		"close":            {"response", pop3test.Fault{Kind: pop3test.Close}, "+ \r\n"},
		"done, close":      {"response", pop3test.Fault{Kind: pop3test.DoneClose}, "+ \r\n"},
		"cut":              {"response", pop3test.Fault{Kind: pop3test.Cut, N: 3}, "+ \r\n+OK"},
		"garble":           {"response", pop3test.Fault{Kind: pop3test.Garble, N: 2}, "+ \r\n\x80\x81\r\n-ERR"},
	} {
		t.Run(name, func(t *testing.T) {
			o := faulty(tc.step, tc.fault)
			o.SASL = []string{"PLAIN"}
			c := dial(t, start(t, o)).hear("+OK…").say("AUTH PLAIN", plainly, "STAT", "QUIT")
			got, err := c.end()
			if err != nil || len(got) < len(tc.want) || got[:len(tc.want)] != tc.want {
				t.Errorf("got %q, %v, want %q", got, err, tc.want)
			}
		})
	}
}
