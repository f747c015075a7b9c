package app_test

import "testing"

// Servers may begin a UID with "-", which would be taken for a flag. What is
// told is to work as it is typed.
func TestCommandsForAUIDThatLooksLikeAFlag(t *testing.T) {
	h := newHarness(t)
	box := h.account("shop")
	refused(h, box, "-u1")
	h.expect(65, "run")
	h.expectSaid("hint: popbridge save shop -- -u1 > message.eml && popbridge drop shop -- -u1\nhint: or, to try again: popbridge retry shop -- -u1\n")
	h.expectTold([]string{"UID:     -u1\r\n", "popbridge save shop -- -u1 >message.eml\r\n",
		"popbridge retry shop -- -u1\r\n", "popbridge drop shop -- -u1\r\n"})
	h.expect(0, "save", "shop", "--", "-u1")
	h.expectPrinted("the secret body")
	h.expect(0, "retry", "shop", "--", "-u1")
	h.expect(65, "run")
	h.expect(0, "drop", "--yes", "shop", "--", "-u1")
	h.expect(0, "run")
	h.expectLeft(box, 0)
}

// A UID is the server's text: pasted into a shell, it must run nothing.
func TestCommandsForAUIDWithShellCharactersAreQuoted(t *testing.T) {
	const uid, quoted = `$(x);'`, `'$(x);'\'''`
	h := newHarness(t)
	box := h.account("shop")
	refused(h, box, uid)
	h.expect(65, "run")
	h.expectSaid("hint: popbridge save shop " + quoted + " > message.eml && popbridge drop shop " + quoted + "\nhint: or, to try again: popbridge retry shop " + quoted + "\n")
	h.expectTold([]string{"popbridge save shop " + quoted + " >message.eml\r\n"})
	h.expect(0, "save", "shop", uid)
	h.expectPrinted("the secret body")
}
