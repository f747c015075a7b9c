package pop3

import (
	"encoding/base64"
	"regexp"
	"slices"
	"strings"
)

// encodedSecrets are the token, and what password and token are sent as in
// SASL. The password itself is not among them.
func encodedSecrets(o Options) []string {
	var secrets []string
	if o.Token != "" {
		secrets = append(secrets, o.Token, xoauth2(o).responses[0])
	}
	if o.Password != "" {
		secrets = append(secrets, plain(o).responses[0], base64.StdEncoding.EncodeToString([]byte(o.Password)))
	}
	return secrets
}

// withoutSecret is a command, or an answer to a challenge, as it may be
// logged.
func (s *Session) withoutSecret(command string) string {
	verb, rest, _ := strings.Cut(command, " ")
	switch {
	case slices.Contains(s.encoded, command):
		return "***"
	case verb == "PASS" || verb == "APOP":
		return verb + " ***"
	case verb == "AUTH":
		if mechanism, _, ok := strings.Cut(rest, " "); ok {
			return verb + " " + mechanism + " ***"
		}
	}
	return command
}

// longWord is what may be a part of an encoded secret: servers repeat what
// they don't understand, and cut it short.
var longWord = regexp.MustCompile(`[A-Za-z0-9+/=_~.-]{12,}`)

// printable makes a server's words fit to be shown: without the password or
// the token, should the server repeat it, and without anything a terminal
// obeys.
func (s *Session) printable(text string) string {
	for _, secret := range s.encoded {
		text = strings.ReplaceAll(text, secret, "***")
	}
	if s.secret != "" {
		text = strings.ReplaceAll(text, s.secret, "***")
	}
	text = longWord.ReplaceAllStringFunc(text, func(word string) string {
		part := strings.Trim(word, ".")
		if len(part) < 12 {
			return word
		}
		if slices.ContainsFunc(s.encoded, func(secret string) bool { return strings.Contains(secret, part) }) {
			return "***"
		}
		return word
	})
	return printable(text)
}
