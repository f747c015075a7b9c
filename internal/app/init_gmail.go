package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/config"
	"github.com/popbridge/popbridge/internal/firstconfig"
)

// What the files are called beside the configuration.
const (
	clientFile  = "client.json"
	accountFile = "service-account.json"
)

// askGmail settles which Gmail mailbox gets the mail.
func (s *setup) askGmail(ctx context.Context) error {
	if all := s.destinations(); len(all) > 0 {
		return s.askDestination(ctx, all)
	}
	if s.gmail.Address != "" {
		return nil
	}
	s.explain("The Gmail address that is to get the mail.")
	take := s.answered("gmail.address", &s.gmail.Address)
	return s.ask.ask(ctx, question{text: "Gmail address", take: func(answer string) error { return take(width.Narrow.String(answer)) }})
}

// askDestination settles which of the destinations that there are.
func (s *setup) askDestination(ctx context.Context, all []config.Gmail) error {
	choose := func(address string) error {
		i := slices.IndexFunc(all, func(g config.Gmail) bool { return strings.EqualFold(g.Address, address) || g.Name == address })
		if i < 0 {
			return fmt.Errorf("%s has no [[gmail]] of that address", s.configPath)
		}
		s.gmail.Address = all[i].Address
		if len(all) > 1 {
			s.pop.To = all[i].Name
		}
		return nil
	}
	switch {
	case s.gmail.Address != "":
		if err := choose(s.gmail.Address); err != nil {
			return usageError{text: "--gmail: " + err.Error(), hint: "one of " + strings.Join(addresses(all), ", ")}
		}
		return nil
	case len(all) == 1:
		return choose(all[0].Address)
	}
	s.explain("Which Gmail address gets the mail: %s?", strings.Join(addresses(all), ", "))
	return s.ask.ask(ctx, question{text: "Gmail address", take: choose})
}

// askAccess settles whether popbridge may look into Gmail: who comes from
// Gmail's own fetcher needs it.
func (s *setup) askAccess(ctx context.Context) (err error) {
	if s.ask == nil || s.existing != nil || s.gmail.Access != "" {
		return nil
	}
	s.explain(`Has Gmail got this mailbox's mail already, by its own fetcher or by forwarding?
With yes, popbridge may look messages up in Gmail, so that only the rest is
imported. With no, it can add mail to Gmail and read none.`)
	allowed, err := s.ask.yes(ctx, "Look messages up in Gmail")
	if allowed {
		s.gmail.Access = "verify"
	}
	return err
}

func addresses(all []config.Gmail) (list []string) {
	for _, g := range all {
		list = append(list, g.Address)
	}
	return list
}

// askClient settles what popbridge shows Google of itself. A client may be
// put in place later.
func (s *setup) askClient(ctx context.Context) error {
	if s.existing != nil {
		return nil
	}
	for _, flag := range []string{"client", "service-account"} {
		if file := s.flags.String(flag); file != "" {
			if err := s.takeClient(file); err != nil {
				return usageError{text: "--" + flag + ": " + err.Error(), hint: "how to get it: " + firstconfig.GmailSetup}
			}
			return nil
		}
	}
	found := s.clients()
	if s.ask == nil {
		if own := filepath.Join(s.dir, clientFile); slices.Contains(found, own) {
			return s.takeClient(own)
		}
		s.gmail.Client = clientFile
		return nil
	}
	return s.askClientFile(ctx, found)
}

func (s *setup) askClientFile(ctx context.Context, found []string) error {
	s.explain(`The OAuth client from Google's console, a JSON file: it lets popbridge ask Google
for leave to add mail. How to get it:
%s`, firstconfig.GmailSetup)
	q := question{text: "Its file (Enter alone: later)", optional: true}
	if len(found) > 0 {
		q = question{text: `Its file, or "later"`, otherwise: found[0]}
	}
	if len(found) > 1 {
		s.tell("Found: %s", strings.Join(found, ", "))
	}
	q.take = func(answer string) error {
		if answer == "" || answer == "later" {
			s.gmail.Client = clientFile
			return nil
		}
		return s.takeClient(s.fromHere(strings.Trim(answer, `"'`))) // as terminals paste dropped files
	}
	return s.ask.ask(ctx, q)
}

// clients are the files that look like Google's, the likeliest first: what is
// beside the configuration already, then the newest.
func (s *setup) clients() (found []string) {
	here, _ := os.Getwd() // without one there is none in it
	for _, dir := range []string{here, filepath.Join(s.Home, "Downloads"), s.dir} {
		some, _ := filepath.Glob(filepath.Join(dir, "client_secret*.json")) // its pattern is good
		for _, f := range some {
			if !slices.Contains(found, f) {
				found = append(found, f)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b string) int { return modified(b).Compare(modified(a)) })
	if own := filepath.Join(s.dir, clientFile); exists(own) {
		found = append([]string{own}, found...)
	}
	return found
}

// takeClient looks into a file of Google's, and has it put beside the
// configuration. A service account's key is one by its type.
func (s *setup) takeClient(file string) error {
	file = s.fromHere(file)
	data, err := os.ReadFile(file)
	if err != nil {
		return errors.New("can't be read: " + err.Error())
	}
	var kind struct{ Type string }
	_ = json.Unmarshal(data, &kind) // what it is no JSON for is told below
	if kind.Type == "service_account" {
		if _, err := gmail.NewServiceAccountSource(data, s.gmail.Address, nil, s.Now, nil); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		s.gmail.Client, s.gmail.ServiceAccount = "", s.keep(file, accountFile, data)
		return nil
	}
	if _, err := gmail.LoadClient(data); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s.gmail.Client, s.gmail.ServiceAccount = s.keep(file, clientFile, data), ""
	return nil
}
