package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/gmail/gmailtest"
	"github.com/popbridge/popbridge/pop3/pop3test"
)

// nasty is what steers terminals, and turns the direction or the line of what
// is written, in 7 bit, in 8 bit and in UTF-8.
const nasty = "\x1b[31m\x1b]0;title\x07\x9b2J\u009b2J\x7f\b\x00\r\v\u202egnp.exe\u2066\u2028\u2029\u200b\ufeff\U000e0041"

// everywhere are the ways to print.
var everywhere = [][]string{
	{"run"}, {"run", "-v"}, {"run", "-v", "--log-format", "json"}, {"run", "--json"}, {"run", "--log-format", "json"},
	{"run", "-n"}, {"run", "-n", "--json", "-v"}, {"status"}, {"status", "--json"}, {"state", "export"},
}

// expectPrintable runs commands, whatever their exit codes, and looks into all
// they print. It gives all of it.
func (h *harness) expectPrintable(commands ...[]string) string {
	h.t.Helper()
	var all strings.Builder
	for _, args := range commands {
		code := h.run(args...)
		name := fmt.Sprintf("%q (exit %d)", args, code)
		checkPrintable(h.t, "stdout of "+name, h.out.String())
		checkPrintable(h.t, "stderr of "+name, h.err.String())
		for line := range strings.SplitSeq(h.out.String(), "\n") {
			if strings.Contains(name, "--json") && line != "" && !json.Valid([]byte(line)) {
				h.t.Errorf("%s: no JSON: %q", name, line)
			}
		}
		all.WriteString(h.out.String() + h.err.String())
		if code == 70 {
			h.t.Errorf("%s: a bug: %s", name, &h.err)
		}
	}
	return all.String()
}

func TestNastyAnswers(t *testing.T) {
	h := newHarness(t)
	for _, step := range []string{"greeting", "CAPA", "USER", "PASS", "STAT", "UIDL", "LIST", "TOP", "RETR", "DELE", "QUIT"} {
		for _, line := range []string{"-ERR [SYS/TEMP] " + nasty, nasty, "+OK " + nasty, "+OK\r\n1 " + nasty} {
			h.onlyRogue(startRogue(t, map[string]answer{step: says(line + "\r\n.\r\n")}), `retention = "0"`)
			h.expectPrintable([]string{"run", "-v"}, []string{"run", "--json", "-v", "--log-format", "json"}, []string{"run", "-n"}, []string{"status"}, []string{"status", "--json"})
		}
	}
}

