package config

import (
	"context"
	"fmt"
	"strings"
)

// ownToken refuses a token file that another table has, too: one
// authorisation would replace the other.
func (t *table) ownToken(name, file string, files map[string]claim) {
	if file == "" {
		return
	}
	if first, taken := files[file]; taken && (t.name == "pop3" || first.table == "pop3") {
		t.fail("token", fmt.Sprintf("the same file as that of [[%s]] %s of line %d", first.table, quote(first.name), first.line),
			"give each a file of its own")
		return
	}
	files[file] = claim{t.name, name, t.r.lines[t.path]}
}

// ReadToken gets an access token from token_command, which runs in the shell
// and has a minute. The error is an *Error, which never holds the token; it
// wraps the context's where that ended.
func (p POP3) ReadToken(ctx context.Context) (string, error) {
	const what, alone = "token", "type that command in a shell: the first line that it prints has to be the token alone"
	text, fault := runCommand(ctx, p.OAuth.Command, what)
	if fault == nil {
		text = strings.TrimSpace(text)
		fault = usable(text, what, alone)
	}
	if fault == nil && strings.Contains(text, " ") {
		fault = &Error{Problem: "the command printed something else than a token: it holds spaces", Hint: alone}
	}
	if fault != nil {
		at := p.OAuth.at
		at.Problem, at.Hint, at.Err = fault.Problem, fault.Hint, fault.Err
		return "", &at
	}
	return text, nil
}
