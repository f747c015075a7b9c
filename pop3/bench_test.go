package pop3

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// written has nothing but a Write, so that io.Copy can't take a short cut on
// its side.
type written struct{ io.Writer }

func BenchmarkBody(b *testing.B) {
	line := strings.Repeat("The quick brown fox. ", 4)[:76] + "\r\n"
	for name, message := range map[string]string{
		"lines": strings.Repeat(line, 16<<20/len(line)),
		"dots":  strings.Repeat("..\r\n", 1<<20),
		"zeros": strings.Repeat("\x00", 16<<20) + "\r\n",
	} {
		sent := []byte(message + ".\r\n")
		b.Run(name, func(b *testing.B) {
			source := bytes.NewReader(sent)
			in := bufio.NewReaderSize(source, bufferSize)
			b.SetBytes(int64(len(sent)))
			b.ReportAllocs()
			for b.Loop() {
				source.Reset(sent)
				in.Reset(source)
				r := newBody(in)
				r.left = int64(len(sent))
				if _, err := io.Copy(written{io.Discard}, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkListing(b *testing.B) {
	const messages = 100_000
	var uidl, list bytes.Buffer
	for i := range messages {
		fmt.Fprintf(&uidl, "%d %016x%08x\r\n", i+1, i, messages-i)
		fmt.Fprintf(&list, "%d %d\r\n", i+1, 1000+i)
	}
	uidl.WriteString(".\r\n")
	list.WriteString(".\r\n")
	b.SetBytes(int64(uidl.Len() + list.Len()))
	b.ReportAllocs()
	for b.Loop() {
		uids, err := readEntries(bufio.NewReaderSize(bytes.NewReader(uidl.Bytes()), bufferSize), messages, parseUID)
		if err != nil {
			b.Fatal(err)
		}
		sizes, err := readEntries(bufio.NewReaderSize(bytes.NewReader(list.Bytes()), bufferSize), messages, parseSize)
		if err != nil {
			b.Fatal(err)
		}
		if l := merge(messages, uids, sizes, true); l.Flaw != "" {
			b.Fatal(l.Flaw)
		}
	}
}
