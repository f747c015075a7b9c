package gmail

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

// FuzzLogin is what a person pastes at a login, and what the token server says
// of who that was.
func FuzzLogin(f *testing.F) {
	f.Fuzz(func(t *testing.T, line, code, idToken string) {
		r := &redirect{state: "STATE-OF-THIS-LOGIN"}
		answer, err := r.readLine(line)
		var denied *LoginError
		var passing *Error
		switch {
		case err == nil && !strings.Contains(unescaped(line), r.state):
			t.Errorf("%q is taken for the answer to this login", line)
		case err == nil && answer.code == "" && errors.As(answer.err, &passing) && passing.Kind == Passing && strings.Contains(line, "error="):
		case err == nil && answer.code == "" && (!errors.As(answer.err, &denied) || denied.Code == "" && !strings.Contains(line, "error=")):
			t.Errorf("%q gives %+v", line, answer)
		case err != nil && strings.ContainsFunc(err.Error(), func(r rune) bool { return r < ' ' || r > '~' }):
			t.Errorf("%q is quoted: %v", line, err)
		case denied != nil && strings.ContainsFunc(denied.Error(), func(r rune) bool { return !unicode.IsPrint(r) }):
			t.Errorf("%q gives %v", line, denied)
		}

		// Whatever the code is, it comes through, and for this login only.
		query := url.Values{"code": {code}, "state": {r.state}, "scope": {"a b"}}.Encode()
		for _, line := range []string{"http://127.0.0.1:1/?" + query, query, "http://127.0.0.1:1/?" + query + "#end"} {
			if answer, err := r.readLine(line); code != "" && (err != nil || answer.code != code) {
				t.Errorf("%q gives %+v, %v", line, answer, err)
			}
			if answer, err := (&redirect{state: "ANOTHER"}).readLine(line); err == nil {
				t.Errorf("%q is taken for another login: %+v", line, answer)
			}
		}

		if address, ok := addressOf(idToken, "client"); ok && (address == "" || !strings.Contains(claimsOf(idToken), "client")) {
			t.Errorf("%q is of %q", idToken, address)
		}
		claims, err := json.Marshal(map[string]any{"email": line, "aud": []string{"other", "client"}})
		if err != nil {
			t.Fatal(err)
		}
		signed := "h." + base64.RawURLEncoding.EncodeToString(claims) + ".s"
		if address, ok := addressOf(signed, "client"); ok != (line != "") || ok && address != strings.ToValidUTF8(line, "\uFFFD") && !strings.Contains(address, "\uFFFD") {
			t.Errorf("%q of %s is %q", signed, claims, address)
		}
		if _, ok := addressOf(signed, "another client"); ok {
			t.Errorf("%q is taken for another client's", signed)
		}
	})
}

// unescaped is an address with its query as it was meant.
func unescaped(line string) string {
	if plain, err := url.QueryUnescape(line); err == nil {
		return plain
	}
	_, query, _ := strings.Cut(line, "?")
	query, _, _ = strings.Cut(query, "#")
	plain, _ := url.QueryUnescape(query)
	return plain
}

// claimsOf is what an id token says, with its escapes read.
func claimsOf(idToken string) string {
	parts := strings.Split(idToken, ".")
	payload, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	var claims any
	_ = json.Unmarshal(payload, &claims)
	plain, _ := json.Marshal(claims)
	return string(plain)
}
