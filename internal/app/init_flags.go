package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// initFlags are the answers for who types none. No password is among them:
// others can read a command line.
func initFlags() []cli.Flag {
	text := func(name, usage string) cli.Flag { return &cli.StringFlag{Name: name, Usage: usage} }
	flag := func(name, usage string) cli.Flag { return &cli.BoolFlag{Name: name, Usage: usage} }
	return []cli.Flag{
		text("address", "the mail `ADDRESS` at the provider"),
		text("provider", "the `NAME` of who hosts the mail, where its settings are known"),
		text("host", "the POP3 `SERVER`"),
		&cli.IntFlag{Name: "port", Usage: "its `PORT`"},
		text("tls", "its `TLS`: implicit, starttls or none"),
		flag("allow-plaintext", "let password and mail go readable to another machine, with --tls none"),
		text("tls-min", "the lowest `VERSION` of TLS to accept, for old servers: 1.0"),
		text("tls-ca", "a `FILE` of root certificates (PEM) to trust"),
		text("tls-fingerprint", "the `SHA-256` of the one certificate to accept"),
		text("server-name", "the `NAME` in the server's certificate, where it isn't its host"),
		text("user", "the `NAME` to log in with"),
		text("auth", "how to log in, by `METHOD`: auto, plain, apop or xoauth2"),
		text("client-id", "the `ID` of the application, for xoauth2"),
		text("device-uri", "where the application asks for a code, a `URL`, for xoauth2 at others than Microsoft"),
		text("token-uri", "where it fetches its tokens, a `URL`"),
		text("oauth-scope", "the `SCOPES` that it asks for, with spaces between"),
		text("token-command", "a `COMMAND` that prints an access token, for xoauth2"),
		text("password-file", "a `FILE` whose first line is the password"),
		text("password-command", "a `COMMAND` that prints the password"),
		text("password-env", "the environment `VARIABLE` that holds the password"),
		flag("password-stdin", "read the password from standard input, and keep it in a file of its own"),
		text("gmail", "the Gmail `ADDRESS` that gets the mail"),
		text("client", "the OAuth client's JSON `FILE` from Google's console; copied beside the configuration"),
		text("service-account", "the key `FILE` of a Workspace service account, in place of --client"),
		text("access", "what may be done in Gmail, `ACCESS`: insert or verify"),
		text("endpoint", "another `URL` of the Gmail API than Google's"),
		text("name", "the `NAME` of the account"),
		text("labels", "the `LABELS` of imported mail, with commas between, or none"),
		text("retention", "how long imported mail stays on the provider, `TIME`: 14d, or never, which it is without a terminal"),
		text("capacity", "what the mailbox holds, `SIZE`: 100MB, or \"500 messages\""),
		flag("no-login", "don't connect to the provider"),
		flag("print", "print the configuration instead of writing it, and keep the password's file all the same; where there is one, print the table of a further account for its end"),
	}
}

// typed is the account as far as flags say it.
func (s *setup) typed() firstconfig.POP3 {
	c := s.flags
	a := firstconfig.POP3{
		Name: c.String("name"), Host: c.String("host"), Port: c.Int("port"), TLS: c.String("tls"),
		AllowPlaintext: c.Bool("allow-plaintext"), TLSMin: c.String("tls-min"), TLSCA: s.fromHere(c.String("tls-ca")),
		TLSFingerprint: c.String("tls-fingerprint"), ServerName: c.String("server-name"),
		User: c.String("user"), Auth: c.String("auth"), ClientID: c.String("client-id"), TokenCommand: c.String("token-command"),
		DeviceURI: c.String("device-uri"), TokenURI: c.String("token-uri"), Scope: c.String("oauth-scope"),
		PasswordFile: s.fromHere(c.String("password-file")), PasswordCommand: c.String("password-command"),
		PasswordEnv: c.String("password-env"), Capacity: c.String("capacity"), Retention: retentionOf(c.String("retention")),
	}
	if a.Auth == "" && a.ClientID+a.TokenCommand+a.DeviceURI+a.TokenURI+a.Scope != "" {
		a.Auth = "xoauth2"
	}
	if c.IsSet("labels") {
		a.Labels = labelsOf(c.String("labels"))
	}
	return a
}

