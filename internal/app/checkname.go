package app

import (
	"crypto/x509"
	"net"
	"strings"
)

// misnamedLeaf is the certificate of a failed handshake that is good, but for
// other names, by the system's roots or those of a file; nil where it has no
// names, or more is wrong with it.
func misnamedLeaf(err error, ca string) *x509.Certificate {
	chain := presented(err)
	if chain == nil || verifyChain(chain, ca, "") != nil || len(chain[0].DNSNames) == 0 {
		return nil
	}
	return chain[0]
}

// verifyChain holds a chain, its own certificate first, to the system's roots
// or those of a file; without a name any will do.
func verifyChain(chain []*x509.Certificate, ca, name string) error {
	pool, err := roots(ca)
	if err != nil {
		return err
	}
	others := x509.NewCertPool()
	for _, issuer := range chain[1:] {
		others.AddCert(issuer)
	}
	_, err = chain[0].Verify(x509.VerifyOptions{Roots: pool, Intermediates: others, DNSName: name})
	return err
}

// nearestName is the name of a certificate that is most like a host's, by the
// domain they share. What stands for the star of a wildcard doesn't matter.
func nearestName(names []string, host string) string {
	first, _, _ := strings.Cut(host, ".")
	if net.ParseIP(host) != nil {
		first = "pop"
	}
	best, most := "", -1
	for _, name := range names {
		if rest, ok := strings.CutPrefix(name, "*."); ok {
			name = first + "." + rest
		}
		if n := sharedLabels(name, host); n > most {
			best, most = name, n
		}
	}
	return best
}

// sharedLabels counts the labels that two names have in common at their ends.
func sharedLabels(a, b string) (n int) {
	x, y := strings.Split(strings.ToLower(a), "."), strings.Split(strings.ToLower(b), ".")
	for n < min(len(x), len(y)) && x[len(x)-1-n] == y[len(y)-1-n] {
		n++
	}
	return n
}
