package config

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
	"time"
)

var durationPart = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?)([smhdw])`)

var errDuration = errors.New(`write a number and a unit (s, m, h, d or w), as in "14d" or "1d12h"`)

// parseDuration reads numbers with the units s, m, h, d (24 h) and w (7 d),
// one after another; "0" needs no unit.
func parseDuration(s string) (time.Duration, error) {
	const longest = 64 // keeps the arithmetic small
	switch {
	case s == "0":
		return 0, nil
	case strings.HasPrefix(s, "-"):
		return 0, errors.New("must not be negative")
	case s == "" || len(s) > longest:
		return 0, errDuration
	}
	total := new(big.Rat)
	for s != "" {
		part := durationPart.FindStringSubmatch(s)
		if part == nil {
			return 0, errDuration
		}
		total.Add(total, product(part[1], int64(durationUnit(part[2]))))
		s = s[len(part[0]):]
	}
	n, ok := whole(total)
	if !ok {
		return 0, errors.New("is too long: 292 years are the most")
	}
	return time.Duration(n), nil
}

func durationUnit(s string) time.Duration {
	switch s {
	case "s":
		return time.Second
	case "m":
		return time.Minute
	case "h":
		return time.Hour
	case "d":
		return 24 * time.Hour
	}
	return 7 * 24 * time.Hour
}

// product multiplies a decimal number, digits and at most one point, with a
// unit, exactly.
func product(number string, unit int64) *big.Rat {
	n, _ := new(big.Rat).SetString(number)
	return n.Mul(n, new(big.Rat).SetInt64(unit))
}

// whole cuts off the fraction and tells whether the rest fits.
func whole(r *big.Rat) (int64, bool) {
	n := new(big.Int).Quo(r.Num(), r.Denom())
	return n.Int64(), n.IsInt64()
}

// Retention is how long an imported message stays on the provider. The zero
// value keeps it for ever.
type Retention struct {
	// Expires is false for "never".
	Expires bool
	// After counts from the import; 0 is at once. It means nothing unless
	// Expires.
	After time.Duration
}

// Never tells whether messages stay for ever.
func (r Retention) Never() bool { return !r.Expires }

func parseRetention(s string) (Retention, error) {
	if s == "never" {
		return Retention{}, nil
	}
	after, err := parseDuration(s)
	if errors.Is(err, errDuration) {
		err = errors.New(`write "never", or a number and a unit (s, m, h, d or w), as in "14d"`)
	}
	return Retention{Expires: err == nil, After: after}, err
}
