package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
)

// tries is how often a question is asked until a usable answer comes.
const tries = 5

// asker asks a person at a terminal.
type asker struct {
	out io.Writer
	// lines are what is typed; secret is a line that isn't shown.
	lines  *bufio.Reader
	secret func() (string, error)
}

// question is one line to be answered.
type question struct {
	text string
	// otherwise is what an empty line stands for.
	otherwise string
	// hidden answers aren't shown while they are typed; optional ones may be
	// left empty.
	hidden, optional bool
	// take uses the answer; its error has the question asked again.
	take func(answer string) error
}

// ask asks until the answer is taken.
func (a *asker) ask(ctx context.Context, q question) error {
	for range tries {
		answer, err := a.answer(ctx, q)
		if err != nil {
			return err
		}
		if answer == "" {
			answer = q.otherwise
		}
		err = errors.New("this can't be left empty")
		if answer != "" || q.optional {
			err = q.take(answer)
		}
		if err == nil {
			return nil
		}
		a.say("  " + err.Error())
	}
	return usageError{text: "there was no usable answer to: " + q.text, hint: "popbridge init"}
}

// answer shows a question and waits for its line.
func (a *asker) answer(ctx context.Context, q question) (string, error) {
	prompt := q.text
	if q.otherwise != "" {
		prompt += " [" + q.otherwise + "]"
	}
	_, _ = io.WriteString(a.out, printable(prompt)+": ") // there is nowhere else to ask
	read := a.line
	if q.hidden {
		read = a.secret
	}
	line, err := unlessOver(ctx, read)
	if q.hidden || err != nil {
		_, _ = io.WriteString(a.out, "\n") // Enter wasn't shown, or wasn't pressed
	}
	switch {
	case errors.Is(err, io.EOF):
		return "", usageError{text: "the input ended at: " + q.text, hint: "popbridge init"}
	case err != nil && ctx.Err() != nil:
		return "", err
	case err != nil:
		return "", fmt.Errorf("read the answer to %s: %w", q.text, err)
	}
	return line, nil
}

func (a *asker) line() (string, error) {
	line, err := a.lines.ReadString('\n')
	if line != "" && err == io.EOF {
		err = nil
	}
	return strings.TrimSpace(line), err
}

// yes asks for a consent that can't be given by accident.
func (a *asker) yes(ctx context.Context, text string) (consents bool, err error) {
	err = a.ask(ctx, question{text: text, otherwise: "no", take: func(answer string) error {
		switch strings.ToLower(answer) {
		case "yes":
			consents = true
		case "no", "n":
		default:
			return errors.New("type yes in full, or no")
		}
		return nil
	}})
	return consents, err
}

// say shows text, of one line or more.
func (a *asker) say(text string) {
	for line := range strings.SplitSeq(text, "\n") {
		_, _ = io.WriteString(a.out, printable(line)+"\n") // as above
	}
}

// unlessOver reads, unless the context ends before. A person who types
// nothing can't be interrupted otherwise; what is read then is lost.
func unlessOver(ctx context.Context, read func() (string, error)) (string, error) {
	type result struct {
		line string
		err  error
	}
	done := make(chan result, 1)
	go func() {
		line, err := read()
		done <- result{line, err}
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case r := <-done:
		return r.line, r.err
	}
}
