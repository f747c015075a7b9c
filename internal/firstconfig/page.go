package firstconfig

import (
	"bytes"
	"fmt"
	"strings"
)

// page is a configuration while it is written.
type page struct{ bytes.Buffer }

// explain writes a comment, of one line or more.
func (p *page) explain(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		fmt.Fprintln(p, strings.TrimRight("# "+line, " "))
	}
}

// open begins a table.
func (p *page) open(table string) { fmt.Fprintf(p, "[[%s]]\n", table) }

// set writes a key.
func (p *page) set(key, value string) { fmt.Fprintf(p, "%s = %s\n", key, value) }

// setText writes a key whose value is a text, unless that is empty.
func (p *page) setText(key, text string) {
	if text != "" {
		p.set(key, quote(text))
	}
}

// offer writes a key as a comment, to be used by taking the "#" away.
func (p *page) offer(key, value string) { fmt.Fprintf(p, "#%s = %s\n", key, value) }

// choose writes a key with an explanation: as it was answered, else as an
// offer.
func (p *page) choose(explanation, key, answer, offer string) {
	p.blank()
	p.explain(explanation)
	if answer != "" {
		p.set(key, quote(answer))
		return
	}
	p.offer(key, quote(offer))
}

func (p *page) blank() { fmt.Fprintln(p) }
