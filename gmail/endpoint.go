package gmail

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const googleEndpoint = "https://gmail.googleapis.com/"

// ValidateEndpoint tells whether a URL may be given tokens or mail: https, or
// plain http on loopback, without user, query or fragment. The empty string,
// which stands for Google's, is valid. The error quotes no password.
func ValidateEndpoint(endpoint string) error {
	if endpoint == "" {
		return nil
	}
	_, err := parseEndpoint(endpoint)
	return err
}

func parseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Hostname() == "":
		// The parser's error would quote a password.
		return nil, errors.New("not a URL of a server")
	case u.User != nil:
		u.User = nil // a key may have been taken for a user
		return nil, fmt.Errorf("%s: a user or password in the URL isn't used", u)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s: a query or fragment isn't allowed", u.Redacted())
	case u.Scheme == "https", u.Scheme == "http" && isLoopback(u.Hostname()):
		return u, nil
	case u.Scheme == "http":
		return nil, fmt.Errorf("%s: plain http is for loopback only", u.Redacted())
	default:
		return nil, fmt.Errorf("%s: not an https URL", u.Redacted())
	}
}

// parseRoot gives the API's root, its path ending in a slash: the library
// resolves against it.
func parseRoot(endpoint string) (*url.URL, error) {
	if endpoint == "" {
		endpoint = googleEndpoint
	}
	root, err := parseEndpoint(endpoint)
	if err != nil {
		return nil, err
	}
	if !strings.HasSuffix(root.Path, "/") {
		root = root.JoinPath("/")
	}
	return root, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// sameOrigin tells whether two URLs have scheme, host and port in common.
func sameOrigin(a, b *url.URL) bool {
	return strings.EqualFold(a.Scheme, b.Scheme) && strings.EqualFold(hostPort(a), hostPort(b))
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" && strings.EqualFold(u.Scheme, "https") {
		port = "443"
	} else if port == "" {
		port = "80"
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// beneath puts a path of the endpoint under its prefix. The library sends
// uploads to the absolute /upload/…, and a proxy that strips its prefix lets
// such a path through in the Location of a resumable upload.
func beneath(root, u *url.URL) *url.URL {
	prefix := root.EscapedPath()
	if prefix == "/" || strings.HasPrefix(u.EscapedPath(), prefix) {
		return u
	}
	moved := *u
	moved.Path = root.Path + strings.TrimPrefix(u.Path, "/")
	moved.RawPath = prefix + strings.TrimPrefix(u.EscapedPath(), "/")
	return &moved
}

// originError is an answer that points to another server. The token and the
// mail are for the endpoint alone, so that it isn't followed.
type originError struct{ host string }

func (e *originError) Error() string {
	return fmt.Sprintf("the server points to %s, which isn't followed", printable(e.host))
}

// redirected gives an error for an answer that wants to be followed
// elsewhere, nil for any other.
func redirected(resp *http.Response) error {
	if resp.StatusCode < 300 || resp.StatusCode > 399 || resp.Header.Get("Location") == "" {
		return nil
	}
	host := "another page"
	if to, err := resp.Location(); err == nil {
		host = to.Host
	}
	return &originError{host: host}
}
