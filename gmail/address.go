package gmail

import "strings"

// SameMailbox tells whether two addresses name one mailbox for certain: Google
// doesn't look at the case, and a mailbox of gmail.com is that of
// googlemail.com, too. Dots and what follows a "+" count.
func SameMailbox(a, b string) bool {
	return strings.EqualFold(byGmail(a), byGmail(b))
}

// byGmail gives an address of googlemail.com by the other name.
func byGmail(address string) string {
	name, host, ok := strings.Cut(address, "@")
	if ok && strings.EqualFold(host, "googlemail.com") {
		return name + "@gmail.com"
	}
	return address
}
