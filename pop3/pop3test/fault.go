package pop3test

import "time"

// Event is a step of a session, before it takes place.
type Event struct {
	// Session counts connections from 1, over the server's whole life.
	Session int
	// Command is "connect" (before anything was sent), "tls" (before a
	// handshake), "greeting", "response" (a line of the client's after AUTH), or
	// a command in capitals, also an unknown one.
	Command string
	// Argument is what follows the command; "***" where it is a secret.
	Argument string
	// Number is the message number in the argument, of a response how many
	// there are of this AUTH, or 0.
	Number int
	// UID is the unique id of message Number; empty where there is none.
	UID string
	// User is whose mailbox is open; empty before the login.
	User string
	// Ahead tells that the command had come before the one before it was
	// answered.
	Ahead bool
}

// FaultKind is a way to go wrong.
type FaultKind int

// The kinds of fault. Those marked "undone" keep the command from having an
// effect: a DELE marks nothing, a QUIT removes nothing, a PASS logs nobody in, and what
// follows a response is a command.
// Before a reply ("connect", "tls") each is Close, Reset, Stall, Reply or Garble;
// at "tls" also Cut or Freeze, of the server's part of the handshake.
const (
	// NoFault lets all go well.
	NoFault FaultKind = iota
	// Close ends the connection before the reply. Undone.
	Close
	// Reset ends it with a RST instead. Undone.
	Reset
	// Stall says nothing until the client or the server closes. Undone.
	Stall
	// Reply sends Raw instead of the reply. Undone, unless Raw begins with "+OK".
	Reply
	// Garble sends N bytes (0: 64) that are no POP3, and a CRLF. Undone.
	Garble
	// Cut ends the connection after N bytes of the reply.
	Cut
	// Truncate sends only N bytes of a multi-line reply's lines, but ends it
	// well.
	Truncate
	// NoFinalDot leaves out the last line, and stalls.
	NoFinalDot
	// DoneClose lets the command have its effect, then ends the connection
	// without a reply: a QUIT that removes the messages, but never says so.
	DoneClose
	// Trickle sends the reply N bytes (0: 1) every Interval.
	Trickle
	// Freeze stalls after N bytes of the reply.
	Freeze
	// Insert sends Raw after the first N lines of the reply, and goes on.
	Insert
)

// Fault is what goes wrong at a step.
type Fault struct {
	Kind FaultKind
	// Raw is what Reply sends, line ends included.
	Raw []byte
	// N is a number of bytes, as the kind says.
	N int
	// Interval is the pause of Trickle.
	Interval time.Duration
	// Close ends the connection after Reply, Garble, Truncate, NoFinalDot (which then
	// doesn't stall), Trickle and Insert.
	Close bool
	// RST has what ends the connection end it with a RST. The client may lose
	// what it was sent just before.
	RST bool
}

// undoes tells whether the command is kept from having its effect.
func (f Fault) undoes() bool {
	switch f.Kind {
	case Close, Reset, Stall, Garble:
		return true
	case Reply:
		return len(f.Raw) < 3 || string(f.Raw[:3]) != "+OK"
	default:
		return false
	}
}
