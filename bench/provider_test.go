package main

import (
	"encoding/json"
	"io"
	"strings"
	"testing"
)

// conversation is a provider served within the test.
type conversation struct {
	t   *testing.T
	in  io.WriteCloser
	out *json.Decoder
}

func converse(t *testing.T) conversation {
	t.Helper()
	in, calls := io.Pipe()
	answers, out := io.Pipe()
	served := make(chan error, 1)
	go func() { served <- serveProvider(in, out) }()
	t.Cleanup(func() {
		calls.Close()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	return conversation{t: t, in: calls, out: json.NewDecoder(answers)}
}

func (c conversation) ask(question any) (a providerAnswer) {
	c.t.Helper()
	if err := json.NewEncoder(c.in).Encode(question); err != nil {
		c.t.Fatal(err)
	}
	if err := c.out.Decode(&a); err != nil {
		c.t.Fatal(err)
	}
	return a
}

func TestProvider(t *testing.T) {
	c := converse(t)
	a := c.ask(providerSpec{Boxes: []boxSpec{{User: "a", Known: 3, New: 2, Size: 2000}, {User: "b", Known: 1, Size: 2000}}})
	p := provider{host: a.Host, port: a.Port, ca: a.CA}
	for user, want := range map[string]int{"a": 5, "b": 1} {
		took, messages, err := bareListing(p.account(user))
		if err != nil || messages != want || took <= 0 {
			t.Errorf("%s: %d messages in %v, %v", user, messages, took, err)
		}
	}
	costs := c.ask(providerCall{Do: "costs"}).Costs
	if costs.Sessions != 2 || costs.Commands != 12 || costs.Verbs["UIDL"] != 2 || costs.RoundTrips < 6 || costs.LockedFor <= 0 {
		t.Errorf("costs: %+v", costs)
	}
	c.ask(providerCall{Do: "reset"})
	if costs := c.ask(providerCall{Do: "costs"}).Costs; costs.Sessions+costs.Commands+costs.RoundTrips != 0 || costs.LockedFor != 0 {
		t.Errorf("after a reset: %+v", costs)
	}
	c.ask(providerCall{Do: "fill", Box: boxSpec{User: "a", Known: 2, Size: 2000}})
	if _, messages, err := bareListing(p.account("a")); err != nil || messages != 2 {
		t.Errorf("filled anew: %d messages, %v", messages, err)
	}
	if a := c.ask(providerCall{Do: "dance"}); !strings.Contains(a.Error, "dance") {
		t.Errorf("an unknown call: %+v", a)
	}
}

func TestBareListingSaysWhatFails(t *testing.T) {
	c := converse(t)
	a := c.ask(providerSpec{Boxes: []boxSpec{{User: "a", Size: 2000}}})
	of := (&provider{host: a.Host, port: a.Port, ca: a.CA}).account("a")
	of.Password = "another"
	if _, _, err := bareListing(of); err == nil || !strings.Contains(err.Error(), "-ERR") {
		t.Errorf("a wrong password: %v", err)
	}
	of.CA = nil
	if _, _, err := bareListing(of); err == nil {
		t.Error("no certificate: no error")
	}
}
