package provider

import (
	"fmt"
	"net/netip"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// longestName is more than any name has in UTF-8. Longer texts aren't looked
// into: package idna takes ten seconds for 180 KB, and heeds no context.
const longestName = 1000

// hostName is the ASCII form of a host or domain name, in lower case and
// without a final dot. Addresses of machines are no names: no provider has a
// certificate for one, and Mozilla's database has 127.0.0.1 for programs that
// stand in between.
func hostName(s string) (string, error) {
	trimmed := strings.TrimSuffix(strings.TrimSpace(s), ".")
	if len(trimmed) > longestName || !utf8.ValidString(trimmed) {
		return "", noHostName(s)
	}
	name, err := idna.Lookup.ToASCII(trimmed)
	if err != nil || !plainName(name) {
		return "", noHostName(s)
	}
	// What was in Punycode already must mean something, too.
	if again, err := idna.Lookup.ToASCII(name); err != nil || again != name {
		return "", noHostName(s)
	}
	if _, err := netip.ParseAddr(name); err == nil {
		return "", noHostName(s)
	}
	return name, nil
}

func noHostName(s string) error { return fmt.Errorf("%.100q is no host name", s) }

// plainName holds a name against RFC 1123 2.1, and refuses all digits at its
// end, which some resolvers take for an address of a machine.
func plainName(name string) bool {
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, nameLetters) != "" {
			return false
		}
	}
	return len(name) <= 253 && strings.Trim(labels[len(labels)-1], "0123456789") != ""
}

const nameLetters = "abcdefghijklmnopqrstuvwxyz0123456789-"
