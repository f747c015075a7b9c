package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/elsewhere"
)

// kept says where each tool keeps what it fetched.
var kept = map[elsewhere.Tool]string{
	elsewhere.Getmail:     "getmail keeps it in ~/.config/getmail or ~/.getmail, as oldmail-HOST-PORT-USER",
	elsewhere.Mpop:        "mpop keeps it where uidls_file of its configuration says, else in ~/.mpop_uidls/USER_at_HOST",
	elsewhere.Fetchmail:   "fetchmail keeps it where its idfile says, else in ~/.fetchids",
	elsewhere.Thunderbird: "Thunderbird keeps popstate.dat in the account's local directory, which its Server Settings name",
}

// adoptFrom adopts what another tool had fetched. By the person's word,
// another host's mailbox is taken for the account's.
func (p *program) adoptFrom(ctx context.Context, account, source string, yes bool) error {
	name, path, ok := strings.Cut(source, ":")
	tool := elsewhere.Tool(name)
	if !ok || path == "" || !slices.Contains(elsewhere.Tools(), tool) {
		return usageError{text: "--from " + source + " is no TOOL:FILE",
			hint: "write it as in --from mpop:FILE; the tools are getmail, mpop, fetchmail and thunderbird"}
	}
	all, err := elsewhere.Read(tool, p.expand(path))
	if err != nil {
		return &bridge.Failure{Class: bridge.Usage, Err: err, Hint: kept[tool]}
	}
	return p.withAccount(ctx, account, func(ctx context.Context, a opened) error {
		var taken elsewhere.Choice
		c := bridge.Choice{Among: func(listed []string) (seen map[string]bool, err error) {
			wanted := elsewhere.Wanted{Host: a.config.Host, Port: a.config.Port, User: a.config.User}
			if taken, err = elsewhere.Choose(all, wanted, listed); err != nil {
				return nil, &bridge.Failure{Class: bridge.Usage, Err: fmt.Errorf("look into %s: %w", path, err),
					Hint: "see that host and user of account " + a.Name + " are as " + name + " has them, and that the file is the right one: " + kept[tool]}
			}
			if !taken.Proven && !yes {
				return nil, otherHost(a, source, path, taken)
			}
			return taken.Seen, nil
		}}
		return p.adoptChosen(ctx, a, c, func(done bridge.Adoption) {
			p.sayTaken(a.Name, name, path, taken)
			p.say("%s: not in %s: %s listed now", a.Name, printable(path), counted(done.Others, "message"))
		})
	})
}

// otherHost is for a mailbox on another host whose UIDs prove nothing: those
// of a new server may begin at 1 again, and be of mail that nobody fetched.
func otherHost(a opened, source, path string, taken elsewhere.Choice) error {
	return &bridge.Failure{Class: bridge.Usage,
		Err: fmt.Errorf("look into %s: it has %s, and account %s is at %s; UIDs such as theirs (%s the same) many servers give, so they don't prove that it is one mailbox",
			path, taken, a.Name, a.config.Host, humanize.Comma(int64(len(taken.Seen)))),
		Hint: fmt.Sprintf("if %s and %s are names of one server: popbridge adopt %s --from %s --yes; if not, don't adopt: the next run imports what it has",
			taken.Host, a.config.Host, a.Name, source)}
}

// sayTaken says which mailbox of a file counted, and why if it isn't clear.
func (p *program) sayTaken(account, tool, path string, c elsewhere.Choice) {
	why := ""
	if !c.Exact {
		why = fmt.Sprintf(", taken for this mailbox since %s of those are listed now", humanize.Comma(int64(len(c.Seen))))
	}
	p.say("%s: %s has %s of %s%s", account, printable(path), counted(c.Len(), "UID"), printable(c.String()), why)
}

// expand puts the home folder in place of a leading ~, which no shell expands
// after a colon.
func (p *program) expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok && p.Home != "" {
		return filepath.Join(p.Home, rest)
	}
	return path
}
