package gmail

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a server may ask for.
const maxRetryAfter = 24 * time.Hour

// retryAfter reads how long the server asks to be left alone: Retry-After in
// seconds or as a date (RFC 9110, section 10.2.3), else the time that Gmail
// names in its message ("User-rate limit exceeded. Retry after 2026-…Z").
func retryAfter(h http.Header, message string, now time.Time) time.Duration {
	var d time.Duration
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		d = time.Duration(seconds) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		d = at.Sub(now)
	} else if _, text, found := strings.Cut(message, "Retry after "); found {
		text, _, _ = strings.Cut(text, " ")
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			d = at.Sub(now)
		}
	}
	return min(max(d, 0), maxRetryAfter)
}
