package config_test

import (
	"errors"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// tokened is minimal with an account that takes tokens: lines 4 to 9.
var tokened = strings.Replace(minimal, `password_env = "PW"`, "auth = \"xoauth2\"\nclient_id = \"an-app\"", 1)

func TestOAuthDefaults(t *testing.T) {
	p := mustLoad(t, tokened).POP3[0]
	if p.Auth != "xoauth2" || p.Password != (config.PasswordSource{}) {
		t.Errorf("auth %q, password from %+v", p.Auth, p.Password)
	}
	got := p.OAuth
	if got.ClientID != "an-app" || got.Command != "" || !got.ClientSecret.IsZero() {
		t.Errorf("loaded %+v", got)
	}
	if want := filepath.Join(home, ".local/state/popbridge/token-mail.json"); got.Token != want {
		t.Errorf("token %q, want %q beside the state", got.Token, want)
	}
	const microsoft = "https://login.microsoftonline.com/common/oauth2/v2.0/"
	if got.DeviceURI != microsoft+"devicecode" || got.TokenURI != microsoft+"token" {
		t.Errorf("endpoints %q and %q", got.DeviceURI, got.TokenURI)
	}
	if want := []string{"https://outlook.office.com/POP.AccessAsUser.All", "offline_access"}; !reflect.DeepEqual(got.Scope, want) {
		t.Errorf("scope %q, want %q", got.Scope, want)
	}
}

func TestOAuthElsewhere(t *testing.T) {
	for scope, want := range map[string][]string{
		`"pop  offline"`:    {"pop", "offline"},
		`["pop", "https:"]`: {"pop", "https:"},
	} {
		got := mustLoad(t, tokened+"client_secret = \"hunter2\"\ntoken = \"~/t.json\"\nscope = "+scope+`
device_uri = "http://127.0.0.1:1/device"
token_uri = "https://login.example.org/token"
`).POP3[0].OAuth
		if got.DeviceURI != "http://127.0.0.1:1/device" || got.TokenURI != "https://login.example.org/token" ||
			got.Token != home+"/t.json" || !reflect.DeepEqual(got.Scope, want) {
			t.Errorf("loaded %+v", got)
		}
		if said := dump(got); got.ClientSecret.Reveal() != "hunter2" || strings.Contains(said, "hunter2") {
			t.Errorf("printed %s", said)
		}
	}
}

// line10 are faults of one more line of an account that takes tokens.
func line10(faults ...fault) []fault {
	for i := range faults {
		faults[i].name = faults[i].text
		faults[i].text = tokened + faults[i].text
		faults[i].want = "10: pop3." + faults[i].want
	}
	return faults
}

func TestOAuthFaults(t *testing.T) {
	checkFaults(t, line10(
		fault{text: `password = "x"`, want: `password: does nothing with auth = "xoauth2"`},
		fault{text: `password_file = 1`, want: "password_file: must be a string, not an integer\n10: pop3.password_file: " +
			`does nothing with auth = "xoauth2"`, hint: "write it in quotes"},
		fault{text: `client_secret = "a\u0007"`, want: `client_secret: must not hold control characters`},
		fault{text: `client_secret = 4711`, want: `client_secret: must be a string, not an integer`, hint: "write it in quotes"},
		fault{text: `scope = []`, want: `scope: must not be empty`},
		fault{text: `scope = " "`, want: `scope: must not be empty`},
		fault{text: `scope = ["a b"]`, want: `scope: "a b" is no scope`},
		fault{text: `scope = "a\\b"`, want: `scope: "a\\b" is no scope`},
		fault{text: `scope = ["a", 1]`, want: `scope: scope 2 must be a string, not an integer`},
		fault{text: `scope = true`, want: `scope: must be an array or a string, not a boolean`},
		fault{text: `client = "x"`, want: `client: unknown key here (it belongs in [[gmail]])`},
	))
}

func TestOAuthEndpointFaults(t *testing.T) {
	with := func(device string) string {
		return tokened + "token_uri = \"https://login.example.org/token\"\ndevice_uri = \"" + device + "\"\n"
	}
	const both = "give both, or neither for Microsoft's"
	checkFaults(t, []fault{
		{name: "device alone", text: tokened + `device_uri = "https://login.example.org/device"`,
			want: "4: pop3.token_uri: missing beside device_uri", hint: both},
		{name: "token alone", text: tokened + `token_uri = "https://login.example.org/token"`,
			want: "4: pop3.device_uri: missing beside token_uri", hint: both},
		{name: "no address", text: with("login.example.org/device"),
			want: `11: pop3.device_uri: "login.example.org/device": write an address, as in "https://login.example.com/oauth2/token"`},
		{name: "plain", text: with("http://login.example.org/device"),
			want: `11: pop3.device_uri: "http://login.example.org/device": plain http is for loopback only`},
		{name: "query", text: with("https://login.example.org/?a=b"),
			want: `11: pop3.device_uri: "https://login.example.org/?a=b": must be without user, query and fragment`},
	})
}

func TestOAuthOrigins(t *testing.T) {
	without := strings.Replace(tokened, "client_id = \"an-app\"\n", "", 1)
	command := without + "token_command = \"echo x\"\n"
	checkFaults(t, []fault{
		{name: "neither", text: without, want: "4: pop3.client_id: missing",
			hint: "give client_id and type popbridge login ACCOUNT, or give token_command"},
		{name: "both", text: tokened + "token_command = \"echo x\"\n", want: "9: pop3.client_id: given beside token_command",
			hint: "keep one of the two"},
		{name: "empty command", text: without + "token_command = \"\"\n", want: "9: pop3.token_command: must not be empty"},
		{name: "idle", text: command + "token = \"x\"\nscope = \"x\"\n",
			want: "10: pop3.token: does nothing with token_command\n11: pop3.scope: does nothing with token_command"},
		{name: "no OAuth", text: minimal + "client_id = \"an-app\"\ntoken = \"x\"\n",
			want: `9: pop3.client_id: does nothing without auth = "xoauth2"` + "\n" + `10: pop3.token: does nothing without auth = "xoauth2"`},
		{name: "misspelt", text: strings.Replace(tokened, "xoauth2", "xoauth", 1),
			want: `8: pop3.auth: must be "auto", "plain", "apop" or "xoauth2", not "xoauth"`},
	})
}

func TestOwnTokenFile(t *testing.T) {
	const hint = "give each a file of its own"
	again := strings.Replace(strings.TrimPrefix(tokened, oneGmail), `"mail"`, `"again"`, 1)
	again = strings.Replace(again, "someone", "other", 1)
	shared := "token = \"t.json\"\n"
	checkFaults(t, []fault{
		{name: "two accounts", text: tokened + shared + again + shared, hint: hint,
			want: `17: pop3.token: the same file as that of [[pop3]] "mail" of line 4`},
		{name: "a destination", text: strings.Replace(tokened, "[[pop3]]", shared+"[[pop3]]", 1) + "token = \"./t.json\"\n", hint: hint,
			want: `11: pop3.token: the same file as that of [[gmail]] "default" of line 1`},
	})
	mustLoad(t, tokened+again)
}

func TestClientSecretInAnOpenFile(t *testing.T) {
	enter(t, tokened+"client_secret = \"hunter2\"\n", 0o644)
	_, err := config.Load("config.toml", env())
	if want := "config.toml: holds a secret and is open to others (mode 0644)"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	enter(t, tokened, 0o644)
	if _, err := config.Load("config.toml", env()); err != nil {
		t.Errorf("without a secret: %v", err)
	}
}

func TestReadToken(t *testing.T) {
	const failed = "config.toml:9: pop3.token_command: "
	for command, want := range map[string]string{
		`printf ' ya29.x==\r\nexpires\n'; echo aside >&2`: "ya29.x==",
		`echo hunter2; exit 3`:                            failed + "the command failed: exit status 3",
		`true`:                                            failed + "the command printed no token",
		`echo; echo x`:                                    failed + "the command printed no token",
		`echo ' '`:                                        failed + "the token is empty",
		`printf 'a\tb'`:                                   failed + "the token holds control characters",
		`echo 'error: hunter2'`:                           failed + "the command printed something else than a token: it holds spaces",
	} {
		text := strings.Replace(tokened, `client_id = "an-app"`, "token_command = '''"+command+"'''", 1)
		got, err := mustLoad(t, text).POP3[0].ReadToken(t.Context())
		if err != nil {
			got = err.Error()
		}
		if fault := (*config.Error)(nil); err != nil && (!errors.As(err, &fault) || !strings.HasPrefix(fault.Hint, "type that command in a shell")) {
			t.Errorf("%s: the hint is %q", command, fault.Hint)
		}
		if got != want {
			t.Errorf("%s: read %q, want %q", command, got, want)
		}
	}
}
