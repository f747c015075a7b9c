package config

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
)

var (
	sizeText     = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]+)$`)
	messagesText = regexp.MustCompile(`^([0-9]+) ?messages?$`)
)

var errSize = errors.New(`write a number and a unit (B, KB, MB, GB, KiB, MiB or GiB), as in "25MB"`)

// parseSize reads a size in octets. A number without a unit is refused: who
// wrote keep_size = "80" did not mean 80 octets.
func parseSize(s string) (int64, error) {
	const longest = 64 // keeps the arithmetic small
	if strings.HasPrefix(s, "-") {
		return 0, errors.New("must not be negative")
	}
	part := sizeText.FindStringSubmatch(s)
	if part == nil || len(s) > longest {
		return 0, errSize
	}
	unit, ok := sizeUnit(part[2])
	if !ok {
		return 0, errSize
	}
	n, ok := whole(product(part[1], unit))
	if !ok {
		return 0, errors.New("is too large")
	}
	return n, nil
}

// sizeUnit knows the units as they are written, and all in lower case.
func sizeUnit(s string) (int64, bool) {
	switch s {
	case "B", "b":
		return 1, true
	case "KB", "kb":
		return 1e3, true
	case "MB", "mb":
		return 1e6, true
	case "GB", "gb":
		return 1e9, true
	case "KiB", "kib":
		return 1 << 10, true
	case "MiB", "mib":
		return 1 << 20, true
	case "GiB", "gib":
		return 1 << 30, true
	}
	return 0, false
}

// Capacity is how much the provider's mailbox holds. At most one field is
// set; neither means that it is not known.
type Capacity struct {
	Octets   int64
	Messages int
}

// Known tells whether a capacity was configured.
func (c Capacity) Known() bool { return c != Capacity{} }

func parseCapacity(s string) (Capacity, error) {
	if part := messagesText.FindStringSubmatch(s); part != nil {
		n, err := strconv.ParseInt(part[1], 10, 32)
		if err != nil {
			return Capacity{}, errors.New("is too large")
		}
		return positive(Capacity{Messages: int(n)})
	}
	n, err := parseSize(s)
	if errors.Is(err, errSize) {
		err = errors.New(`write a size or a number of messages, as in "100MB" or "500 messages"`)
	}
	if err != nil {
		return Capacity{}, err
	}
	return positive(Capacity{Octets: n})
}

func positive(c Capacity) (Capacity, error) {
	if !c.Known() {
		return c, errors.New("must be more than 0")
	}
	return c, nil
}
