package app_test

import (
	"net/http"
	"time"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// gmailFault is something that goes wrong with a request, and what that does.
type gmailFault struct {
	name  string
	stage gmailtest.Stage
	fault func(now time.Time) *gmailtest.Fault
	effect
	// slow tells that each strike takes a second or more.
	slow bool
}

const (
	unread      = gmailtest.StageBefore
	inBody      = gmailtest.StageBody
	uncommitted = gmailtest.StageCommit
	unanswered  = gmailtest.StageAnswer
)

// The effects that many faults have.
var (
	// lostEarly: no answer came, and whether the body did, depends.
	lostEarly = effect{ask: "0/69", start: "0/69", chunk: "0/", last: "0|75/", whole: "0|75/69|75", look: "0|69/", token: "0/69"}
	// lostBody: the same, of exchanges that have a body.
	lostBody = effect{start: "0/", chunk: "0/", last: "0|75/", whole: "0|75/", token: "0/"}
	// lostLate: no answer came after Gmail did what it was asked.
	lostLate = effect{ask: "0/69", start: "0/", chunk: "0/", last: "0|75/", whole: "75/75", look: "0|69/", token: "0/69"}
	// unusable: an answer that says nothing came after that.
	unusable = effect{ask: "0/", start: "0/", chunk: "0|75/", last: "75/", whole: "75/", look: "69/", token: "0/"}
	// sayingNothing: the same, but that to a search it says: nothing found.
	sayingNothing = effect{ask: "0/", start: "0/", chunk: "0|75/", last: "75/", whole: "75/", token: "0/"}
	// later: Gmail says that it did nothing, and that it would later.
	later = effect{ask: "0/69", start: "0/69", chunk: "0/", last: "0|75/", whole: "0|75/69|75", look: "69/", token: "0/69"}
	// limited: Gmail is asked too often.
	limited = effect{ask: "0/75", start: "0/75", chunk: "0/", last: "0/", whole: "0/75", look: "75/"}
	// notNow: Gmail asks for more time than a run has.
	notNow = effect{ask: "75/", start: "75/", chunk: "75/", last: "75/", whole: "75/", look: "75/", token: "75/"}
	// person: a person must act.
	person = effect{ask: "77/77", start: "77/77", chunk: "77/", last: "77/77", whole: "77/77", look: "77/"}
	// elsewhere: Gmail points to another server.
	elsewhere = effect{ask: "78/78", start: "78/", chunk: "78/", last: "78/", whole: "78/78", look: "78/", token: "78/78"}
)

func always(f *gmailtest.Fault) func(time.Time) *gmailtest.Fault {
	return func(time.Time) *gmailtest.Fault { return f }
}

func answered(status int, body string, header ...string) func(time.Time) *gmailtest.Fault {
	f := &gmailtest.Fault{Status: status, Body: body, Header: http.Header{"Content-Type": {"application/json"}}}
	for i := 0; i < len(header); i += 2 {
		f.Header.Set(header[i], header[i+1])
	}
	return always(f)
}

func refusal(status int, reason, message string) func(time.Time) *gmailtest.Fault {
	return always(gmailtest.Refuse(status, reason, message))
}

// askingFor is an answer with a Retry-After that depends on the time.
func askingFor(status int, wait func(now time.Time) string) func(time.Time) *gmailtest.Fault {
	return func(now time.Time) *gmailtest.Fault {
		f := gmailtest.Refuse(status, "rateLimitExceeded", "Rate Limit Exceeded")
		f.Header.Set("Retry-After", wait(now))
		return f
	}
}

func seconds(s string) func(time.Time) string { return func(time.Time) string { return s } }

func at(d time.Duration) func(time.Time) string {
	return func(now time.Time) string { return now.Add(d).UTC().Format(http.TimeFormat) }
}

// gmailFaults are the faults that are tried at each exchange.
func gmailFaults() (all []gmailFault) {
	all = append(all, cutConnections()...)
	all = append(all, garbledAnswers()...)
	all = append(all, refusedRequests()...)
	return append(all, delayedRequests()...)
}

// cutConnections are connections that are cut, or over which nothing comes.
func cutConnections() (all []gmailFault) {
	for _, c := range []struct {
		name  string
		fault *gmailtest.Fault
		slow  bool
	}{
		{"cut", gmailtest.Cut(), false},
		{"reset", gmailtest.Reset(), false},
		{"stalled", gmailtest.Stall(), true},
	} {
		late, early := lostLate, lostEarly
		if c.slow { // a chunk's retries end by the time-out
			late.last = "75/"
		}
		all = append(all,
			gmailFault{c.name + " before", unread, always(c.fault), early, c.slow},
			gmailFault{c.name + " in the body", inBody, always(&gmailtest.Fault{After: 100, Close: c.fault.Close, Reset: c.fault.Reset, Stall: c.fault.Stall}), lostBody, c.slow},
			gmailFault{c.name + " before the commit", uncommitted, always(c.fault), effect{last: "0|75/", whole: "75/75"}, c.slow},
			gmailFault{c.name + " before the answer", unanswered, always(c.fault), late, c.slow})
	}
	return all
}

// garbledAnswers are those that Gmail gave in vain.
func garbledAnswers() []gmailFault {
	return []gmailFault{
		{"answer cut", unanswered, always(gmailtest.Truncated()), unusable, false},
		{"page of HTML", unanswered, always(gmailtest.HTML()), unusable, false},
		{"empty answer", unanswered, answered(200, ""), unusable, false},
		{"no content", unanswered, answered(204, ""), unusable, false},
		{"null", unanswered, answered(200, "null"), unusable, false},
		{"empty object", unanswered, answered(200, "{}"), sayingNothing, false},
		{"array", unanswered, answered(200, `[{"id":"1"}]`), unusable, false},
		{"string", unanswered, answered(200, `"done"`), unusable, false},
		{"empty id", unanswered, answered(200, `{"id":"","labels":[{"name":"Mail"}],"messages":[{}],"raw":"","access_token":""}`), unusable, false},
		{"null members", unanswered, answered(200, `{"id":null,"labels":[null],"messages":[null],"raw":null,"access_token":null}`), unusable, false},
		{"other types", unanswered, answered(200, `{"id":{},"labels":{"id":1},"messages":"none","raw":[],"access_token":7}`), unusable, false},
		{"shorter than announced", unanswered, always(gmailtest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"id\":\"19a\"}")), unusable, false},
		{"longer than announced", unanswered, always(gmailtest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{\"id\":\"19a\"}")), unusable, false},
		{"no HTTP", unanswered, always(gmailtest.Raw("220 mail.example.com ESMTP\r\n")), unusable, false},
		{"two lengths", unanswered, always(gmailtest.Raw("HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n{}\r\n")), unusable, false},
		{"no gzip", unanswered, answered(200, `{"id":"19a"}`, "Content-Encoding", "gzip"), unusable, false},
		{"trickle without end", unanswered, always(&gmailtest.Fault{Status: 200, Body: string(make([]byte, 1000)), Trickle: 100 * time.Millisecond}), unusable, true},
		{"slow answer", unanswered, always(gmailtest.Trickling(time.Millisecond)), effect{ask: "0/", start: "0/", chunk: "0/", last: "0/", whole: "0/", look: "0/", token: "0/"}, false},
	}
}

