package firstconfig

import (
	"cmp"
	"strconv"
)

// Docs is the folder of the pages that people without the sources are sent to,
// GmailSetup the one about Google's console.
const (
	Docs       = "https://github.com/popbridge/popbridge/blob/main/docs/"
	GmailSetup = Docs + "gmail-setup.md"
)

// File gives a whole configuration.
func File(g Gmail, a POP3) []byte {
	var p page
	p.explain(`popbridge's configuration. "popbridge check" tells whether all of it works.
A line that begins with "#" and a key is something that can be set: take the
"#" away. Paths start at this file's folder. Durations: s, m, h, d, w.`)
	p.blank()
	p.explain("A failure that passes by itself is said only once it has lasted this long.")
	p.offer("alert_after", quote("1h"))
	p.gmail(g)
	p.pop3(a)
	return p.Bytes()
}

// Table gives the table of one account alone, for the end of a configuration
// that is there.
func Table(a POP3) []byte {
	var p page
	p.pop3(a)
	return p.Bytes()
}

func (p *page) gmail(g Gmail) {
	p.blank()
	p.explain("Where the mail goes.")
	p.open("gmail")
	p.set("address", quote(g.Address))
	p.blank()
	if g.ServiceAccount != "" {
		p.explain("The key of a Workspace service account that may act for the address.")
		p.setText("service_account", g.ServiceAccount)
	} else {
		p.explain("The OAuth client from Google's console; chmod 600. How to get it:\n" + GmailSetup)
		p.setText("client", g.Client)
	}
	p.choose("\"insert\" can add mail and read none; \"verify\" may look messages up as well,\nto settle whether one arrived. After a change: popbridge login",
		"access", g.Access, "verify")
	if g.Endpoint != "" {
		p.blank()
		p.explain("Another root of the Gmail API than Google's.")
		p.setText("endpoint", g.Endpoint)
	}
}

func (p *page) pop3(a POP3) {
	p.blank()
	p.explain("A mailbox whose mail goes there. A second one: popbridge init --print")
	p.open("pop3")
	p.set("name", quote(a.Name))
	p.server(a)
	p.login(a)
	p.policy(a)
}

func (p *page) server(a POP3) {
	p.setText("host", a.Host)
	if a.Port != 0 {
		p.set("port", strconv.Itoa(a.Port))
	}
	p.setText("tls", a.TLS)
	if a.AllowPlaintext && a.TLS == "none" {
		p.explain("The server has no encryption: others can read password and mail on the way.")
		p.set("allow_plaintext", "true")
	}
	if a.TLSMin != "" {
		p.explain("Older servers speak no newer TLS.")
		p.setText("tls_min", a.TLSMin)
	}
	if a.TLSFingerprint != "" {
		p.explain("This one certificate is accepted, and no other.")
		p.setText("tls_fingerprint", a.TLSFingerprint)
	}
	p.setText("tls_ca", a.TLSCA)
	p.setText("server_name", a.ServerName)
}

func (p *page) login(a POP3) {
	p.setText("user", a.User)
	if a.Auth != "" && a.Auth != "auto" {
		p.setText("auth", a.Auth)
	}
	p.setText("client_id", a.ClientID)
	p.setText("device_uri", a.DeviceURI)
	p.setText("token_uri", a.TokenURI)
	p.setText("scope", a.Scope)
	p.setText("token_command", a.TokenCommand)
	if a.PasswordFile != "" {
		p.explain("The password is the file's first line; chmod 600.")
		p.setText("password_file", a.PasswordFile)
	}
	p.setText("password_command", a.PasswordCommand)
	p.setText("password_env", a.PasswordEnv)
	p.setText("to", a.To)
}

// policy writes what becomes of the messages.
func (p *page) policy(a POP3) {
	p.blank()
	p.explain("What each message is given in Gmail. A label that is missing is made.")
	if a.Labels != nil {
		p.set("labels", quoteAll(a.Labels))
	} else {
		p.offer("labels", quoteAll([]string{cmp.Or(a.Name, "Office"), "INBOX", "UNREAD"}))
	}
	p.choose("How long an imported message stays on the provider, for other devices; then it\nis deleted there. \"never\" deletes none, \"0\" deletes in the next run.",
		"retention", a.Retention, "never")
	p.blank()
	p.explain("Over this many messages, or this size, the oldest imported ones go early.")
	p.offer("keep_messages", "400")
	p.offer("keep_size", quote("80MB"))
	p.choose("What the mailbox holds (\"100MB\", \"500 messages\"), to be warned in time.",
		"capacity", a.Capacity, "500 messages")
	p.choose("\"never\": Gmail may not put this mail into Spam.", "spam", "", "never")
	p.choose("What Gmail sorts by: the message's Date (\"header\"), or when it is \"received\".",
		"date", "", "received")
}
