package pop3

// Entry is one message of a Listing.
type Entry struct {
	// Number is the message number, valid within the session that listed it
	// (RFC 1939, section 3).
	Number int
	// UID is the unique id exactly as the server sent it: any octets but
	// space, CR and LF, up to 1 KB. It is empty where the server has no UIDL.
	UID string
	// Size is the size in octets that LIST announced. Servers err in it.
	Size int64
}

// Listing is what UIDL and LIST say together, cross-checked against STAT.
type Listing struct {
	// Entries are the messages that UIDL and LIST agree on, by number.
	Entries []Entry
	// Octets is the sum of the entries' sizes.
	Octets int64
	// HasUIDL tells whether the server has the UIDL command.
	HasUIDL bool
	// Flaw says where STAT, LIST and UIDL disagree, and is empty when they
	// don't. On the strength of a flawed listing nothing may be deleted and
	// nothing forgotten.
	Flaw string
}
