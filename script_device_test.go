package main_test

import (
	"flag"
	"fmt"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/popbridge/popbridge/internal/deviceflow/devicetest"
)

// device is the stand-in for a provider's OAuth, whose codes are typed on
// another device. It has to be there before a "pop3 start -oauth":
//
//	device start [-rotate]        sets $CLIENT_ID, $DEVICE_URI and $TOKEN_URI
//	device token ACCOUNT [-expired]  writes token-ACCOUNT.json
//	device approve CODE ACCOUNT   what a person does who types the code
//	device decline CODE           … and doesn't want that
//	device end ACCOUNT NUMBER     ends an authorisation, for that AADSTS number
//	device expire                 ends all access tokens
//	device refuse CODE NUMBER     answers so from now on
//	device requests               prints the requests since forget
//	device forget
func device(ts *testscript.TestScript, neg bool, args []string) {
	subcommand(ts, neg, args, map[string]func(call){
		"start": deviceStart, "token": deviceToken, "requests": deviceRequests,
		"approve": func(c call) {
			c.need("CODE", "ACCOUNT")
			c.Check(c.w.device.Approve(c.args[0], c.args[1]))
		},
		"decline": func(c call) {
			c.need("CODE")
			c.Check(c.w.device.Decline(c.args[0]))
		},
		"end": func(c call) {
			c.need("ACCOUNT", "NUMBER")
			c.w.device.End(c.args[0], c.number(c.args[1]))
		},
		"refuse": func(c call) {
			c.need("CODE", "NUMBER")
			f := &devicetest.Fault{Code: c.args[0], AADSTS: c.number(c.args[1])}
			c.w.device.SetFault(func(devicetest.Request) *devicetest.Fault { return f })
		},
		"expire": func(c call) { c.w.device.ExpireAccessTokens() },
		"forget": func(c call) { c.w.device.Forget() },
	})
}

func deviceStart(c call) {
	o := devicetest.Options{Interval: time.Second}
	flags := flag.NewFlagSet("device start", flag.ContinueOnError)
	flags.BoolVar(&o.Rotate, "rotate", false, "")
	c.Check(flags.Parse(c.args))
	var err error
	c.w.device, err = devicetest.Start(o)
	c.Check(err)
	c.Setenv("CLIENT_ID", devicetest.ClientID)
	c.Setenv("DEVICE_URI", c.w.device.DeviceURI())
	c.Setenv("TOKEN_URI", c.w.device.TokenURI())
	for _, beginning := range []string{"EwB.", "M.C1_."} { // of all its tokens
		c.w.hide(beginning)
	}
}

func deviceToken(c call) {
	c.need("ACCOUNT")
	data := c.w.device.TokenJSON(c.args[0])
	if len(c.args) > 1 {
		data = c.w.device.ExpiredTokenJSON(c.args[0])
	}
	c.w.write(c.TestScript, "token-"+c.args[0]+".json", data)
}

func deviceRequests(c call) {
	for _, r := range c.w.device.Requests() {
		fmt.Fprintln(c.Stdout(), r.Kind, r.Grant, r.Scope, r.Error)
	}
}