// refusedRequests are refused before their bodies are read.
func refusedRequests() []gmailFault {
	const x = "https://elsewhere.example.com/x"
	bare := effect{ask: "77|78/", start: "0/65", last: "0/65", whole: "0/77|65", look: "77/"}
	listed := effect{start: "65/65", last: "65/65", whole: "65/65"}
	return []gmailFault{
		{"301", unread, answered(301, "", "Location", x), elsewhere, false},
		{"302", unread, answered(302, "", "Location", x), elsewhere, false},
		{"307", unread, answered(307, "", "Location", x), elsewhere, false},
		{"308", unread, answered(308, "", "Location", x), elsewhere, false},
		{"302 to nowhere", unread, answered(302, ""), person, false},
		{"304", unread, answered(304, ""), person, false},
		{"308 to nowhere", unread, answered(308, ""), effect{ask: "77/", start: "77/", chunk: "0/", last: "0/69", whole: "77/77", look: "77/"}, false},
		{"400", unread, answered(400, ""), bare, false},
		{"400 badRequest", unread, refusal(400, "badRequest", "Bad Request"), bare, false},
		{"400 Invalid attachment", unread, refusal(400, "invalidArgument", "Invalid attachment"), listed, false},
		{"400 single From", unread, refusal(400, "invalidArgument", "Expected a single 'From' header"), listed, false},
		{"400 Invalid label", unread, refusal(400, "invalidArgument", "Invalid label: Label_7"), effect{start: "78/78", last: "78/78", whole: "78/78"}, false},
		{"400 labelId not found", unread, refusal(400, "invalidArgument", "labelId not found"), effect{start: "78/78", last: "78/78", whole: "78/78"}, false},
		{"400 failedPrecondition", unread, refusal(400, "failedPrecondition", "Mail service not enabled"), person, false},
		{"401", unread, refusal(401, "authError", "Invalid Credentials"), effect{ask: "0/77", start: "0/77", chunk: "0/77", last: "0/77", whole: "0/77", look: "0/77"}, false},
		{"403 rateLimitExceeded", unread, refusal(403, "rateLimitExceeded", "Rate Limit Exceeded"), limited, false},
		{"403 userRateLimitExceeded", unread, refusal(403, "userRateLimitExceeded", "User Rate Limit Exceeded"), limited, false},
		{"403 insufficientPermissions", unread, refusal(403, "insufficientPermissions", "Insufficient Permission"), person, false},
		{"403 domainPolicy", unread, refusal(403, "domainPolicy", "The domain administrators have disabled Gmail apps."), person, false},
		{"403 unlisted", unread, refusal(403, "forbidden", "No"), person, false},
		{"403 bare", unread, answered(403, ""), person, false},
		{"404", unread, refusal(404, "notFound", "Not Found"), effect{ask: "77/77", start: "77/", chunk: "0/", last: "0/", whole: "77/77"}, false},
		{"405", unread, answered(405, ""), person, false},
		{"408", unread, answered(408, ""), later, false},
		{"409", unread, refusal(409, "aborted", "Conflict"), effect{start: "77/", chunk: "77/", last: "77/", whole: "77/77", look: "77/"}, false},
		{"410", unread, refusal(410, "gone", "Gone"), effect{chunk: "0/", last: "0/"}, false},
		{"413", unread, refusal(413, "uploadTooLarge", "Too large"), listed, false},
		{"418", unread, answered(418, "short and stout"), person, false},
	}
}

