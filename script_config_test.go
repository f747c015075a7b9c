package main_test

import (
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// configuration is a file of tables, in the order in which they were named.
type configuration struct {
	top    []string
	order  []string // "gmail NAME" and "account NAME"
	tables map[string][]string
}

// config writes the configuration, after each command anew:
//
//	config top [LINE…]           the keys before the first table
//	config gmail NAME [LINE…]    a [[gmail]]; there is one named default anyway
//	config account NAME [LINE…]  a [[pop3]] for the mailbox NAME
//	config remove NAME           without that table
//
// A LINE is as in the file: "key = value". It takes the place of the
// default's, which "key =" leaves out.
func config(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"top": func(c call) { c.w.conf.top = c.args },
		"gmail": func(c call) {
			c.need("NAME")
			c.w.conf.set("gmail "+c.args[0], c.args[1:])
		},
		"account": func(c call) {
			c.need("NAME")
			c.w.conf.set("account "+c.args[0], c.args[1:])
			c.w.hide("secret of " + c.args[0])
		},
		"remove": func(c call) {
			c.need("NAME")
			c.w.conf.remove(c.args[0])
		},
	})
	w := worldOf(ts)
	w.write(ts, "config.toml", []byte(w.conf.text(ts)))
}

func (w *world) hide(secret string) {
	if secret != "" {
		w.secrets = append(w.secrets, secret)
	}
}

func (f *configuration) set(title string, lines []string) {
	if f.tables == nil {
		f.tables = map[string][]string{}
	}
	if _, ok := f.tables[title]; !ok {
		f.order = append(f.order, title)
	}
	f.tables[title] = lines
}

func (f *configuration) remove(name string) {
	var order []string
	for _, title := range f.order {
		if _, n, _ := strings.Cut(title, " "); n != name {
			order = append(order, title)
		} else {
			delete(f.tables, title)
		}
	}
	f.order = order
}

func (f *configuration) text(ts *testscript.TestScript) string {
	var b strings.Builder
	for _, line := range f.top {
		fmt.Fprintln(&b, line)
	}
	hasGmail := false
	for _, title := range f.order {
		hasGmail = hasGmail || strings.HasPrefix(title, "gmail ")
	}
	if !hasGmail {
		fmt.Fprint(&b, "\n[[gmail]]\n", merged(gmailDefaults(ts, "default"), nil))
	}
	for _, title := range f.order {
		kind, name, _ := strings.Cut(title, " ")
		if kind == "gmail" {
			fmt.Fprint(&b, "\n[[gmail]]\n", merged(gmailDefaults(ts, name), f.tables[title]))
		} else {
			fmt.Fprint(&b, "\n[[pop3]]\n", merged(accountDefaults(ts, name), f.tables[title]))
		}
	}
	return b.String()
}

func gmailDefaults(ts *testscript.TestScript, name string) []string {
	lines := []string{
		`address = "` + address + `"`, `client = "client.json"`, `token = "token.json"`,
		`endpoint = "` + ts.Getenv("GMAIL_URL") + `"`, `units_per_minute = 0`,
	}
	if name != "default" {
		lines = append(lines, `name = "`+name+`"`)
	}
	return lines
}

func accountDefaults(ts *testscript.TestScript, name string) []string {
	return []string{
		`name = "` + name + `"`, `host = "` + ts.Getenv("POP_HOST") + `"`, `port = ` + ts.Getenv("POP_PORT"),
		`user = "` + name + `"`, `password = "secret of ` + name + `"`, `tls_ca = "ca.pem"`,
	}
}

// merged gives the defaults that no line replaces, then the lines.
func merged(defaults, lines []string) string {
	var out []string
	replaced := map[string]bool{}
	for _, line := range lines {
		key, value, _ := strings.Cut(line, "=")
		replaced[strings.TrimSpace(key)] = true
		if strings.TrimSpace(value) != "" {
			out = append(out, line)
		}
	}
	for i := len(defaults) - 1; i >= 0; i-- {
		if key, _, _ := strings.Cut(defaults[i], "="); !replaced[strings.TrimSpace(key)] {
			out = append([]string{defaults[i]}, out...)
		}
	}
	return strings.Join(out, "\n") + "\n"
}
