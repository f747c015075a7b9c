package app_test

import (
	"os"
	"testing"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
)

// TestCheckLooksAtTokensOfAccounts: a run would refuse one that others can
// read, and the login isn't tried with it.
func TestCheckLooksAtTokensOfAccounts(t *testing.T) {
	w := newTokenWorld(t, devicetest.Options{})
	w.authorised()
	w.expectChecks(0, "; 3 secret files closed to others\n", "shop: listing       ok", "all well\n")
	w.expectLogins(1)
	w.must(os.Chmod(w.path(tokenFile), 0o644))
	w.expectChecks(78, "permissions         failed   "+w.path(tokenFile)+": holds a secret and is open to others (mode 0644)\n        hint: chmod 600 ",
		"shop: login         -        not tried, nor capabilities, listing, retention\n", "default: token      ok", "1 thing to mend\n")
	w.expectLogins(0)
}
