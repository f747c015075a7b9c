package state

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// MaxName bounds the name of an account, in characters.
const MaxName = 64

// CheckName tells whether name may name an account: [A-Za-z0-9._-]{1,64}.
func CheckName(name string) error {
	if name == "" || len(name) > MaxName {
		return fmt.Errorf("account name %q has not 1 to %d characters", name, MaxName)
	}
	for _, c := range []byte(name) {
		if !isLetter(c) && !isDigit(c) && strings.IndexByte("._-", c) < 0 {
			return fmt.Errorf("account name %q has other characters than A-Z, a-z, 0-9, '.', '_' and '-'", name)
		}
	}
	return nil
}

func isLetter(c byte) bool { return isUpper(c) || 'a' <= c && c <= 'z' }
func isUpper(c byte) bool  { return 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }

// check refuses a record that could not be read back, exported or imported.
func (r *Record) check() error {
	if err := CheckName(r.Account); err != nil {
		return err
	}
	if err := r.checkValues(); err != nil {
		return fmt.Errorf("record %s/%s: %w", r.Account, EscapeUID(r.UID), err)
	}
	return nil
}

func (r *Record) checkValues() error {
	switch {
	case r.UID == "":
		return errors.New("UID is empty")
	case !r.Status.known():
		return fmt.Errorf("status %q is none of pending, imported, adopted, refused", r.Status)
	case r.Size < 0, r.Attempts < 0, r.Breaks < 0:
		return errors.New("size, attempts or breaks is negative")
	}
	for _, d := range []string{r.Digest, r.HeaderDigest, r.BodyDigest} {
		if !isDigest(d) {
			return fmt.Errorf("digest %q is not 64 lower-case hexadecimal digits", d)
		}
	}
	return checkTimes(r.FirstSeen, r.AttemptedAt, r.ImportedAt, r.DeletedAt, r.LastListed)
}

func (s Status) known() bool {
	return s == Pending || s == Imported || s == Adopted || s == Refused
}

// isDigest accepts the empty string, which stands for not known.
func isDigest(s string) bool {
	if s == "" {
		return true
	}
	return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == ""
}

// checkTimes keeps to the years that RFC 3339 can write.
func checkTimes(times ...time.Time) error {
	for _, t := range times {
		if y := t.UTC().Year(); y < 1 || y > 9999 {
			return fmt.Errorf("year %d is out of range", y)
		}
	}
	return nil
}
