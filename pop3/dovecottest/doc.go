// Package dovecottest runs a real Dovecot 2.3 as a POP3 server for tests: one
// instance per call of Start, on ports of the loopback interface, with mail in
// Maildir folders of its own that the test fills and reads.
//
// It needs Dovecot's POP3 part installed (dovecot-pop3d on Debian), and works
// as root and as an ordinary user.
package dovecottest
