// Package pop3 is a POP3 client (RFC 1939, 2449, 2595, 3206, 5034) for taking
// mail off a mailbox without changing a byte of it and without trusting the
// server.
//
// go-pop3 carries the dialogue; beneath it this package guards the
// connection: TLS, deadlines, cancelling, and never more than the one status
// line that is awaited. Listings and messages are read here, strictly, since
// whatever a body may be mistaken for decides which mail is deleted.
//
// Deletions take effect at Quit alone. After any doubt about what the server
// said, the session closes without QUIT, which discards them.
package pop3
