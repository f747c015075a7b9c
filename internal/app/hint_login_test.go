package app_test

import (
	"crypto/tls"
	"testing"

	"github.com/popbridge/popbridge/pop3/pop3test"
)

// TestHintsFitTheFailureOfALogin: what is typed next depends on why the
// provider couldn't be logged in to.
func TestHintsFitTheFailureOfALogin(t *testing.T) {
	for name, test := range map[string]struct {
		server pop3test.Options
		key    string
		hint   string
	}{
		"old TLS": {pop3test.Options{TLS: pop3test.ImplicitTLS, MaxTLS: tls.VersionTLS11}, "",
			"hint: to see which tls_min would let it in, type: popbridge check shop\n"},
		"tokens as well": {pop3test.Options{TLS: pop3test.ImplicitTLS, SASL: []string{"PLAIN", "XOAUTH2"}}, `password = "another"`,
			"hint: check user and password of account shop in the configuration, then type: popbridge run shop\n" +
				`hint: or, if the provider wants OAuth in place of a password, as Microsoft does: set auth = "xoauth2" and client_id for account shop, then type: popbridge login shop` + "\n"},
		"tokens alone": {pop3test.Options{TLS: pop3test.ImplicitTLS, NoUSER: true, SASL: []string{"XOAUTH2"}}, "",
			`hint: or, if the provider wants OAuth in place of a password, as Microsoft does: set auth = "xoauth2"`},
		"a digest alone": {pop3test.Options{TLS: pop3test.ImplicitTLS, NoUSER: true, SASL: []string{"CRAM-MD5"}}, "",
			"its CAPA has SASL CRAM-MD5 only, which popbridge can't give a password to: server said"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, func(s *setup) { s.pop = test.server })
			h.account("shop")
			if test.key != "" {
				h.tables = nil
				h.table("shop", test.key)
			}
			h.expect(77, "run")
			h.expectSaid(test.hint)
		})
	}
}
