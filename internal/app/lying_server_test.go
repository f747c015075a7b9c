package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// sized has LIST say of each message what say makes of its true size.
func sized(say func(octets int64) int64) func(*witness) {
	return func(w *witness) {
		w.edit(func(_ int, m *pop3test.Message) {
			size := say(int64(len(m.Raw)))
			m.ListSize = &size
		})
	}
}

// fieldAdded has the server add a field atop each message.
func fieldAdded(field string) func(*witness) {
	return func(w *witness) {
		for _, uid := range w.box.UIDs() {
			w.rewrite(uid, func(raw []byte) []byte { return append([]byte(field+"\r\n"), raw...) })
		}
	}
}

// withheld has the server refuse commands.
func withheld(commands ...string) func(*witness) {
	return func(w *witness) {
		w.h.setPOPFault(func(e pop3test.Event) pop3test.Fault {
			for _, c := range commands {
				if e.Command == c {
					return pop3test.Fault{Kind: pop3test.Reply, Raw: []byte("-ERR no such command\r\n")}
				}
			}
			return pop3test.Fault{}
		})
	}
}

// othersHeaders has TOP give each message the header of the one n after it.
func othersHeaders(n int) func(*witness) {
	return func(w *witness) {
		all := w.box.Messages()
		w.edit(func(i int, m *pop3test.Message) {
			header, _, _ := bytes.Cut(all[(i+n)%len(all)].Raw, []byte("\r\n\r\n"))
			m.TopHeader = append(bytes.Clone(header), "\r\n\r\n"...)
		})
	}
}

func sixSizes(w *witness) {
	for i := range 6 {
		w.deliver(fmt.Sprintf("uid%d", i), mail(fmt.Sprintf("m%d", i), strings.Repeat("x", i)+"\r\n"))
	}
}

func sixWith(lie func(*witness)) func(*witness) {
	return func(w *witness) { sixMessages(w); lie(w) }
}

func nothingElse(*witness) {}

// growing sizes are others in each session.
func growing(w *witness) {
	w.box.EditListing(func(kind string, lines []string) []string {
		for i := range lines {
			var number, size int
			if n, err := fmt.Sscan(lines[i], &number, &size); kind == "LIST" && n == 2 && err == nil {
				lines[i] = fmt.Sprintf("%d %d", number, size+w.h.pop.Sessions())
			}
		}
		return lines
	})
}

// announced has CAPA name what there isn't.
func announced(names ...string) func(*pop3test.Options) {
	return func(o *pop3test.Options) { o.ExtraCapabilities = names }
}

var lies = []story{
	{name: "sizes are of what RETR made of them", blind: 6, mail: sixWith(sized(func(n int64) int64 { return n - 7 })), then: sized(func(n int64) int64 { return n })},
	{name: "sizes grow with each session", blind: 12, then: growing},
	{name: "sizes are 0", mail: sixWith(sized(func(int64) int64 { return 0 })), then: nothingElse},
	{name: "sizes become 0", blind: 6, then: sized(func(int64) int64 { return 0 })},
	{name: "sizes are 100 MB", mail: sixWith(sized(func(int64) int64 { return 100 << 20 })), then: nothingElse},
	{name: "sizes become a TB", then: sized(func(int64) int64 { return 1 << 40 })},
	{name: "STAT counts other octets", then: func(w *witness) {
		w.box.EditListing(func(kind string, lines []string) []string {
			if kind == "STAT" {
				return []string{fmt.Sprintf("%d 99", len(w.box.UIDs()))}
			}
			return lines
		})
	}},
	{name: "Status is added", blind: 6, then: fieldAdded("Status: RO")},
	{name: "X-UIDL is added, then Status", blind: 12, then: and(fieldAdded("X-UIDL: 0123456789abcdef"), fieldAdded("Status: O"))},
	{name: "Status is added, and all renumbered", fetches: 6, blind: 6, then: func(w *witness) {
		fieldAdded("Status: RO")(w)
		allChange(w)
	}},
	{name: "TOP is refused from now on", onlyTop: true, then: withheld("TOP")},
	{name: "TOP is refused while all is renumbered", onlyTop: true, fetches: 6, then: func(w *witness) { withheld("TOP")(w); allChange(w) }},
	// Of one size, such two could be taken for each other.
	{name: "TOP gives another's header from now on", onlyTop: true, mail: sixSizes, then: othersHeaders(1)},
	{name: "TOP gives the same header for all", onlyTop: true, then: func(w *witness) {
		header := []byte("Subject: whatever\r\n\r\n")
		w.edit(func(_ int, m *pop3test.Message) { m.TopHeader = header })
	}},
	{name: "TOP gives another's header from the first", onlyTop: true, mail: sixWith(othersHeaders(1)), then: nothingElse},
	{name: "TOP gives another's header, all renumbered", onlyTop: true, blind: 6, fetches: 6, mail: sixWith(othersHeaders(1)), then: allChange},
	{name: "CAPA names a TOP that isn't there", pop: announced("TOP"), then: nothingElse},
	{name: "CAPA is unknown", pop: func(o *pop3test.Options) { o.NoCAPA = true }, blind: 6, then: allChange},
	{name: "CAPA is empty, though all is there", then: withheld("CAPA")},
	{name: "UIDL isn't named nor there any more", onlyTop: true, then: withheld("CAPA", "UIDL")},
	{name: "EXPIRE 0 from now on", then: func(w *witness) { w.movedTo(pop3test.Options{Expire: "0"}) }},
}

func TestLyingServer(t *testing.T) { tellAll(t, lies) }
