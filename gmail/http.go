package gmail

import (
	"net/http"
	"time"
)

const (
	// maxHeader bounds an answer's header, in octets; Google's have about 1 KB.
	maxHeader = 64 << 10
	// idleTimeout is short, since an upload on a connection that the far end
	// closes in the same moment is in doubt.
	idleTimeout = 30 * time.Second
)

// newTransport gives the standard transport (with the environment's proxy),
// tuned: bounded headers, connections kept for several uploads at a time, and
// HTTP/2 connections that are given up when the far end is gone, lest each
// further request waits for its time-out on them.
func newTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxResponseHeaderBytes = maxHeader
	t.MaxIdleConnsPerHost = 16
	t.IdleConnTimeout = idleTimeout
	t.HTTP2 = &http.HTTP2Config{SendPingTimeout: 20 * time.Second, PingTimeout: 15 * time.Second}
	return t
}
