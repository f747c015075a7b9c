package config

import (
	"testing"
	"time"
)

func TestParseDuration(t *testing.T) {
	const day = 24 * time.Hour
	tests := map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "5m": 5 * time.Minute, "1h": time.Hour, "14d": 14 * day,
		"2w": 14 * day, "1d12h": 36 * time.Hour, "0.5d": 12 * time.Hour, "1.5h30m": 2 * time.Hour,
		"0.000000001s": 1, "0.0000000019s": 1, "106751d": 106751 * day,
	}
	for s, want := range tests {
		if got, err := parseDuration(s); err != nil || got != want {
			t.Errorf("%q: %v, %v, want %v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "1", "d", "14 d", "14D", "1mo", "500ms", "+1d", "-0s", ".5d", "1.d", "1e3s", "1d ", "never",
		"106752d", "99999999999999999999w", "1d99999999999999999999s", "0.1" + string(make([]byte, 70))} {
		if got, err := parseDuration(s); err == nil {
			t.Errorf("%q taken for %v", s, got)
		}
	}
}

func TestParseSize(t *testing.T) {
	tests := map[string]int64{
		"0B": 0, "1b": 1, "1KB": 1000, "1kb": 1000, "1KiB": 1024, "1kib": 1024, "100MB": 100_000_000, "1.5MiB": 1_572_864,
		"2GB": 2_000_000_000, "1GiB": 1 << 30, "25 MB": 25_000_000, "9223372036854775807B": 1<<63 - 1,
	}
	for s, want := range tests {
		if got, err := parseSize(s); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", s, got, err, want)
		}
	}
	for _, s := range []string{"", "1", "MB", "-1MB", "1M", "1Mb", "1TB", "1  MB", "1e3B", "9223372036854775808B", "9999999999GiB"} {
		if got, err := parseSize(s); err == nil {
			t.Errorf("%q taken for %d", s, got)
		}
	}
}

func TestParseCapacity(t *testing.T) {
	tests := map[string]Capacity{
		"100MB": {Octets: 100_000_000}, "500 messages": {Messages: 500}, "1 message": {Messages: 1}, "5messages": {Messages: 5},
	}
	for s, want := range tests {
		if got, err := parseCapacity(s); err != nil || got != want {
			t.Errorf("%q: %+v, %v, want %+v", s, got, err, want)
		}
	}
	for _, s := range []string{"", "500", "0MB", "-5 messages", "1.5 messages", "99999999999 messages", "5 mails"} {
		if got, err := parseCapacity(s); err == nil {
			t.Errorf("%q taken for %+v", s, got)
		}
	}
}