// readFlags takes the answers that were typed.
func (s *setup) readFlags() error {
	c := s.flags
	s.address, s.pop = c.String("address"), s.typed()
	s.gmail = firstconfig.Gmail{Address: c.String("gmail"), Access: c.String("access"), Endpoint: c.String("endpoint")}
	if s.address != "" {
		if err := checkAddress(s.address); err != nil {
			return usageError{text: "--address: " + err.Error()}
		}
	}
	if err := s.together(); err != nil {
		return err
	}
	return s.flagFault()
}

// together refuses flags of which only one can be meant.
func (s *setup) together() error {
	for _, group := range [][]string{
		{"password-file", "password-command", "password-env", "password-stdin", "client-id", "token-command"},
		{"client", "service-account"}, {"host", "provider"},
	} {
		var given []string
		for _, name := range group {
			if s.flags.IsSet(name) {
				given = append(given, "--"+name)
			}
		}
		if len(given) > 1 {
			return usageError{text: "only one can be: " + strings.Join(given, ", "), hint: "popbridge init --help"}
		}
	}
	if s.existing == nil {
		return nil
	}
	for _, name := range []string{"client", "service-account", "access", "endpoint"} {
		if s.flags.IsSet(name) {
			return usageError{text: "--" + name + " is of a [[gmail]], which " + s.configPath + " has already", hint: "leave it out"}
		}
	}
	return nil
}

// flagFault tells of answers that the configuration would not take.
func (s *setup) flagFault() error {
	_, err := s.parse()
	var faults config.Errors
	if !errors.As(err, &faults) {
		return err
	}
	for _, f := range faults {
		_, key, _ := strings.Cut(f.Key, ".")
		flag := strings.ReplaceAll(key, "_", "-")
		switch f.Key {
		case "gmail.address":
			flag = "gmail"
		case "pop3.scope":
			flag = "oauth-scope"
		case "pop3.tls":
			if s.pop.TLS == "none" && s.ask != nil {
				continue // it is asked for
			}
			if s.pop.TLS == "none" {
				return usageError{text: "--tls none: " + f.Problem, hint: "--tls implicit or --tls starttls; where that can't be, --allow-plaintext"}
			}
		}
		if s.flags.IsSet(flag) {
			return usageError{text: "--" + flag + ": " + f.Problem, hint: f.Hint}
		}
	}
	return nil
}

// complete tells of all the answers that are missing where nobody can be
// asked.
func (s *setup) complete(ctx context.Context) error {
	var missing []string
	lack := func(isThere bool, flag string) {
		if !isThere {
			missing = append(missing, flag)
		}
	}
	lack(s.address != "", "--address")
	var unconfirmed error
	if s.address != "" {
		if unconfirmed = s.settings(ctx); unconfirmed != nil && !errors.Is(unconfirmed, errNoServer) {
			return unconfirmed
		}
		lack(s.pop.Host != "", "--host (or --provider)")
	}
	if s.address != "" && s.pop.Host != "" && s.pop.User == "" && s.userDefault() == "" {
		missing = append(missing, "--user")
	}
	if err := s.refusePassword(); err != nil {
		return err
	}
	if s.pop.Auth == "xoauth2" {
		lack(s.hasSecret(), "--client-id or --token-command")
		missing = append(missing, s.lackingEndpoints()...)
	} else {
		lack(s.hasSecret(), "--password-file, --password-command, --password-env or --password-stdin")
	}
	lack(s.gmail.Address != "" || len(s.destinations()) == 1, "--gmail")
	if len(missing) == 0 {
		return nil
	}
	text := "standard input is no terminal to ask at, and these are missing: " + strings.Join(missing, "; ")
	if unconfirmed != nil && slices.Contains(missing, "--host (or --provider)") {
		text = fmt.Sprintf("%s (%s)", text, unconfirmed)
	}
	return usageError{text: text, hint: "popbridge init --help"}
}
