package devicetest

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// code is what a device waits for.
type code struct {
	device, user string
	scope        string
	interval     time.Duration
	asked        time.Time
	expires      time.Time
	decision     decision
	account      string
}

type decision int

const (
	undecided decision = iota
	allowed
	declined
)

// deviceCode is the device authorisation endpoint (RFC 8628, section 3.2).
func (s *Server) deviceCode(form url.Values) (any, error) {
	if err := s.checkID(form); err != nil {
		return nil, err
	}
	if form.Get("scope") == "" {
		return nil, refuse("invalid_request", 900144, "The request body must contain the following parameter: 'scope'.")
	}
	now := s.opt.Now()
	c := &code{device: rand.Text() + rand.Text(), user: userCode(), scope: form.Get("scope"),
		interval: s.opt.Interval, asked: now, expires: now.Add(s.opt.CodeLife)}
	s.codes = append(s.codes, c)
	answer := map[string]any{
		"device_code": c.device, "user_code": c.user, "verification_uri": s.PageURI(),
		"expires_in": int(s.opt.CodeLife.Seconds()), "interval": int(c.interval.Seconds()),
		"message": "To sign in, open the page " + s.PageURI() + " and enter the code " + c.user,
	}
	if s.opt.WithCode {
		answer["verification_uri_complete"] = s.PageURI() + "?user_code=" + c.user
	}
	return answer, nil
}

// userCode is short and easy to tell apart (RFC 8628, section 6.1).
func userCode() string {
	const letters = "BCDFGHJKLMNPQRSTVWXZ"
	octets := make([]byte, 8)
	_, _ = rand.Read(octets) // it never fails
	for i, o := range octets {
		octets[i] = letters[int(o)%len(letters)]
	}
	return string(octets[:4]) + "-" + string(octets[4:])
}

// exchange answers a device that asks for its tokens (RFC 8628, section 3.5).
// Each code is good for one exchange.
func (s *Server) exchange(form url.Values) (any, error) {
	now := s.opt.Now()
	for i, c := range s.codes {
		if c.device != form.Get("device_code") {
			continue
		}
		early := now.Sub(c.asked) < c.interval/2 // timers and networks are not exact
		c.asked = now
		switch {
		case !now.Before(c.expires):
			return nil, refuse("expired_token", 70019, "Verification code expired.")
		case early:
			c.interval += 5 * time.Second
			return nil, refuse("slow_down", 0, "The device asks too often.")
		case c.decision == declined:
			return nil, refuse("authorization_declined", 0, "The end-user denied the authorization request.")
		case c.decision == undecided:
			return nil, refuse("authorization_pending", 70016, "OAuth 2.0 device flow error. Authorization is pending.")
		}
		s.codes = append(s.codes[:i], s.codes[i+1:]...)
		return s.issue(token{account: c.account, scope: c.scope}), nil
	}
	return nil, refuse("bad_verification_code", 70018, "The device_code is not known.")
}

// Approve is what a person does who types the code and signs in to a mailbox.
func (s *Server) Approve(userCode, account string) error {
	return s.decided(userCode, allowed, account)
}

// Decline is what a person does who doesn't want that.
func (s *Server) Decline(userCode string) error {
	return s.decided(userCode, declined, "")
}

func (s *Server) decided(userCode string, d decision, account string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.codes {
		if !strings.EqualFold(c.user, strings.TrimSpace(userCode)) {
			continue
		}
		if !s.opt.Now().Before(c.expires) {
			return errors.New("the code has expired")
		}
		c.decision, c.account = d, account
		return nil
	}
	return fmt.Errorf("there is no code %q", userCode)
}

// SetPerson has fn called with each code as it is given out; nil ends that. It
// may approve the code at once.
func (s *Server) SetPerson(fn func(userCode string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.person = fn
}

// tell shows the person what an answer to a device holds.
func (s *Server) tell(answer any) {
	fields, _ := answer.(map[string]any)
	given, _ := fields["user_code"].(string)
	s.mu.Lock()
	fn := s.person
	s.mu.Unlock()
	if fn != nil && given != "" {
		fn(given)
	}
}

// refusal is an error of RFC 6749, section 5.2.
type refusal struct {
	status int
	code   string
	number int
	text   string
}

func refuse(code string, number int, text string) error {
	return &refusal{http.StatusBadRequest, code, number, text}
}

func (r *refusal) Error() string { return r.code + ": " + r.description() }

// description is written as Microsoft's, number and trace included.
func (r *refusal) description() string {
	if r.number == 0 {
		return r.text
	}
	return fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: 00000000-0000-0000-0000-000000000000", r.number, r.text)
}