// delayedRequests are those that Gmail wants to have later.
func delayedRequests() []gmailFault {
	return []gmailFault{
		{"429", unread, refusal(429, "rateLimitExceeded", "Rate Limit Exceeded"), limited, false},
		{"429 bare", unread, answered(429, ""), limited, false},
		{"429 after 0 s", unread, askingFor(429, seconds("0")), limited, false},
		{"429 after 1 s", unread, askingFor(429, seconds("1")), effect{whole: "0/"}, false},
		{"429 after -5 s", unread, askingFor(429, seconds("-5")), limited, false},
		{"429 after soon", unread, askingFor(429, seconds("soon")), limited, false},
		{"429 after a past date", unread, askingFor(429, at(-time.Hour)), limited, false},
		{"429 after a coming date", unread, askingFor(429, at(2*time.Hour)), notNow, false},
		{"429 after 1 h", unread, askingFor(429, seconds("3600")), notNow, false},
		{"429 after 10 years", unread, askingFor(429, seconds("315360000")), notNow, false},
		{"429 after 10^20 s", unread, askingFor(429, seconds("100000000000000000000")), limited, false},
		{"500", unread, answered(500, ""), later, false},
		{"502", unread, answered(502, "<html>Bad Gateway"), later, false},
		{"503", unread, always(gmailtest.Unavailable()), later, false},
		{"503 after 10 min", unread, askingFor(503, seconds("600")), effect{ask: "69/", start: "69/", chunk: "69/", last: "69|75/", whole: "69|75/", look: "69/", token: "69/"}, false},
		{"504", unread, answered(504, ""), later, false},
		{"500 after the commit", unanswered, answered(500, ""), effect{last: "0|75/", whole: "75/75"}, false},
		{"503 after the commit", unanswered, always(gmailtest.Unavailable()), effect{last: "0|75/", whole: "75/75"}, false},
	}
}
