package provider

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/html/charset"
)

// clientConfig is what matters here of Mozilla's config file.
// https://wiki.mozilla.org/Thunderbird:Autoconfiguration:ConfigFileFormat
type clientConfig struct {
	XMLName   xml.Name `xml:"clientConfig"`
	Providers []struct {
		Name     string     `xml:"displayName"`
		Incoming []incoming `xml:"incomingServer"`
		Enable   []enable   `xml:"enable"`
	} `xml:"emailProvider"`
	// Seen in practice: beside the provider instead of in it.
	Enable []enable `xml:"enable"`
}

type incoming struct {
	Type           string   `xml:"type,attr"`
	Hostname       string   `xml:"hostname"`
	Port           string   `xml:"port"`
	SocketType     string   `xml:"socketType"`
	Username       string   `xml:"username"`
	Authentication []string `xml:"authentication"`
}

type enable struct {
	Instructions []struct {
		Lang string `xml:"lang,attr"`
		Text string `xml:",chardata"`
	} `xml:"instruction"`
}

var (
	errNoPOP3    = errors.New("it names no POP3 server")
	errPlainPOP3 = errors.New("it names no POP3 server with TLS")
)

// parse reads a config file and takes the best of its POP3 servers. Only of a
// trusted one the instruction is taken: what anybody on the way could have
// written should not tell people what to do.
func parse(text []byte, address string, trusted bool) (Settings, error) {
	var c clientConfig
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = charset.NewReaderLabel // seen in practice: ISO-8859-1
	if err := d.Decode(&c); err != nil {
		return Settings{}, fmt.Errorf("read its XML: %w", err)
	}
	if err := atEnd(d); err != nil {
		return Settings{}, fmt.Errorf("read its XML: %w", err)
	}
	if len(c.Providers) == 0 {
		return Settings{}, errNoPOP3
	}
	p := c.Providers[0]
	s, err := best(p.Incoming, address)
	if err != nil {
		return Settings{}, err
	}
	_, domain, _ := cutAddress(address)
	if s.Provider = phrase(p.Name); s.Provider == "" {
		s.Provider = domain
	}
	if trusted {
		s.Note = instruction(append(p.Enable, c.Enable...))
	}
	return s, nil
}

// atEnd tells whether nothing is wrong with the XML behind its root.
func atEnd(d *xml.Decoder) error {
	for {
		switch t, err := d.Token(); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		default:
			if _, again := t.(xml.StartElement); again {
				return errors.New("it has two roots")
			}
		}
	}
}

// best prefers TLS from the start to STLS, and passwords to OAuth; then what
// comes first in the file counts.
func best(servers []incoming, address string) (Settings, error) {
	var found Settings
	rank, err := 0, errNoPOP3
	for _, in := range servers {
		if !strings.EqualFold(strings.TrimSpace(in.Type), "pop3") {
			continue
		}
		s, why := in.settings(address)
		if why != nil {
			err = why
			continue
		}
		if r := s.rank(); r > rank {
			found, rank = s, r
		}
	}
	if rank > 0 {
		return found, nil
	}
	return Settings{}, err
}

func (s Settings) rank() int {
	r := 1
	if s.TLS == "implicit" {
		r += 2
	}
	if !s.OAuth2 {
		r++
	}
	return r
}

// settings are those of one server, if popbridge can use it.
func (in incoming) settings(address string) (Settings, error) {
	var s Settings
	switch strings.ToUpper(strings.TrimSpace(in.SocketType)) {
	case "SSL":
		s.TLS = "implicit"
	case "STARTTLS":
		s.TLS = "starttls"
	default:
		return Settings{}, errPlainPOP3
	}
	port, err := strconv.Atoi(strings.TrimSpace(in.Port))
	if err != nil || port < 1 || port > 65535 {
		return Settings{}, fmt.Errorf("its port %q is none", in.Port)
	}
	s.Port = port
	if s.Host, err = hostName(expand(in.Hostname, address)); err != nil {
		return Settings{}, err
	}
	if s.OAuth2, err = needsOAuth(in.Authentication); err != nil {
		return Settings{}, err
	}
	s.User = userPattern(in.Username)
	return s, nil
}

// needsOAuth tells what the ways to log in come to. "plain" and "secure" are
// their names in older files.
func needsOAuth(ways []string) (bool, error) {
	for i := range ways {
		ways[i] = strings.ToLower(strings.TrimSpace(ways[i]))
	}
	for _, w := range []string{"password-cleartext", "password-encrypted", "plain", "secure"} {
		if slices.Contains(ways, w) {
			return false, nil
		}
	}
	if slices.Contains(ways, "oauth2") {
		return true, nil
	}
	if len(ways) > 0 {
		return false, fmt.Errorf("its POP3 server takes only %.60q", strings.Join(ways, ", "))
	}
	return false, nil
}

// userPattern is a name to log in with, or empty where it can't be one: a
// person is asked then.
func userPattern(s string) string {
	s = strings.TrimSpace(s)
	rest := strings.NewReplacer(emailAddress, "", emailLocalPart, "", emailDomain, "").Replace(s)
	if len(s) > 255 || strings.Contains(rest, "%") || strings.ContainsFunc(s, unprintable) {
		return ""
	}
	return s
}

// instruction is what is to be done first, in English.
func instruction(all []enable) string {
	for _, e := range all {
		for _, i := range e.Instructions {
			if i.Lang == "" || strings.HasPrefix(strings.ToLower(i.Lang), "en") {
				return phrase(i.Text)
			}
		}
	}
	return ""
}

// phrase makes a line for a terminal of a text from elsewhere.
func phrase(s string) string {
	words := strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	clean := []rune(strings.Map(func(c rune) rune {
		if unprintable(c) {
			return -1
		}
		return c
	}, words))
	if len(clean) > 300 {
		return string(clean[:300]) + "…"
	}
	return string(clean)
}

// unprintable are control characters, and those that turn the direction of
// writing or are not seen.
func unprintable(c rune) bool { return !unicode.IsPrint(c) }