func TestNastyMail(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "0"`)
	for i, octets := range []string{"\x1b[2J", "\x9b31m", "\u009b31m", "\x07\x7f\b\v\x00", "\u202egnp", "\u2028\u2029\u200b\ufeff", "';id;#"} {
		raw := fmt.Appendf(nil, "From: %[2]s <a@example.org>\r\nMessage-ID: <%[1]d%[2]s@example.org>\r\nSubject: %[2]s =?utf-8?q?=1B=5B31m?=\r\n\r\nx\r\n", i, nasty)
		box.Add(fmt.Sprint("u", i, octets), raw)
		box.Add(fmt.Sprint("refused", i, octets), mail(fmt.Sprint("refused", i), "y\r\n"))
	}
	h.gmail.SetFault(gmailtest.Either(refusing("<refused0@example.com>"), refusing("<refused3@example.com>")))
	all := h.expectPrintable(everywhere...)
	for _, want := range []string{`u1\\x9b31m`, `refused3\x07\x7f\x08\x0b\x00`, `refused0\x1b[2J`} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %s", want)
		}
	}
	uid := "u0" + nasty
	h.expectPrintable([]string{"save", "shop", uid}, []string{"save", "shop", `u\x1b[2J`}, []string{"drop", "shop", uid}, []string{"retry", "shop", uid},
		[]string{"retry", "shop", `refused0\x1b[2J`}, []string{"drop", "shop", "--yes", `refused3\x07\x7f\x08\x0b\x00`},
		[]string{"run", nasty}, []string{nasty}, []string{"--" + nasty}, []string{"run", "--limit", nasty}, []string{"adopt", "shop", "--before", nasty},
		[]string{"state", "move", nasty, "x"}, []string{"login", nasty}, []string{"--log-format", nasty, "run"}, []string{"--config", nasty, "run"}, []string{"run", "--help"})
}

// refusing has Gmail refuse a message with words of the worst kind.
func refusing(messageID string) func(gmailtest.Request) *gmailtest.Fault {
	return gmailtest.OnMessage(messageID, gmailtest.StageCommit, gmailtest.Refuse(400, "invalid"+nasty, "Invalid attachment "+nasty))
}

func TestNastyGmail(t *testing.T) {
	h := newHarness(t)
	fill(h.account("shop", `labels = ["Work"]`), 1)
	for _, status := range []int{400, 401, 403, 404, 413} {
		for _, kind := range []string{gmailtest.KindLabelList, gmailtest.KindImport} {
			h.gmail.SetFault(gmailtest.Times(-1, kind, gmailtest.StageBefore, gmailtest.Refuse(status, nasty, nasty)))
			h.expectPrintable([]string{"run", "-v"}, []string{"run", "--json", "-v", "--log-format", "json"}, []string{"status"}, []string{"retry", "shop"}, []string{"status", "--json"})
		}
	}
}

func TestNastyState(t *testing.T) {
	h := newHarness(t)
	h.account("shop")
	text, err := json.Marshal(nasty)
	h.must(err)
	row := func(fields string) string { return `{"popbridge_state":1}` + "\n" + fields + "\n" }
	for _, refused := range []string{
		row(`{"account":` + string(text) + `,"uid":"1","status":"pending"}`),
		row(`{"account":"shop","uid":` + string(text) + `,"status":"pending"}`),
		row(`{"account":"shop","uid":"1","status":` + string(text) + `}`),
		row(`{"account":"shop","uid":"1","status":"pending","digest":` + string(text) + `}`),
		row(`{"account":"shop","uid":"1","status":"pending","first_seen":` + string(text) + `}`),
		row(`{"account":"shop",` + string(text) + `:1,"uid":[]}`), row(nasty), nasty,
	} {
		h.stdin = refused
		h.expectPrintable([]string{"state", "import"})
		h.stdin = refused
		h.expect(73, "state", "import")
	}
	h.stdin = row(fmt.Sprintf(`{"account":"shop","uid":"1","status":"refused","reason":%[1]s,"message_id":%[1]s,"gmail_id":%[1]s,"destination":%[1]s}`, text))
	h.expect(0, "state", "import")
	h.expectPrintable(everywhere...)
	h.expect(0, "state", "export")
	exported := h.out.String()
	h.stdin = exported
	h.expect(0, "state", "import")
	h.expect(0, "state", "export")
	if h.out.String() != exported || !strings.Contains(exported, `\u202egnp.exe`) {
		t.Errorf("the export changed from %s to %s", exported, &h.out)
	}
}

// TestNastyPaths: what a person configured may be shown, too.
func TestNastyPaths(t *testing.T) {
	h := newHarness(t)
	h.account("shop", `labels = ["Wo\u202erk"]`)
	config, err := os.ReadFile(h.path("config.toml"))
	h.must(err)
	h.write("config.toml", bytes.Replace(config, []byte("state/state.db"), []byte(`st\u009b2J\u007f\u202e/state.db`), 1))
	all := h.expectPrintable([]string{"run", "-v"}, []string{"run", "-v", "--log-format", "json"}, []string{"status"}, []string{"state", "export"})
	if !strings.Contains(all, "made state file") {
		t.Errorf("it says %s", all)
	}
	h.must(os.RemoveAll(h.path("st\u009b2J\x7f\u202e")))
	h.expectPrintable([]string{"run", "-v", "--log-format", "json"})
}

// TestConfusingCodes: a response code counts where the RFCs have it, as a
// whole, and in a refusal.
func TestConfusingCodes(t *testing.T) {
	h := newHarness(t)
	for _, row := range []struct {
		step, line string
		exit       int
		say, never string
	}{
		{"PASS", "+OK [AUTH] welcome", 0, "", "password"},
		{"PASS", "+OK -ERR [AUTH] no", 0, "", "password"},
		{"PASS", "-ERR +OK", 77, "user and password", ""},
		{"PASS", "-err [auth] no", 77, "user and password", ""},
		{"PASS", "-ERR [IN-USE] [AUTH] no", 75, "", "user and password"},
		{"PASS", "-ERR [AUTH] [IN-USE] no", 77, "user and password", ""},
		{"PASS", "-ERR [IN-USE", 75, "", "user and password"},
		{"PASS", "-ERR [[AUTH]]", 77, "user and password", ""},
		{"PASS", "-ERR []", 77, "user and password", ""},
		{"PASS", "-ERR [SYS/TEMPORARY] no", 77, "user and password", ""},
		{"greeting", "+OK [IN-USE] no", 0, "", ""},
		{"greeting", "-ERR [AUTH] no", 69, "", "user and password"},
		{"STAT", "-ERR [AUTH] no", 69, "", "user and password"},
		{"UIDL", "-ERR [AUTH] no", 69, "", "user and password"},
		{"RETR", "-ERR [AUTH] no", 69, "", "user and password"},
		{"TOP", "-ERR [AUTH] no", 0, "", ""},
		{"QUIT", "+OK [SYS/TEMP] no", 0, "", ""},
		{"QUIT", "-ERR [AUTH] no", 69, "", "user and password"},
	} {
		h.onlyRogue(startRogue(t, map[string]answer{row.step: says(row.line + "\r\n")}))
		exit := h.run("run", "-v")
		said := h.err.String()
		if exit != row.exit || !strings.Contains(said, row.say) || row.never != "" && strings.Contains(said, row.never) {
			t.Errorf("%s %s: exit %d, want %d, %q and not %q\n%s", row.step, row.line, exit, row.exit, row.say, row.never, said)
		}
	}
}

// TestMailThatLooksLikeAnswers arrives as it is, and is taken for nothing else.
func TestMailThatLooksLikeAnswers(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop", `retention = "0"`)
	octets := make([]byte, 256)
	for i := range octets {
		octets[i] = byte(i)
	}
	for i, body := range []string{"a\n.\n+OK 9 deleted\n.\r\n", ".\r\n..\r\n+OK\r\n-ERR [AUTH] no\r\n.\r\n", "a\r.\rb\r\n.\n", "+OK\r\nQUIT\r\nDELE 1\r\n", string(octets) + "\r\n", "\n.\r\n"} {
		box.AddMessage(pop3test.Message{UID: fmt.Sprint(i), Raw: mail(fmt.Sprint("m", i), body)})
	}
	want := box.Messages()
	h.expect(0, "run")
	h.expectSilence()
	stored := map[string]bool{}
	for _, m := range h.gmail.Messages(h.address) {
		stored[fmt.Sprintf("%x", m.Digest)] = true
	}
	for _, m := range want {
		if !stored[digestOf(served(m.Raw))] {
			t.Errorf("%q did not arrive as it is", m.Raw)
		}
	}
	h.expect(0, "run")
	h.expectLeft(box, 0)
	h.expectInGmail(len(want))
}
