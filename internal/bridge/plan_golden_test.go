package bridge_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/message"
	"github.com/popbridge/popbridge/pop3"
	"github.com/popbridge/popbridge/state"
)

var update = flag.Bool("update", false, "rewrite the plans in testdata/plan")

// TestPlanGolden plans the scenarios of testdata/plan. Each is a txtar archive
// whose comment says what it shows:
//
//	policy   words and key=value pairs; "no-top" and "flaw" are of the view
//	listing  number uid size
//	records  uid size status, then words and key=value pairs. mail=A stands
//	         for the digests of the mail A, header=A for its header's alone
//	headers  number mail; with no-id, or refused in place of the mail
//	plan     what is expected, with the numbers whose headers are asked for
func TestPlanGolden(t *testing.T) {
	paths, err := filepath.Glob("testdata/plan/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := readScenario(t, archive)
			actions, ask := bridge.Plan(s.view, s.policy, s.now)
			checkPlan(t, s.view, s.policy, actions, ask)
			got := planTable(actions, ask)
			if *update {
				rewriteSection(t, path, archive, "plan", got)
				return
			}
			if want := section(archive, "plan"); got != want {
				t.Errorf("%s\ngot\n%s\nwant\n%s", archive.Comment, got, want)
			}
		})
	}
}

// scenario is one archive, read.
type scenario struct {
	view   bridge.View
	policy bridge.Policy
	now    time.Time
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func rewriteSection(t *testing.T, path string, a *txtar.Archive, name, text string) {
	t.Helper()
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files = append(a.Files[:i], a.Files[i+1:]...)
			break
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readScenario(t *testing.T, a *txtar.Archive) *scenario {
	t.Helper()
	s := &scenario{view: bridge.View{Top: true, Headers: map[int]*message.Summary{}}}
	s.view.Listing.HasUIDL = true
	readers := map[string]func(*testing.T, []string){
		"policy": s.readPolicy, "listing": s.readEntry, "records": s.readRecord, "headers": s.readHeader,
	}
	for _, f := range a.Files {
		read, known := readers[f.Name]
		if !known {
			if f.Name != "plan" {
				t.Fatalf("no section is called %q", f.Name)
			}
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			if words := strings.Fields(line); len(words) > 0 {
				read(t, words)
			}
		}
	}
	return s
}

func (s *scenario) readPolicy(t *testing.T, words []string) {
	t.Helper()
	for _, word := range words {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "now":
			s.now = instant(t, value)
		case "retention":
			s.policy.Never = value == "never"
			s.policy.Age = days(t, value)
		case "keep_messages":
			s.policy.KeepMessages = number(t, value)
		case "keep_size":
			s.policy.KeepSize = int64(number(t, value))
		case "skip_larger":
			s.policy.SkipLarger = int64(number(t, value))
		case "verify":
			s.policy.Verify = true
		case "age-suspended":
			s.policy.AgeSuspended = true
		case "no-delete":
			s.policy.NoDelete = true
		case "no-top":
			s.view.Top = false
		case "flaw":
			s.view.Listing.Flaw = "STAT and LIST disagree"
		default:
			t.Fatalf("policy: what is %q?", word)
		}
	}
}

func (s *scenario) readEntry(t *testing.T, words []string) {
	t.Helper()
	e := pop3.Entry{Number: number(t, words[0]), UID: words[1], Size: int64(number(t, words[2]))}
	s.view.Listing.Entries = append(s.view.Listing.Entries, e)
	s.view.Listing.Octets += e.Size
}

func (s *scenario) readRecord(t *testing.T, words []string) {
	t.Helper()
	r := state.Record{Account: "shop", UID: words[0], Size: int64(number(t, words[1])), Status: state.Status(words[2]), Listed: true}
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		switch key {
		case "mail":
			r.Digest, r.HeaderDigest = digest("digest of "+value), digest("header of "+value)
		case "header":
			r.HeaderDigest = digest("header of " + value)
		case "digest":
			r.Digest = digest("digest of " + value)
		case "imported":
			r.ImportedAt = instant(t, value)
		case "deleted":
			r.DeletedAt, r.Listed = instant(t, value), false
		case "attempted":
			r.AttemptedAt = instant(t, value)
		case "attempts":
			r.Attempts = number(t, value)
		case "breaks":
			r.Breaks = number(t, value)
		case "gone":
			r.Listed = false
		case "listed":
			r.Listed = true
		case "dropped":
			r.Dropped = true
		case "retried":
			r.Retried = true
		default:
			t.Fatalf("records: what is %q?", word)
		}
	}
	s.view.Records = append(s.view.Records, new(r.Outline()))
}

func (s *scenario) readHeader(t *testing.T, words []string) {
	t.Helper()
	n, mail := number(t, words[0]), words[1]
	if mail == "refused" {
		s.view.Headers[n] = nil
		return
	}
	h := &message.Summary{HeaderDigest: digest("header of " + mail), MessageID: mail + "@example.com"}
	if len(words) > 2 && words[2] == "no-id" {
		h.MessageID = ""
	}
	s.view.Headers[n] = h
}

func number(t *testing.T, word string) int {
	t.Helper()
	n, err := strconv.Atoi(word)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func instant(t *testing.T, word string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, word)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// days reads a retention: never, 0, or days as in 14d.
func days(t *testing.T, word string) time.Duration {
	t.Helper()
	if word == "never" || word == "0" {
		return 0
	}
	return time.Duration(number(t, strings.TrimSuffix(word, "d"))) * 24 * time.Hour
}

func planTable(actions []bridge.Action, ask []int) string {
	var out bytes.Buffer
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, a := range actions {
		due, from := "-", "-"
		if !a.Due.IsZero() {
			due = a.Due.UTC().Format(time.RFC3339)
		}
		if a.From != "" {
			from = a.From
		}
		fmt.Fprintf(table, "%d\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", a.Number, a.UID, a.Size, a.Verb, a.Reason, due, from, flags(a))
	}
	_ = table.Flush() // a bytes.Buffer takes all
	fmt.Fprintf(&out, "asked %v\n", ask)
	return out.String()
}

func flags(a bridge.Action) string {
	var set []string
	for _, f := range []struct {
		on   bool
		name string
	}{{a.Proof, "proof"}, {a.TopHeader != "", "header-differs"}, {a.Same, "same"}} {
		if f.on {
			set = append(set, f.name)
		}
	}
	if len(set) == 0 {
		return "-"
	}
	return strings.Join(set, ",")
}
