package app_test

import (
	"fmt"
	"slices"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// popStep is a step of the POP3 dialogue.
type popStep struct {
	name, command string
	// nth is which of the commands in a session, counted from 0.
	nth    int
	server pop3test.Options
	// key is one of the configuration.
	key string
	// login tells that the step comes after the login, so that accounts can
	// share a server and only one is struck.
	login bool
	// phases are those in which the step comes; 0 is all.
	phases phase
	faults []popFault
}

// popFault is a way to go wrong at a step.
type popFault struct {
	name  string
	fault pop3test.Fault
	// exit is that of a run in which it goes wrong each time, or either.
	exit int
	// waits tells that the client can do no more than wait for its timeout,
	// or for the mailbox.
	waits bool
	// settles is how many ordinary runs put it right; 0 is one.
	settles int
	// vary makes it another fault in each session: what is the same twice
	// counts as what the server has.
	vary bool
	// akin tells that it differs from another one at its step in kind only.
	akin bool
}

// either is 0 or 69: the client may have had its answer before the end.
const either = -1

// with gives the faults that a run survives differently.
func with(exit int, faults ...[]popFault) (out []popFault) {
	for _, f := range slices.Concat(faults...) {
		f.exit = exit
		out = append(out, f)
	}
	return out
}

func settling(runs int, faults []popFault) (out []popFault) {
	for _, f := range faults {
		f.settles = runs
		out = append(out, f)
	}
	return out
}

// ends are the ends of a connection before a reply.
func ends() []popFault {
	return []popFault{
		{name: "closed", fault: pop3test.Fault{Kind: pop3test.Close}, exit: 69},
		{name: "reset", fault: pop3test.Fault{Kind: pop3test.Reset}, exit: 69, akin: true},
		{name: "silent", fault: pop3test.Fault{Kind: pop3test.Stall}, exit: 69, waits: true},
	}
}

// done are the ends of a connection in place of the reply to a command that
// had its effect.
func done() []popFault {
	return []popFault{
		{name: "done and closed", fault: pop3test.Fault{Kind: pop3test.DoneClose}, exit: 69},
		{name: "done and reset", fault: pop3test.Fault{Kind: pop3test.DoneClose, RST: true}, exit: 69, akin: true},
		{name: "done and silent", fault: pop3test.Fault{Kind: pop3test.Freeze}, exit: 69, waits: true},
	}
}

// within are the ends of a connection after n octets of a reply.
func within(n int) []popFault {
	return []popFault{
		{name: "cut", fault: pop3test.Fault{Kind: pop3test.Cut, N: n}, exit: 69},
		{name: "reset", fault: pop3test.Fault{Kind: pop3test.Cut, N: n, RST: true}, exit: 69, akin: true},
		{name: "silent", fault: pop3test.Fault{Kind: pop3test.Freeze, N: n}, exit: 69, waits: true},
	}
}

// undotted are replies without their final dot.
func undotted() []popFault {
	return []popFault{
		{name: "closed", fault: pop3test.Fault{Kind: pop3test.NoFinalDot, Close: true}, exit: 69},
		{name: "reset", fault: pop3test.Fault{Kind: pop3test.NoFinalDot, Close: true, RST: true}, exit: 69, akin: true},
		{name: "silent", fault: pop3test.Fault{Kind: pop3test.NoFinalDot}, exit: 69, waits: true},
	}
}

// varying makes faults of another octet in each session.
func varying(faults []popFault) []popFault {
	for i := range faults {
		faults[i].vary = true
	}
	return faults
}

// short is a reply that ends well after n octets of its lines.
func short(n int) []popFault {
	return []popFault{{name: "short", fault: pop3test.Fault{Kind: pop3test.Truncate, N: n}, exit: 69}}
}

func replied(name, raw string, exit int) popFault {
	return popFault{name: name, fault: pop3test.Fault{Kind: pop3test.Reply, Raw: []byte(raw)}, exit: exit}
}

func akin(faults ...popFault) []popFault {
	for i := range faults {
		faults[i].akin = true
	}
	return faults
}

// garbled are replies that are none.
func garbled() []popFault {
	return append([]popFault{{name: "junk", fault: pop3test.Fault{Kind: pop3test.Garble}, exit: 69}}, akin(
		replied("an empty line", "\r\n", 69),
		replied("NULs", "\x00\x00+OK\r\n", 69),
		replied("a bare LF", "+OK\n", 69))...)
}

// listing is the reply to LIST.
func listing() []popFault {
	return []popFault{replied("the answer to LIST", "+OK 2 messages\r\n1 100\r\n2 100\r\n.\r\n", 69)}
}

// single is the reply to USER where one of more lines is awaited.
func single() []popFault {
	f := replied("the answer to USER", "+OK send PASS\r\n", 69)
	f.waits = true
	return []popFault{f}
}

// codes are refusals: plain is the exit code of one that says no more.
func codes(plain int) (out []popFault) {
	for _, c := range []struct {
		code string
		exit int
	}{{"", plain}, {"[X-UNKNOWN] ", plain}, {"[SYS/TEMP] ", 69}, {"[SYS/PERM] ", 77}, {"[AUTH] ", plain},
		{"[IN-USE] ", 75}, {"[LOGIN-DELAY] ", 75}} {
		f := replied("-ERR "+c.code, "-ERR "+c.code+"no \x00\x1b[31m\x07\x9b1m\u202e\r\n", c.exit)
		f.waits, f.akin = c.exit == 75, c.code != ""
		out = append(out, f)
	}
	return out
}

// inserted are lines within a listing that are none of it.
func inserted() (out []popFault) {
	for _, line := range []string{"", "junk", "\x00\x00", "+OK 2 200", "-ERR [IN-USE] no"} {
		out = append(out, popFault{name: fmt.Sprintf("%q inserted", line), exit: 69, akin: line != "",
			fault: pop3test.Fault{Kind: pop3test.Insert, N: 2, Raw: []byte(line + "\r\n")}})
	}
	return out
}

// popSteps are all steps of the dialogue, in its order.
func popSteps() []popStep {
	plain := pop3test.Options{TLS: pop3test.ImplicitTLS, Pipelining: true}
	stls, apop := plain, plain
	stls.TLS, apop.APOP = pop3test.STLS, true
	all := slices.Concat[[]popFault]
	opening := []popStep{
		{name: "connect", command: "connect", server: plain, faults: ends()},
		{name: "handshake", command: "tls", server: plain, faults: all(ends(), with(77, garbled()[:1]))},
		{name: "in the handshake", command: "tls", server: plain, faults: within(60)},
		{name: "greeting", command: "greeting", server: plain, faults: all(ends(), garbled(), listing(), codes(69))},
		{name: "in the greeting", command: "greeting", server: plain, faults: within(7)},
		{name: "CAPA", command: "CAPA", server: plain, faults: all(ends(), garbled(), single(), with(0, listing(), codes(0)))},
		{name: "in CAPA", command: "CAPA", server: plain, faults: all(within(40), undotted(), with(0, short(8), inserted()))},
		{name: "USER", command: "USER", server: plain, faults: all(ends(), garbled(), listing(), codes(77))},
		{name: "PASS", command: "PASS", server: plain, faults: all(ends(), done(), garbled(), listing(), codes(77))},
	}
	opening = append(opening, serving(stls, `tls = "starttls"`,
		popStep{name: "STLS", command: "STLS", faults: all(ends(), garbled(), listing(), codes(77))},
		popStep{name: "handshake after STLS", command: "tls", faults: all(ends(), within(60))},
		popStep{name: "CAPA after STLS", command: "CAPA", faults: all(ends(), within(40), garbled(), single(), with(0, codes(0)))})...)
	opening = append(opening, serving(apop, `auth = "apop"`,
		popStep{name: "APOP", command: "APOP", faults: all(ends(), done(), garbled(), listing(), codes(77))})...)
	return append(opening, transactionSteps()...)
}

// serving gives the steps a server and a key of the configuration.
func serving(server pop3test.Options, key string, steps ...popStep) []popStep {
	for i := range steps {
		steps[i].server = server
		steps[i].key = key
	}
	return steps
}

// transactionSteps are the steps after the login.
func transactionSteps() []popStep {
	all := slices.Concat[[]popFault]
	broken := all(ends(), garbled())
	steps := []popStep{
		{name: "STAT", command: "STAT", faults: all(broken, listing(), []popFault{replied("the answer to USER", "+OK send PASS\r\n", 69)}, codes(69))},
		{name: "UIDL", command: "UIDL", faults: all(broken, single(), with(either, listing()), codes(69))},
		{name: "in UIDL", command: "UIDL", faults: all(within(25), undotted(), short(9), inserted())},
		{name: "LIST", command: "LIST", faults: all(broken, single(), with(either, listing()), codes(69))},
		{name: "in LIST", command: "LIST", faults: all(within(25), undotted(), short(7), with(either, short(10)), inserted())},
		{name: "probing TOP", command: "TOP", phases: phaseFirst, faults: with(0, broken, single(), listing(), codes(0), within(60), undotted(), short(60))},
		{name: "TOP", command: "TOP", phases: afterwards, faults: with(0, broken, single(), codes(0))},
		{name: "in TOP", command: "TOP", phases: afterwards, faults: with(0, within(60), undotted())},
		// After these, TOP isn't believed any more.
		{name: "in TOP, each time", command: "TOP", phases: phaseAlways, faults: with(0, settling(3, all(listing(), short(60))))},
		{name: "in TOP, the first time", command: "TOP", phases: phaseOnce, faults: with(0, settling(3, all(listing(), short(60))))},
		{name: "RETR", command: "RETR", faults: all(broken, single(), varying(listing()), codes(69))},
		{name: "in a header", command: "RETR", faults: all(within(60), varying(short(60)))},
		{name: "in a body", command: "RETR", faults: all(within(300), varying(short(250)))},
		{name: "before the final dot", command: "RETR", faults: undotted()},
		{name: "between two messages", command: "RETR", nth: 1, faults: all(with(0, ends(), single()), codes(69))},
		{name: "DELE", command: "DELE", phases: afterwards, faults: all(broken, done(), listing(), codes(69))},
		{name: "second DELE", command: "DELE", nth: 1, phases: afterwards, faults: all(broken, done(), listing(), codes(69))},
		{name: "QUIT", command: "QUIT", faults: all(broken, done(), within(2), with(0, listing()), codes(69))},
		{name: "after QUIT", command: "QUIT", faults: with(either, within(100))},
	}
	for i := range steps {
		steps[i].login = true
		steps[i].server.Pipelining = true
	}
	return steps
}
