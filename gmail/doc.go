// Package gmail puts messages into one Gmail mailbox through the Gmail API:
// imports, labels, look-ups by Message-ID, and the OAuth tokens for them.
//
// Every failure is an *[Error] whose [Kind] says what it means for the
// message. What decides between [Passing] and [InDoubt] is whether the body of
// a request that can commit was handed over to its end: the client follows
// each request below the API library, in its transport.
package gmail
