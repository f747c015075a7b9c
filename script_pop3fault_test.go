package main_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"flag"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// popFault is what goes wrong at the provider, at a command or at one message.
type popFault struct {
	command, uid, user string
	times              int // that often; negative for ever
	fault              pop3test.Fault
}

// popSetFault has something go wrong at a COMMAND ("connect" is one):
//
//	pop3 fault [-uid UID] [-user USER] [-times N] [-n OCTETS] COMMAND KIND [REPLY]
//	pop3 fault none
//
// KIND is close, reset, stall, reply, garble, cut or truncate.
func popSetFault(c call) {
	kinds := map[string]pop3test.FaultKind{
		"close": pop3test.Close, "reset": pop3test.Reset, "stall": pop3test.Stall, "reply": pop3test.Reply,
		"garble": pop3test.Garble, "cut": pop3test.Cut, "truncate": pop3test.Truncate,
	}
	var f popFault
	flags := flag.NewFlagSet("pop3 fault", flag.ContinueOnError)
	flags.StringVar(&f.uid, "uid", "", "")
	flags.StringVar(&f.user, "user", "", "")
	flags.IntVar(&f.times, "times", -1, "")
	flags.IntVar(&f.fault.N, "n", 0, "")
	c.Check(flags.Parse(c.args))
	f.command = flags.Arg(0)
	if kind, ok := kinds[flags.Arg(1)]; ok {
		f.fault.Kind = kind
	} else if f.command != "none" {
		c.Fatalf("no such fault: %q", c.args)
	}
	if f.fault.Kind == pop3test.Reply {
		f.fault.Raw = []byte(flags.Arg(2) + "\r\n")
	}
	c.w.change(func() { c.w.popFault = f })
}

// popFaults is asked at each step of the provider's.
func (w *world) popFaults(e pop3test.Event) (f pop3test.Fault) {
	w.change(func() {
		w.popEvents[e.Command]++
		set := &w.popFault
		if e.Command != set.command || set.uid != "" && e.UID != set.uid ||
			set.user != "" && e.User != set.user || set.times == 0 {
			return
		}
		set.times--
		f = set.fault
	})
	return f
}

func popAwait(c call) {
	c.need("COMMAND", "N")
	n := c.number(c.args[1])
	if !c.w.until(func() bool { return c.w.popEvents[c.args[0]] >= n }) {
		c.Fatalf("there were only %d", c.w.popEvents[c.args[0]])
	}
}

func popFingerprint(c call) {
	block, _ := pem.Decode(c.w.pop.CertificatePEM())
	sum := sha256.Sum256(block.Bytes)
	c.Setenv("FINGERPRINT", hex.EncodeToString(sum[:]))
}
