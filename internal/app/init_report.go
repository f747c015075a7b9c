package app

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// report says what was written and which commands come next: on standard
// output, unless the configuration itself goes there.
func (s *setup) report(files []firstconfig.New) {
	out := s.Stdout
	if s.print {
		out = s.Stderr
	}
	r := reporter{setup: s, out: out}
	if s.ask != nil {
		r.say("")
	}
	for _, f := range files {
		r.say("wrote %s", f.Path)
	}
	from := ""
	if s.isFound() && s.found.Origin != "" {
		from = " (from " + printable(s.found.Origin) + ")"
	}
	r.say("account %s: %s at %s, port %d%s, to %s", s.pop.Name, s.pop.User, s.pop.Host, s.pop.Port, from, s.gmail.Address)
	if s.print {
		r.say("what was printed belongs at the end of %s, if it isn't there yet", s.configPath)
	}
	r.logins()
	r.adopt()
	r.runs()
}

// reporter says what comes next.
type reporter struct {
	*setup
	out io.Writer
}

func (r reporter) say(format string, args ...any) {
	fmt.Fprintf(r.out, format+"\n", args...)
}

// step is a command and what it is for.
type step struct{ command, what string }

func (r reporter) steps(all ...step) {
	table := tabwriter.NewWriter(r.out, 0, 0, 2, ' ', 0)
	for _, s := range all {
		fmt.Fprintf(table, "  %s\t%s\n", r.hinted(s.command), s.what)
	}
	_ = table.Flush() // the output remembers its errors
}

func (r reporter) logins() {
	r.say("\nNext:")
	var all []step
	if r.pop.Auth == "xoauth2" && r.pop.ClientID != "" {
		all = append(all, step{"popbridge login " + r.pop.Name, "authorise the mailbox; no login was tried yet"})
	}
	if r.existing == nil {
		if client := filepath.Join(r.dir, r.gmail.Client); r.gmail.Client != "" && !exists(client) {
			r.say("  get the OAuth client as %[2]s shows, then:\n"+
				"  mv ~/Downloads/client_secret_*.json %[1]s && chmod 600 %[1]s", config.ShellWord(client), firstconfig.GmailSetup)
		}
		all = append(all, step{"popbridge login", "authorise Gmail"})
	}
	what := "try everything, without moving mail"
	if !r.loggedIn && r.pop.Auth != "xoauth2" {
		what += " (no login has worked yet)"
	}
	r.steps(append(all, step{"popbridge check", what})...)
}

// adopt warns of what the first run does: a person may have all of it in
// Gmail already.
func (r reporter) adopt() {
	all := "all messages that are on the provider now"
	if r.loggedIn {
		if r.messages == 0 {
			return
		}
		all = "all " + counted(r.messages, "message") + " that the provider has now"
	}
	r.say("\nThe first run imports %s.\n"+
		"If they are in Gmail already (by its own fetcher, or forwarding), or aren't wanted\n"+
		"there, type one of these before it. Each leaves out", all)
	adopt := "popbridge adopt " + r.pop.Name
	ways := []step{{adopt + " --in-gmail", "what Gmail has"}, {adopt, "all that is there now"},
		{adopt + " --before " + r.Now().UTC().Format(day), "what came before that day"},
		{adopt + " --from getmail:FILE", "what getmail (or mpop, fetchmail, thunderbird) had fetched"}}
	if !r.verifies() {
		ways = ways[1:]
	}
	r.steps(ways...)
}

// verifies tells whether messages can be looked up in the account's Gmail.
func (s *setup) verifies() bool {
	if s.other == nil {
		return s.gmail.Access == "verify"
	}
	return slices.ContainsFunc(s.destinations(), func(g config.Gmail) bool {
		return g.Address == s.gmail.Address && (s.pop.To == "" || g.Name == s.pop.To) && g.Access == "verify"
	})
}

func (r reporter) runs() {
	r.say("\nThen:")
	r.steps(step{"popbridge run --dry-run", "show what a run would do, and change nothing"},
		step{"popbridge run", "import"})
	r.say("\nAnd every five minutes, by this line for crontab -e:\n  */5 * * * * %s", r.cronCommand())
	if r.pop.PasswordEnv != "" {
		r.say("Cron knows none of your shell's variables: write %s=… above that line.", r.pop.PasswordEnv)
	}
}

// cronCommand names program and configuration by their whole paths: cron
// knows few folders. It takes "%" for a line's end (crontab(5)).
func (r reporter) cronCommand() string {
	program, err := os.Executable()
	if err != nil {
		program = "popbridge"
	}
	if strings.HasPrefix(program, os.TempDir()) { // by go run, which takes it away again
		program = "/usr/local/bin/popbridge"
	}
	line := config.ShellWord(program)
	if r.configNamed {
		line += " --config " + config.ShellWord(filepath.Join(r.dir, filepath.Base(r.configPath)))
	}
	return strings.ReplaceAll(line+" run", "%", `\%`)
}
