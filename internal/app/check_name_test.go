package app_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"testing"
)

// resolve has all names be looked up by dial from now on.
func resolve(t *testing.T, dial func(context.Context, string, string) (net.Conn, error)) {
	t.Helper()
	before := net.DefaultResolver
	t.Cleanup(func() { net.DefaultResolver = before })
	net.DefaultResolver = &net.Resolver{PreferGo: true, Dial: dial}
}

// nameServer answers that pop.example.org, mail.example.org and nas are
// 127.0.0.1, and that there is nothing else (RFC 1035).
func nameServer(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe() // no packet conn: messages come as over TCP
	go func() {
		defer server.Close()
		var size [2]byte
		for {
			if _, err := io.ReadFull(server, size[:]); err != nil {
				return
			}
			query := make([]byte, binary.BigEndian.Uint16(size[:]))
			if _, err := io.ReadFull(server, query); err != nil {
				return
			}
			reply := answerTo(query)
			binary.BigEndian.PutUint16(size[:], uint16(len(reply)))
			if _, err := server.Write(append(size[:], reply...)); err != nil {
				return
			}
		}
	}()
	return client, nil
}

func answerTo(query []byte) []byte {
	const header, typeA = 12, 1
	known := []string{"\x03pop\x07example\x03org\x00", "\x04mail\x07example\x03org\x00", "\x03nas\x00"}
	question := query[header:]
	end := strings.IndexByte(string(question), 0) + 1
	reply := append([]byte(nil), query[:header]...)
	reply = append(reply, question[:end+4]...)
	copy(reply[2:], []byte{0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}) // a response to one question
	switch {
	case !slices.Contains(known, strings.ToLower(string(question[:end]))):
		reply[3] |= 3 // NXDOMAIN
	case binary.BigEndian.Uint16(question[end:]) == typeA:
		reply[7] = 1
		reply = append(reply, 0xc0, header, 0, typeA, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1)
	}
	return reply
}

func TestCheckLooksNamesUp(t *testing.T) {
	resolve(t, nameServer)
	h := newHarness(t)
	h.account("shop", `server_name = "localhost"`)
	h.tables[0] = strings.Replace(h.tables[0], `host = "127.0.0.1"`, `host = "pop.example.org"`, 1)
	h.configure()
	h.expectChecks(0, "shop: name          ok       pop.example.org is 127.0.0.1\n", "shop: listing       ok",
		"; it counts for pop.example.org by server_name alone\n")

	h.tables[0] = strings.Replace(h.tables[0], `host = "pop.example.org"`, `host = "pop.example.net"`, 1)
	h.configure()
	h.pop.ResetCounters()
	h.expectChecks(69, "shop: name          failed   there is no host pop.example.net\n        hint: correct host of account shop\n",
		"shop: TLS           -        not tried, nor login, capabilities, listing, retention\n", "default: labels     ok")
	if n := h.pop.Sessions(); n > 0 {
		t.Errorf("there were %d sessions", n)
	}

	resolve(t, func(context.Context, string, string) (net.Conn, error) { return nil, os.ErrDeadlineExceeded })
	h.expectChecks(69, "shop: name          failed   the resolver doesn't answer: lookup pop.example.net", "hint: check this machine's network")
}

// TestANameCheckIsInterrupted at once.
func TestANameCheckIsInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancelCause(t.Context())
	resolve(t, func(ctx context.Context, _, _ string) (net.Conn, error) {
		interrupt(errors.New("enough"))
		<-ctx.Done()
		return nil, ctx.Err()
	})
	h := newHarness(t)
	h.account("shop")
	h.tables[0] = strings.Replace(h.tables[0], `host = "127.0.0.1"`, `host = "pop.example.org"`, 1)
	h.configure()
	h.runWith(ctx, &h.out, "check", "shop")
	if text := h.out.String(); !strings.Contains(text, "shop: name          -        not tried, nor TLS") || strings.Contains(text, "failed") {
		t.Errorf("it says\n%s", text)
	}
}
