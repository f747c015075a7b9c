package gmail

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"golang.org/x/oauth2"
)

// Where Google authorises, used where a client or key file doesn't say.
const (
	googleAuthURI  = "https://accounts.google.com/o/oauth2/auth"
	googleTokenURI = "https://oauth2.googleapis.com/token"
)

// LoadClient reads an OAuth client as Google's console gives it ("installed",
// that is a desktop app, or "web") and takes over its auth_uri and token_uri.
// RedirectURL is set only of a web client: the one on loopback with a port, as
// Google accepts no other port from it. Without one it is what RunLogin
// refuses. Errors are of the kind Configuration.
func LoadClient(data []byte) (*oauth2.Config, error) {
	var file struct{ Installed, Web *clientFile }
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, clientError(errors.New("no JSON as Google's console gives it"))
	}
	client := file.Installed
	if client == nil {
		client = file.Web
	}
	if client == nil || client.ClientID == "" {
		return nil, clientError(errors.New(`no "installed" or "web" client in it`))
	}
	endpoint, err := client.endpoint()
	if err != nil {
		return nil, clientError(err)
	}
	config := &oauth2.Config{ClientID: client.ClientID, ClientSecret: client.ClientSecret, Endpoint: endpoint}
	if file.Installed == nil {
		config.RedirectURL = client.loopbackRedirect()
	}
	return config, nil
}

type clientFile struct {
	ClientID     string   `json:"client_id"`
	ClientSecret string   `json:"client_secret"`
	AuthURI      string   `json:"auth_uri"`
	TokenURI     string   `json:"token_uri"`
	RedirectURIs []string `json:"redirect_uris"`
}

// endpoint fixes the style of authentication: finding it out would send each
// failing token request twice.
func (f *clientFile) endpoint() (oauth2.Endpoint, error) {
	e := oauth2.Endpoint{AuthURL: f.AuthURI, TokenURL: f.TokenURI, AuthStyle: oauth2.AuthStyleInParams}
	if e.AuthURL == "" {
		e.AuthURL = googleAuthURI
	}
	if e.TokenURL == "" {
		e.TokenURL = googleTokenURI
	}
	if err := ValidateEndpoint(e.AuthURL); err != nil {
		return e, fmt.Errorf("auth_uri: %w", err)
	}
	if err := ValidateEndpoint(e.TokenURL); err != nil {
		return e, fmt.Errorf("token_uri: %w", err)
	}
	return e, nil
}

func (f *clientFile) loopbackRedirect() string {
	for _, redirect := range f.RedirectURIs {
		u, err := url.Parse(redirect)
		if err == nil && u.Scheme == "http" && isLoopback(u.Hostname()) && u.Port() != "" {
			return redirect
		}
	}
	return noRedirect
}

// noRedirect stands for that there is no redirect to come back by.
const noRedirect = "about:blank"

func clientError(err error) error {
	return &Error{Kind: Configuration, Op: "read the OAuth client", Err: err}
}
