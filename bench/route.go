package main

import "errors"

// route is a Gmail, and a popbridge that brings mail there.
type route struct {
	gmail *gmailProcess
	site  *site
}

// openRoute sets popbridge up for accounts, with configured units a minute.
func (b *bench) openRoute(o gmailOptions, configured int, accounts ...account) (*route, error) {
	g, err := b.startGmail(o)
	if err != nil {
		return nil, err
	}
	s, err := b.newSite(siteOptions{Gmail: g, Accounts: accounts, UnitsPerMinute: configured})
	if err != nil {
		return nil, errors.Join(err, g.Close())
	}
	return &route{gmail: g, site: s}, nil
}

func (r *route) close() error { return r.gmail.Close() }
