package main

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
)

// ration is a backlog, and a quota that it has to be brought under.
type ration struct {
	messages int
	// allowed and configured are units a minute: what Gmail allows, and what
	// popbridge is told.
	allowed, configured int
	latency             time.Duration
	// within is how long it may take.
	within time.Duration
}

// perMinute is how many imports the quota allows.
func (r ration) perMinute() float64 { return float64(r.allowed) / unitsOfImport }

// consumed is how a ration was used.
type consumed struct {
	pacing
	// Later is the rate once the quota's first minute was over.
	Later             float64
	TooMany, Imported int
	Exit              int
	Said              string
}

// consume has a fresh popbridge bring the backlog in one run.
func (b *bench) consume(r ration) (c consumed, err error) {
	p, err := b.openPost(farAway, []batch{{r.messages, 10_000}})
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, p.close()) }()
	way, err := b.openRoute(gmailOptions{UnitsPerMinute: r.allowed, Latency: r.latency}, r.configured, p.account())
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, way.close()) }()
	u, err := b.patiently(way, r.within)
	if err != nil {
		return c, err
	}
	stats, err := way.gmail.Stats(b.ctx)
	if err != nil {
		return c, err
	}
	return r.judge(u, stats), nil
}

// patiently runs popbridge once. That it fails, or takes too long, is no error
// but shows in its exit status.
func (b *bench) patiently(way *route, within time.Duration) (usage, error) {
	ctx, cancel := context.WithTimeout(b.ctx, within)
	defer cancel()
	u, err := b.measure(ctx, way.site.popbridge("run"))
	if u.Exit != 0 && b.ctx.Err() == nil {
		return u, nil
	}
	return u, err
}

func (r ration) judge(u usage, stats gmailStats) consumed {
	c := consumed{pacing: pacingOf(stats.Acknowledged), TooMany: stats.TooMany, Imported: stats.Messages, Exit: u.Exit,
		Said: strings.Join(strings.Fields(string(u.Stderr)), " ")}
	if acks := stats.Acknowledged; len(acks) > 0 {
		c.Later = pacingOf(acks[countUntil(acks, acks[0].Add(time.Minute)):]).PerMinute
	}
	c.Said = cmp.Or(c.Said, "it said nothing")
	return c
}
