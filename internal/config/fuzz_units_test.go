package config

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The units, by the words of the README.
var (
	sizeUnits = map[string]int64{"b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30}
	timeUnits = map[string]int64{"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}

	oneSize  = regexp.MustCompile(`^([0-9]+)(?:\.([0-9]+))? ?(B|b|KB|kb|MB|mb|GB|gb|KiB|kib|MiB|mib|GiB|gib)$`)
	oneTime  = regexp.MustCompile(`([0-9]+)(?:\.([0-9]+))?([smhdw])`)
	allTimes = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)?[smhdw])+$`)
)

// scaled adds number × unit to a sum that counts in units of 10^-70.
func scaled(sum *big.Int, whole, fraction string, unit int64) {
	n, _ := new(big.Int).SetString(whole+fraction+strings.Repeat("0", 70-len(fraction)), 10)
	sum.Add(sum, n.Mul(n, big.NewInt(unit)))
}

// settled cuts a sum off to whole units, and tells whether that is an int64.
func settled(sum *big.Int) (int64, bool) {
	sum.Quo(sum, new(big.Int).Exp(big.NewInt(10), big.NewInt(70), nil))
	return sum.Int64(), sum.IsInt64()
}

// FuzzUnits reads any text as what a key may hold, and holds the values
// against plain arithmetic.
func FuzzUnits(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string) {
		size, err := parseSize(s)
		want, ok := int64(0), false
		if part := oneSize.FindStringSubmatch(s); part != nil && len(s) <= 64 {
			sum := new(big.Int)
			scaled(sum, part[1], part[2], sizeUnits[strings.ToLower(part[3])])
			want, ok = settled(sum)
		}
		if (err == nil) != ok || ok && size != want {
			t.Errorf("size %q is %d, %v; want %d, %v", s, size, err, want, ok)
		}
		checkCapacity(t, s, size, err == nil)
		checkTimes(t, s)
		if name := nameText.MatchString(s); name && (len(s) > 64 || strings.ContainsFunc(s, func(r rune) bool {
			return r <= ' ' || r > '~' || r == '/' || r == '\\'
		})) {
			t.Errorf("name %q", s)
		}
		if octets, err := parseFingerprint(s); err == nil && len(octets) != 32 {
			t.Errorf("fingerprint %q is %x", s, octets)
		}
		checkLine(t, oneLine(s))
		checkLine(t, quote(s))
		checkLine(t, plain(s))
	})
}

func checkCapacity(t *testing.T, s string, size int64, isSize bool) {
	c, err := parseCapacity(s)
	digits, messages := strings.CutSuffix(strings.TrimSuffix(s, "s"), "message")
	n, bad := strconv.ParseUint(strings.TrimSuffix(digits, " "), 10, 31)
	want := Capacity{}
	switch {
	case messages && bad == nil:
		want.Messages = int(n)
	case isSize:
		want.Octets = size
	}
	if (err == nil) != want.Known() || err == nil && c != want {
		t.Errorf("capacity %q is %+v, %v; want %+v", s, c, err, want)
	}
}

func checkTimes(t *testing.T, s string) {
	got, err := parseDuration(s)
	want, ok := int64(0), s == "0"
	if allTimes.MatchString(s) && len(s) <= 64 {
		sum := new(big.Int)
		for _, part := range oneTime.FindAllStringSubmatch(s, -1) {
			scaled(sum, part[1], part[2], timeUnits[part[3]]*int64(time.Second))
		}
		want, ok = settled(sum)
	}
	if (err == nil) != ok || ok && got != time.Duration(want) {
		t.Errorf("duration %q is %v, %v; want %v, %v", s, got, err, time.Duration(want), ok)
	}
	r, err := parseRetention(s)
	if (err == nil) != (ok || s == "never") || r.Expires != ok || ok && r.After != got {
		t.Errorf("retention %q is %+v, %v", s, r, err)
	}
}
