package app

import (
	"errors"
	"fmt"
	"math"
	"net"
	"syscall"
	"time"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/internal/bridge"
	"github.com/popbridge/popbridge/internal/config"
)

// loginFailure says what mends a failed login.
func (p *program) loginFailure(err error, g config.Gmail) error {
	again := "popbridge login " + g.Name
	var le *gmail.LoginError
	if !errors.As(err, &le) {
		f := bridge.Classify(err, "", g.Name)
		if f.Class == bridge.Unavailable || f.Class == bridge.Later && !f.Quiet {
			f.Hint = "in a while, type again: " + again
		}
		return f
	}
	return &bridge.Failure{Class: bridge.Person, Err: err, Hint: p.loginHint(le, again, g)}
}

func (p *program) loginHint(le *gmail.LoginError, again string, g config.Gmail) string {
	first := le.Hint
	switch le.Kind {
	case gmail.LoginAddressMismatch:
		return again + ", and choose " + g.Address + " in the browser\nif " + le.Got + " is the one: correct address in the configuration"
	case gmail.LoginScopesMissing:
		return again + ", and tick every box in the browser"
	case gmail.LoginNoRefreshToken:
		first = "withdraw popbridge's access at https://myaccount.google.com/connections"
	case gmail.LoginClock:
		if p.GOOS == "linux" {
			first += ", at best for good (timedatectl set-ntp true)"
		}
	case gmail.LoginPort:
		first = p.portHint(le)
	}
	switch {
	case le.Code == "access_denied":
		return again + ", and click Continue on each page in the browser"
	case first == "":
		return again
	default:
		return first + ", then type: " + again
	}
}

// portHint is for a redirect where nothing can listen.
func (p *program) portHint(le *gmail.LoginError) string {
	const desktop = "make an OAuth client of type Desktop app, which takes any port, at https://console.cloud.google.com/auth/clients"
	_, port, err := net.SplitHostPort(le.Got)
	if err != nil || port == "0" || !isTaken(le.Err) {
		return desktop
	}
	find := "lsof -nP -iTCP:" + port + " -sTCP:LISTEN"
	switch p.GOOS {
	case "linux":
		find = "ss -ltnp 'sport = :" + port + "'"
	case "windows":
		find = "netstat -ano | findstr :" + port
	}
	return "end the program that has port " + port + ", which this shows: " + find + "\nor " + desktop
}

// isTaken tells that another program listens there.
func isTaken(err error) bool {
	const wsaAddressInUse = syscall.Errno(10048) // which package syscall doesn't map
	return errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, wsaAddressInUse)
}

// warnOfEnd says that an authorisation won't last, where its end is known.
func (p *program) warnOfEnd(end time.Time, g config.Gmail) {
	if end.IsZero() {
		return
	}
	days := int(math.Ceil(end.Sub(p.Now()).Hours() / 24))
	why, mend := "access was allowed for a limited time only", "to allow it for longer, type: popbridge login "+g.Name
	if days <= 7 {
		why = "the consent screen is in Testing"
		mend = "publish the app (In production) at https://console.cloud.google.com/auth/audience, then type: popbridge login " + g.Name
	}
	p.complain("", fmt.Sprintf("this authorisation ends in %d days, on %s: %s", days, end.UTC().Format(day), why), mend)
}
