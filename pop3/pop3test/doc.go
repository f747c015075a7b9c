// Package pop3test is a POP3 server (RFC 1939, 2449, 2595, 3206, 5034) within the
// process, for tests and demonstrations. It serves mail from memory byte for
// byte, counts what its clients cost it, and fails wherever and however a
// test asks for.
package pop3test
