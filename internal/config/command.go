package config

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"strings"
	"time"
)

const (
	commandTime = time.Minute
	// commandRest is how long output is waited for that a child of the
	// command, a key agent say, keeps open after the command has ended.
	commandRest = time.Second
)

// runCommand gives the first line that a command prints, which is to be a
// password or a token.
func runCommand(parent context.Context, command, what string) (string, *Error) {
	ctx, cancel := context.WithTimeout(parent, commandTime)
	defer cancel()
	const byHand = "type that command in a shell"
	stdout, stderr := &head{most: maxPassword}, &head{most: 4 << 10}
	cmd := shell(ctx, command)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = stdout, stderr, commandRest
	err := cmd.Run()
	switch {
	case err != nil && parent.Err() != nil:
		return "", &Error{Problem: "the command was ended: " + parent.Err().Error(), Err: parent.Err()}
	case err != nil && ctx.Err() != nil:
		return "", &Error{Problem: "the command took longer than a minute", Err: ctx.Err(),
			Hint: byHand + ": it may wait for an answer"}
	case err != nil && !errors.Is(err, exec.ErrWaitDelay):
		return "", &Error{Problem: "the command failed: " + err.Error() + complaint(stderr, stdout), Err: err,
			Hint: byHand + " to see why; under cron it has fewer variables, and no terminal"}
	}
	line, err := firstLine(bytes.NewReader(stdout.kept.Bytes()))
	if err != nil {
		return "", &Error{Problem: "the command's output can't be read: " + err.Error(), Err: err}
	}
	if line == "" {
		return "", &Error{Problem: "the command printed no " + what + complaint(stderr, stdout),
			Hint: byHand + ": the first line that it prints has to be the " + what}
	}
	return line, nil
}

// head keeps the beginning of what is written to it.
type head struct {
	kept bytes.Buffer
	most int
}

func (h *head) Write(p []byte) (int, error) {
	h.kept.Write(p[:min(len(p), h.most-h.kept.Len())])
	return len(p), nil
}

// complaint is what a command said on standard error, to follow another text.
// Of what it printed, which may be a secret, nothing is repeated: "set -x"
// has the shell do so.
func complaint(stderr, stdout *head) string {
	said := stderr.kept.String()
	for line := range strings.Lines(stdout.kept.String()) {
		if line = strings.TrimSpace(line); line != "" {
			said = strings.ReplaceAll(said, line, "***")
		}
	}
	if said = oneLine(said); said != "" {
		return ": " + said
	}
	return ""
}
