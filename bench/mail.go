package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"time"
)

// batch is a number of messages of about one size in octets.
type batch struct{ count, size int }

// backlogMail is what piles up in a mailbox: much that is small, and some with
// attachments.
func backlogMail() []batch { return []batch{{1000, 10_000}, {20, 2_000_000}} }

// written is when the first message was written; each further one is a minute
// younger.
var written = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

// compose is message n of exactly size octets with CRLF line ends: a header as
// a provider leaves it, and an attachment in base64, in lines of 76.
func compose(n, size int) []byte {
	at := written.Add(time.Duration(n) * time.Minute).Format(time.RFC1123Z)
	random := rand.New(rand.NewPCG(uint64(n), uint64(size)))
	var b bytes.Buffer
	b.Grow(size)
	for _, line := range []string{
		fmt.Sprintf("Return-Path: <sender%d@example.com>", n%37),
		"Received: from out.example.com (out.example.com [192.0.2.25])",
		fmt.Sprintf("\tby mx.example.org (Postfix) with ESMTPS id %012X", random.Uint64()>>16),
		"\tfor <shop@example.org>; " + at,
		fmt.Sprintf("Message-ID: <%d.%d.%x@example.com>", n, size, random.Uint64()),
		"Date: " + at,
		fmt.Sprintf("From: Sender %d <sender%d@example.com>", n%37, n%37),
		"To: shop@example.org",
		fmt.Sprintf("Subject: Order no. %d", 10_000+n),
		"MIME-Version: 1.0",
		"Content-Type: application/octet-stream; name=\"order.bin\"",
		"Content-Disposition: attachment; filename=\"order.bin\"",
		"Content-Transfer-Encoding: base64",
		"",
	} {
		b.WriteString(line + "\r\n")
	}
	fill64(&b, random, size)
	return b.Bytes()
}

// fill64 writes lines of 76 characters of base64 up to size octets in all.
func fill64(b *bytes.Buffer, random *rand.Rand, size int) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for left := size - b.Len(); left > 2; left = size - b.Len() {
		n := min(76, left-2)
		if left-2-n < 3 && left-2-n > 0 {
			n = left - 2 - 3 // lest a line end is left that holds nothing
		}
		var bits uint64
		for i := range n {
			if i%10 == 0 {
				bits = random.Uint64()
			}
			b.WriteByte(alphabet[bits&63])
			bits >>= 6
		}
		b.WriteString("\r\n")
	}
}
