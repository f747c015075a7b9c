package pop3_test

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3"
)

// oauthToken holds what wantKind looks for in errors.
const oauthToken = "ya29.a0secretAfB_byC-0123456789.abcdefghij"

// What a client sends in SASL.
var (
	bearer     = encode("user=me\x01auth=Bearer " + oauthToken + "\x01\x01")
	plainly    = encode("\x00me\x00secret")
	encodedMe  = encode("me")
	encodedPwd = encode("secret")
	failure    = encode(`{"status":"401","schemes":"bearer","scope":"pop"}`)
)

func encode(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// capable is a transcript up to the login, with the lines of CAPA given, and
// from there on.
func capable(capabilities string, login ...string) []string {
	transcript := []string{"S: +OK ready", "C: CAPA", "S: +OK"}
	for line := range strings.SplitSeq(capabilities, ", ") {
		transcript = append(transcript, "S: "+line)
	}
	return append(append(transcript, "S: ."), login...)
}

// attempt is a login that a transcript is for, and what becomes of it: a
// method, or a failure.
type attempt struct {
	name       string
	transcript []string
	method     string
	fails      pop3.Kind
}

func (a attempt) run(t *testing.T, change func(*pop3.Options)) {
	t.Run(a.name, func(t *testing.T) {
		o := play(t, a.transcript...)
		if a.transcript[0] == "TLS" {
			o = trusting(o, pop3.TLSImplicit)
		}
		change(&o)
		if a.fails == 0 {
			if got := dial(t, o).LoginMethod(); got != a.method {
				t.Errorf("logged in by %q, want %q", got, a.method)
			}
			return
		}
		_, err := pop3.Dial(t.Context(), o)
		wantKind(t, err, a.fails)
	})
}

func TestXOAUTH2(t *testing.T) {
	const both = "USER, SASL PLAIN XOAUTH2"
	sent := []string{"C: AUTH XOAUTH2", "S: +", "C: " + bearer}
	then := func(more ...string) []string { return capable(both, slices.Concat(sent, more)...) }
	failed := func(more ...string) []string { return then(append([]string{"S: + " + failure}, more...)...) }
	for _, a := range []attempt{
		{"a bare prompt", then("S: +OK"), "AUTH XOAUTH2", 0},
		{"an empty prompt", capable(both, "C: AUTH XOAUTH2", "S: + ", "C: "+bearer, "S: +OK"), "AUTH XOAUTH2", 0},
		{"a prompt with words", capable(both, "C: AUTH XOAUTH2", "S: + go on!", "C: "+bearer, "S: +OK"), "AUTH XOAUTH2", 0},
		{"no CAPA", []string{"S: +OK", "C: CAPA", "S: -ERR", "C: AUTH XOAUTH2", "S: +", "C: " + bearer, "S: +OK"}, "AUTH XOAUTH2", 0},
		{"CAPA without SASL", capable("USER", "C: AUTH XOAUTH2", "S: +", "C: "+bearer, "S: +OK"), "AUTH XOAUTH2", 0},
		{"no XOAUTH2", capable("USER, SASL PLAIN LOGIN"), "", pop3.Permanent},
		{"XOAUTH2 withdrawn", capable(both, "C: AUTH XOAUTH2", "S: -ERR what?"), "", pop3.Permanent},
		{"not now", capable(both, "C: AUTH XOAUTH2", "S: -ERR [SYS/TEMP] no"), "", pop3.Temporary},
		{"too many sessions", capable(both, "C: AUTH XOAUTH2", "S: -ERR server busy"), "", pop3.Locked},
		{"not this user", capable(both, "C: AUTH XOAUTH2", "S: -ERR [AUTH] no"), "", pop3.Auth},
		{"accepted unseen", capable(both, "C: AUTH XOAUTH2", "S: +OK"), "", pop3.Protocol},
		{"refused at once", then("S: -ERR Authentication failure: unknown user name or bad password."), "", pop3.Auth},
		{"refused for now", then("S: -ERR [SYS/TEMP] no"), "", pop3.Temporary},
		{"a lock", then("S: -ERR [IN-USE] no"), "", pop3.Locked},
		{"refused", failed("C: ", "S: -ERR [AUTH] no"), "", pop3.Auth},
		{"refused without a code", failed("C: ", "S: -ERR no"), "", pop3.Auth},
		{"refused for now, in JSON", failed("C: ", "S: -ERR [SYS/TEMP] no"), "", pop3.Temporary},
		{"a pause, in JSON", failed("C: ", "S: -ERR [LOGIN-DELAY] no"), "", pop3.Locked},
		{"a person has to act, in JSON", failed("C: ", "S: -ERR [SYS/PERM] no"), "", pop3.Permanent},
		{"refused and cut", failed("C: ", "CLOSE"), "", pop3.Auth},
		{"refused for now and cut", then("S: + "+encode(`{"status":"temporarily_unavailable"}`), "C: ", "CLOSE"), "", pop3.Temporary},
		{"cut after no JSON", then("S: + what?", "C: ", "CLOSE"), "", pop3.Unreachable},
		{"refused and accepted", failed("C: ", "S: +OK"), "", pop3.Protocol},
		{"challenged again", failed("C: ", "S: + "+failure), "", pop3.Protocol},
		{"cut", then("CLOSE"), "", pop3.Unreachable},
		{"garbage", then("S: +OKAY"), "", pop3.Protocol},
		{"octets", then("S: +OK\x00"), "", pop3.Protocol},
		{"two prompts at once", capable(both, "C: AUTH XOAUTH2", "R: +\r\n+\r\n"), "", pop3.Protocol},
	} {
		a.run(t, func(o *pop3.Options) { o.Auth, o.Token = pop3.AuthXOAUTH2, oauthToken })
	}
}

func TestXOAUTH2SaysWhy(t *testing.T) {
	o := play(t, capable("SASL XOAUTH2", "C: AUTH XOAUTH2", "S: +", "C: "+bearer, "S: + "+failure, "C: ", "S: -ERR [AUTH] no")...)
	o.Auth, o.Token = pop3.AuthXOAUTH2, oauthToken
	_, err := pop3.Dial(t.Context(), o)
	if e := wantKind(t, err, pop3.Auth); e.Code != "AUTH" || e.Error() != `AUTH XOAUTH2: refused by the server (status 401): server said "no"` {
		t.Errorf("code %q, %v", e.Code, e)
	}
	o = play(t, capable("SASL PLAIN CRAM-MD5")...)
	o.Auth, o.Token = pop3.AuthXOAUTH2, oauthToken
	_, err = pop3.Dial(t.Context(), o)
	if e := wantKind(t, err, pop3.Permanent); e.Error() != "AUTH XOAUTH2: the server takes no OAuth token: its CAPA has SASL PLAIN CRAM-MD5 only" {
		t.Error(e)
	}
}

func TestPasswordBySASL(t *testing.T) {
	const only = "UIDL, SASL CRAM-MD5 LOGIN PLAIN"
	plain := func(then ...string) []string {
		return append([]string{"C: AUTH PLAIN", "S: +", "C: " + plainly}, then...)
	}
	atOnce := "C: AUTH PLAIN " + plainly
	userRefused := []string{"C: USER me", "S: -ERR unknown command"}
	login := []string{"C: AUTH LOGIN", "S: + " + encode("Username:"), "C: " + encodedMe}
	for _, a := range []attempt{
		{"PLAIN", capable(only, plain("S: +OK")...), "AUTH PLAIN", 0},
		{"PLAIN, asked for ever", capable(only, plain("S: +")...), "", pop3.Protocol},
		{"PLAIN accepted too early", capable(only, "C: AUTH PLAIN", "S: +OK"), "", pop3.Protocol},
		{"PLAIN refused", capable(only, plain("S: -ERR no")...), "", pop3.Auth},
		{"PLAIN, locked", capable(only, plain("S: -ERR [IN-USE] no")...), "", pop3.Locked},
		{"PLAIN refused by its name", capable(only, append([]string{"C: AUTH PLAIN", "S: -ERR what?"}, append(login, "S: +", "C: "+encodedPwd, "S: +OK")...)...), "AUTH LOGIN", 0},
		{"PLAIN at once alone", capable("SASL PLAIN", "C: AUTH PLAIN", "S: -ERR syntax", atOnce, "S: +OK"), "AUTH PLAIN", 0},
		{"PLAIN at once, asked once more", capable("SASL PLAIN", "C: AUTH PLAIN", "S: -ERR syntax", atOnce, "S: +", "C: "+plainly, "S: +OK"), "AUTH PLAIN", 0},
		{"PLAIN at once, refused", capable("SASL PLAIN", "C: AUTH PLAIN", "S: -ERR syntax", atOnce, "S: -ERR no"), "", pop3.Auth},
		{"PLAIN for now refused by its name", capable(only, "C: AUTH PLAIN", "S: -ERR [SYS/TEMP] no"), "", pop3.Temporary},
		{"LOGIN", capable("SASL LOGIN", append(login, "S: + "+encode("Password:"), "C: "+encodedPwd, "S: +OK")...), "AUTH LOGIN", 0},
		{"LOGIN refused at the user", capable("SASL LOGIN", append(login, "S: -ERR [AUTH] no")...), "", pop3.Auth},
		{"LOGIN refused", capable("SASL LOGIN", append(login, "S: +", "C: "+encodedPwd, "S: -ERR")...), "", pop3.Auth},
		{"LOGIN withdrawn", capable("SASL LOGIN", "C: AUTH LOGIN", "S: -ERR"), "", pop3.Permanent},
		{"LOGIN accepted too early", capable("SASL LOGIN", append(login, "S: +OK")...), "", pop3.Protocol},
		{"LOGIN, asked for ever", capable("SASL LOGIN", append(login, "S: +", "C: "+encodedPwd, "S: +")...), "", pop3.Protocol},
		{"none that is known", capable("SASL CRAM-MD5", "C: USER me", "S: +OK", "C: PASS secret", "S: +OK"), "USER", 0},
		{"USER where it will do", capable("USER, SASL PLAIN", "C: USER me", "S: +OK", "C: PASS secret", "S: +OK"), "USER", 0},
		{"USER refused", capable("USER, SASL PLAIN", append(userRefused, plain("S: +OK")...)...), "AUTH PLAIN", 0},
		{"both refused", capable("USER, SASL PLAIN", append(userRefused, plain("S: -ERR")...)...), "", pop3.Auth},
		{"USER refused, nothing else", capable("USER, SASL CRAM-MD5", userRefused...), "", pop3.Auth},
		{"the user refused", capable("USER, SASL PLAIN", "C: USER me", "S: -ERR [AUTH] no"), "", pop3.Auth},
		{"USER refused for now", capable("USER, SASL PLAIN", "C: USER me", "S: -ERR [SYS/TEMP] no"), "", pop3.Temporary},
		{"USER refused for now, in words", capable("USER, SASL PLAIN", "C: USER me", "S: -ERR try again later"), "", pop3.Temporary},
		{"PASS refused", capable("USER, SASL PLAIN", "C: USER me", "S: +OK", "C: PASS secret", "S: -ERR unknown command"), "", pop3.Auth},
	} {
		a.run(t, func(*pop3.Options) {})
		a.name += ", by auth plain"
		a.run(t, func(o *pop3.Options) { o.Auth = pop3.AuthPlain })
	}
}

// TestPasswordBySASLAhead has what was sent ahead refused as well, before
// AUTH takes over.
func TestPasswordBySASLAhead(t *testing.T) {
	const capabilities = "PIPELINING, USER, SASL PLAIN"
	tls := func(transcript ...string) []string { return append([]string{"TLS"}, transcript...) }
	ahead := []string{"C: USER me", "C: PASS secret", "C: STAT", "C: UIDL", "C: LIST", "S: -ERR unknown command"}
	refused := slices.Concat(ahead, []string{"S: -ERR USER first", "S: -ERR", "S: -ERR", "S: -ERR"})
	alone := []string{"C: AUTH PLAIN", "S: +", "C: " + plainly}
	taken := []string{alone[0], alone[1], alone[2], "C: STAT", "C: UIDL", "C: LIST", "S: +OK", "S: +OK 0 0", "S: +OK", "S: .", "S: +OK", "S: ."}
	for _, a := range []attempt{
		{"taken over", tls(capable(capabilities, slices.Concat(refused, taken)...)...), "AUTH PLAIN", 0},
		{"PASS refused", tls(capable(capabilities, append(ahead, "S: -ERR [AUTH] no")...)...), "", pop3.Auth},
		{"PASS accepted", tls(capable(capabilities, append(ahead, "S: +OK")...)...), "", pop3.Auth},
		{"nothing ahead in the clear", capable("PIPELINING, SASL PLAIN", append(slices.Clone(alone), "S: +OK")...), "AUTH PLAIN", 0},
		{"asked once more", tls(capable("PIPELINING, SASL PLAIN", append(slices.Clone(taken[:6]), "S: +")...)...), "", pop3.Protocol},
	} {
		a.run(t, func(o *pop3.Options) { o.ListAhead = true })
	}
	t.Run("capabilities by user", func(t *testing.T) {
		by := "PIPELINING, USER, SASL PLAIN, EXPIRE 30 USER"
		again := []string{"S: +OK", "S: EXPIRE NEVER", "S: ."}
		inTurn := []string{alone[0], alone[1], alone[2], "S: +OK", "C: STAT", "S: +OK 0 0", "C: UIDL", "S: +OK", "S: .", "C: LIST", "S: +OK", "S: ."}
		o := trusting(play(t, tls(capable(by, slices.Concat(
			[]string{"C: USER me", "C: PASS secret", "C: CAPA", "C: STAT", "C: UIDL", "C: LIST", "S: -ERR what?", "S: -ERR"}, again,
			[]string{"S: -ERR", "S: -ERR", "S: -ERR"}, inTurn)...)...)...), pop3.TLSImplicit)
		o.ListAhead = true
		s := dial(t, o)
		if l, err := s.List(t.Context()); err != nil || len(l.Entries) != 0 {
			t.Errorf("%+v, %v", l, err)
		}
		if c := s.Capabilities(); !c.Expire.Never || !c.OffersSASL("PLAIN") || c.Pipelining {
			t.Errorf("%+v", c)
		}
	})
}

func TestSASLOrAPOP(t *testing.T) {
	over := func(capabilities string, login ...string) []string {
		transcript := capable(capabilities, login...)
		transcript[0] = "S: +OK " + stamp
		return transcript
	}
	tls := []string{"TLS"}
	plain := []string{"C: AUTH PLAIN", "S: +", "C: " + encode("\x00mrose\x00tanstaaf"), "S: +OK"}
	for _, a := range []attempt{
		{"SASL over TLS", append(tls, over("SASL PLAIN", plain...)...), "AUTH PLAIN", 0},
		{"APOP over TLS", append(tls, over("SASL CRAM-MD5", "C: APOP mrose "+digest, "S: +OK")...), "APOP", 0},
		{"APOP in the clear", over("SASL PLAIN", "C: APOP mrose "+digest, "S: +OK"), "APOP", 0},
		{"APOP refused", over("SASL PLAIN", "C: APOP mrose "+digest, "S: -ERR", plain[0], plain[1], plain[2], plain[3]), "AUTH PLAIN", 0},
	} {
		a.run(t, func(o *pop3.Options) { o.User, o.Password = "mrose", "tanstaaf" })
	}
}

// TestLongInitialResponse is on a line of its own from where the command
// would be longer than RFC 2449 has it.
func TestLongInitialResponse(t *testing.T) {
	// Three octets are four in base64; with "AUTH PLAIN " and CRLF, 180 come to 253.
	for n, oneLine := range map[int]bool{177: true, 178: true, 180: true, 181: false, 1000: false} {
		password := strings.Repeat("p", n-len("\x00me\x00"))
		response := encode("\x00me\x00" + password)
		login := []string{"C: AUTH PLAIN", "S: -ERR syntax", "C: AUTH PLAIN " + response, "S: +OK"}
		if !oneLine {
			login = []string{"C: AUTH PLAIN", "S: -ERR syntax", "C: AUTH PLAIN", "S: -ERR syntax"}
		}
		o := play(t, capable("SASL PLAIN", login...)...)
		o.Password = password
		if s, err := pop3.Dial(t.Context(), o); (err == nil) != oneLine {
			t.Errorf("%d octets: %v", n, err)
		} else if err == nil {
			t.Cleanup(func() { _ = s.Abort() })
		}
	}
}

func TestTokensThatCannotWork(t *testing.T) {
	for name, token := range map[string]string{"none": "", "CRLF": "a\r\nDELE 1", "^A": "a\x01", "a blank": "a b"} {
		o := pop3.Options{Host: "127.0.0.1", User: "me", Auth: pop3.AuthXOAUTH2, Token: token, Dial: unconnected(t)}
		if _, err := pop3.Dial(t.Context(), o); err == nil {
			t.Errorf("%s: no error", name)
		} else {
			wantKind(t, err, pop3.Permanent)
		}
	}
}

func TestTokenDoesNotLeaveInTheClear(t *testing.T) {
	o := through(play(t, "S: +OK"))
	o.Auth, o.Token = pop3.AuthXOAUTH2, oauthToken
	_, err := pop3.Dial(t.Context(), o)
	wantKind(t, err, pop3.Permanent)

	o = through(play(t, capable("SASL XOAUTH2", "C: AUTH XOAUTH2", "S: +", "C: "+bearer, "S: +OK")...))
	o.Auth, o.Token, o.AllowPlaintext = pop3.AuthXOAUTH2, oauthToken, true
	dial(t, o)
}
