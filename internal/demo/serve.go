package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// serveTerms suit someone who doesn't want to wait for days.
var serveTerms = terms{
	office: `labels = ["Office", "INBOX", "UNREAD"]
retention = "5m"
`,
	home: `labels = ["Home/Family", "UNREAD"]
retention = "60d"
keep_messages = 10
capacity = "15 messages"
`,
}

const (
	// arrivals is how often a message arrives, lookEvery how often the
	// servers are looked at for news.
	arrivals  = 30 * time.Second
	lookEvery = 200 * time.Millisecond
)

// Serve starts the servers with sample mail and a configuration, tells how to
// use them and what changes, and stays until the context ends. Then it leaves
// nothing behind.
func Serve(ctx context.Context, o Options) (err error) {
	st, err := openStage(time.Now, o.Mail, serveTerms)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	if err := errors.Join(os.Mkdir(filepath.Join(st.dir, "home"), 0o700),
		st.office.deliver(officeFirst...), st.home.deliver(homeFirst...)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(o.Out, st.usage()); err != nil {
		return fmt.Errorf("write what the demo tells: %w", err)
	}
	arrive, look := time.NewTicker(arrivals), time.NewTicker(lookEvery)
	defer arrive.Stop()
	defer look.Stop()
	return st.watch(ctx, o.Out, arrive.C, look.C)
}

// usage tells where everything is and what to type.
func (st *stage) usage() string {
	return strings.NewReplacer(
		"{pop3}", st.pop.Addr(), "{gmail}", st.gmail.URL(), "{folder}", st.dir,
		"{popbridge}", "popbridge --config "+quoted(st.config()), "{address}", address, "{password}", password("office"),
		"{home}", quoted(filepath.Join(st.dir, "home")), "{ca}", quoted(filepath.Join(st.dir, "ca.pem")),
		"{client}", quoted(filepath.Join(st.dir, "client.json")), "{host}", st.pop.Host(), "{port}", strconv.Itoa(st.pop.Port()),
	).Replace(`A POP3 server with sample mail and a stand-in for Gmail are up, for this machine
alone:

    provider  {pop3} (POP3 over TLS), users office and home
    Gmail     {gmail}

The configuration for them, with token and certificate, is in

    {folder}

Type in another terminal, for example (in a clone of the source, go run . in
place of popbridge):

    {popbridge} run --dry-run
    {popbridge} run
    {popbridge} status

Or set popbridge up yourself, as for a provider of your own: the address is
office@example.com, its password "{password}", and the Gmail address
{address}. With a home folder of the demo's, nothing of yours is touched:

    export HOME={home}
    popbridge init --host {host} --port {port} --tls-ca {ca} \
        --user office --client {client} --endpoint {gmail}

Every half minute a message arrives, and one of them Gmail refuses. The office's
retention is five minutes, so that you can see it pass; change it and the rest
in config.toml. Ctrl-C ends the servers and removes the folder.

`)
}

// quoted makes a path one word for a shell.
func quoted(path string) string {
	if strings.Contains(path, " ") {
		return `"` + path + `"`
	}
	return path
}

// watch lets a message arrive at each tick of arrive, and tells when something
// changed, for which it looks at each tick of look.
func (st *stage) watch(ctx context.Context, out io.Writer, arrive, look <-chan time.Time) error {
	told := ""
	for next := 0; ; {
		if tally := st.tally(); tally != told {
			if _, err := fmt.Fprintf(out, "%s  %s\n", time.Now().Format(time.TimeOnly), tally); err != nil {
				return fmt.Errorf("write what the demo tells: %w", err)
			}
			told = tally
		}
		select {
		case <-ctx.Done():
			return nil
		case <-look:
		case <-arrive:
			if next == len(later) {
				continue
			}
			to := []*mailbox{st.office, st.home}[next%2]
			if err := to.deliver(later[next]); err != nil {
				return err
			}
			next++
		}
	}
}
