package pop3

import "time"

const (
	// defaultTimeout is the longest wait for progress.
	defaultTimeout = 60 * time.Second
	// minProgress is how many octets have to arrive within a timeout: a byte
	// now and then would otherwise hold the mailbox locked for ever.
	minProgress = 1 << 10
	// bufferSize holds the longest line that is looked at as a line, and
	// several records of TLS.
	bufferSize = 64 << 10
	// maxLine limits a status line, CRLF included. RFC 2449, section 4, asks
	// for 512; lines of over 2 KB are seen in practice.
	maxLine = 8 << 10
	// maxAuthCommand limits an AUTH command, CRLF included. A longer one goes
	// in two lines (RFC 2449, section 4; RFC 5034, section 4).
	maxAuthCommand = 255
	// maxUID limits a unique id. RFC 1939, section 7, asks for 70.
	maxUID = 1 << 10
	// maxEntries limits how many messages a listing may have. All that is
	// known of one takes about 2 KB of memory in a run.
	maxEntries = 250_000
	// maxListing limits the octets of a listing: that many UIDs as long as
	// RFC 1939 allows, and half as long again.
	maxListing = 32 << 20
	// maxNumber limits message numbers.
	maxNumber = 1<<31 - 1
	// maxSize limits a size in LIST, so that all of a listing can be summed.
	maxSize = 1 << 40
	// maxCapabilities limits the octets of an answer to CAPA.
	maxCapabilities = 64 << 10
	// defaultMaxMessage is a little over the largest message that Gmail takes.
	defaultMaxMessage = 160 << 20
	// maxHeader limits what TOP gives. Servers that ignore its argument give
	// whole messages.
	maxHeader = 16 << 20
	// maxWindow is how many commands may be outstanding. RETR and TOP need
	// fewer than 28 octets each, so a window fits 4 KB, which a server's
	// receive buffer takes while nobody reads the answers.
	maxWindow = 128
	// maxReplyText limits what is shown of a server's words, in characters.
	maxReplyText = 200
)
