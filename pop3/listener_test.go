package pop3_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/popbridge/popbridge/pop3"
)

// listener starts a server whose one session is what serve makes of it, and
// returns options for it.
func listener(t *testing.T, serve func(net.Conn)) pop3.Options {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		conn.SetDeadline(time.Now().Add(10 * time.Second))
		serve(conn)
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return pop3.Options{
		Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: pop3.TLSNone,
		User: "me", Password: "secret", Pipelining: true, Timeout: 10 * time.Second,
	}
}

// bulk serves a pipelined mailbox of n small messages, whose RETRs have to
// come in writes of no more than 4 KB.
func bulk(t *testing.T, c io.ReadWriter, n int) {
	in, out := bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
	fmt.Fprint(out, "+OK\r\n")
	for {
		if in.Buffered() == 0 {
			out.Flush()
		}
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		if in.Buffered() > 4<<10 {
			t.Errorf("%d octets of commands at once", in.Buffered())
		}
		var number int
		switch {
		case line == "CAPA\r\n":
			fmt.Fprint(out, "+OK\r\nPIPELINING\r\nUIDL\r\n.\r\n")
		case strings.HasPrefix(line, "RETR "):
			fmt.Sscanf(line, "RETR %d", &number)
			fmt.Fprintf(out, "+OK\r\nmessage %d\r\n.\r\n", number)
		case strings.HasPrefix(line, "DELE "):
			fmt.Sscanf(line, "DELE %d", &number)
			if number%100 == 0 || number > n {
				fmt.Fprint(out, "-ERR no such message\r\n")
				continue
			}
			fmt.Fprint(out, "+OK\r\n")
		default:
			fmt.Fprint(out, "+OK\r\n")
		}
	}
}
