package elsewhere_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/popbridge/popbridge/internal/elsewhere"
)

func TestWhichMailboxIsTaken(t *testing.T) {
	const (
		two     = "u@a.example x1\nu@b.example y1\nv@c.example z1\n"
		twoSeen = "u@a.example x1\nu@b.example x1\n"
	)
	for name, c := range map[string]struct {
		data   string
		wanted elsewhere.Wanted
		listed []string
		box    string
		exact  bool
		says   string
	}{
		"the same":                           {two, elsewhere.Wanted{Host: "A.Example", User: "u"}, []string{"x1", "n"}, "user u at a.example", true, ""},
		"the same, with nothing listed":      {two, elsewhere.Wanted{Host: "a.example", User: "u"}, nil, "user u at a.example", true, ""},
		"another host with its mail":         {two, elsewhere.Wanted{Host: "d.example", User: "u"}, []string{"y1", "n"}, "user u at b.example", false, ""},
		"another host, none of its mail":     {two, elsewhere.Wanted{Host: "d.example", User: "u"}, []string{"n"}, "", false, "it has user u at a.example; user u at b.example; user v"},
		"two other hosts with its mail":      {twoSeen, elsewhere.Wanted{Host: "d.example", User: "u"}, []string{"x1"}, "", false, "several"},
		"another user of the host":           {two, elsewhere.Wanted{Host: "a.example", User: "w"}, []string{"x1"}, "", false, "no mailbox of user w at a.example"},
		"the user in capitals":               {two, elsewhere.Wanted{Host: "c.example", User: "V"}, []string{"z1"}, "user v at c.example", false, ""},
		"the user in capitals, without mail": {two, elsewhere.Wanted{Host: "c.example", User: "V"}, []string{"n"}, "", false, "no mailbox"},
		"nothing in it":                      {"", elsewhere.Wanted{Host: "c.example", User: "v"}, []string{"n"}, "", false, "no mailbox at all"},
		"the same as of old":                 {twoSeen, elsewhere.Wanted{Host: "b.example", User: "u"}, []string{"x1"}, "user u at b.example", true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := elsewhere.Choose(read(t, elsewhere.Fetchmail, "fetchids", c.data), c.wanted, c.listed)
			if c.says != "" {
				if err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("it took %v with %v, want an error with %q", got, err, c.says)
				}
				return
			}
			if err != nil || got.String() != c.box || got.Exact != c.exact || got.Exact && !got.Proven {
				t.Errorf("it took %s, exact %t, with %v", got, got.Exact, err)
			}
		})
	}
}

// Servers begin to count at 1 again: only a UID that no other server gives
// shows that another host is the same server.
func TestWhatProvesAMailboxOnAnotherHost(t *testing.T) {
	for uid, proves := range map[string]bool{
		"1": false, "300": false, "uid1": false, "1795363152": false, "00000000000000000001": false, "msg-1795363152": false,
		"0000000158f3b2a1": true, "UID15-1795363152": true, "1795363152.M1P2.mail": true,
	} {
		for tool, file := range map[elsewhere.Tool][2]string{
			elsewhere.Fetchmail: {"fetchids", "u@old.example.net " + uid + "\n"},
			elsewhere.Getmail:   {"oldmail-old.example.net-995-u", uid + "\x001\n"},
		} {
			all := read(t, tool, file[0], file[1])
			got, err := elsewhere.Choose(all, elsewhere.Wanted{Host: "new.example.net", Port: 995, User: "u"}, []string{uid, "n"})
			if err != nil || got.Exact || got.Proven != proves || !got.Seen[uid] {
				t.Errorf("%s: by %q it is proven: %t, want %t; %v", tool, uid, got.Proven, proves, err)
			}
			got, err = elsewhere.Choose(all, elsewhere.Wanted{Host: "old.example.net", Port: 110, User: "u"}, []string{uid, "n"})
			if err != nil || !got.Proven {
				t.Errorf("%s: on the same host %q isn't proven; %v", tool, uid, err)
			}
		}
	}
}

func TestWhoseAGetmailFileIs(t *testing.T) {
	const data = "x1\x001\na-b\x001\n"
	for name, c := range map[string]struct {
		file   string
		wanted elsewhere.Wanted
		listed []string
		exact  bool
		seen   []string
	}{
		"host, port and user":  {"oldmail-pop.example.org-995-shop", elsewhere.Wanted{Host: "pop.example.org", Port: 995, User: "shop"}, []string{"x1", "n"}, true, []string{"x1"}},
		"another port":         {"oldmail-pop.example.org-110-shop", elsewhere.Wanted{Host: "pop.example.org", Port: 995, User: "shop"}, []string{"x1", "n"}, false, []string{"x1"}},
		"another port, unseen": {"oldmail-pop.example.org-110-shop", elsewhere.Wanted{Host: "pop.example.org", Port: 995, User: "shop"}, []string{"n"}, false, nil},
		"another user":         {"oldmail-pop.example.org-995-workshop", elsewhere.Wanted{Host: "pop.example.org", Port: 995, User: "shop"}, []string{"x1"}, false, nil},
		"the end of a user":    {"oldmail-pop.example.org-995-work-shop", elsewhere.Wanted{Host: "pop.example.org", Port: 995, User: "shop"}, []string{"x1"}, false, nil},
		"characters it drops":  {"oldmail-2001-db8-1-995-a-b", elsewhere.Wanted{Host: "2001:db8::1", Port: 995, User: `a\b`}, []string{"x1"}, true, []string{"x1"}},
		"a slash in a UID":     {"oldmail-h-995-u", elsewhere.Wanted{Host: "h", Port: 995, User: "u"}, []string{"a/b"}, true, []string{"a/b"}},
		"which of two":         {"oldmail-h-995-u", elsewhere.Wanted{Host: "h", Port: 995, User: "u"}, []string{"a/b", "a-b", "x1"}, true, []string{"x1"}},
		"a file of its own":    {"oldmail-h-995-u.tmp.77", elsewhere.Wanted{Host: "h", Port: 995, User: "u"}, []string{"x1"}, false, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := elsewhere.Choose(read(t, elsewhere.Getmail, c.file, data), c.wanted, c.listed)
			if c.seen == nil {
				if err == nil {
					t.Errorf("it took %s with %v", got, got.Seen)
				}
				return
			}
			if seen := slices.Sorted(maps.Keys(got.Seen)); err != nil || got.Exact != c.exact || !slices.Equal(seen, c.seen) {
				t.Errorf("it took %q of %s, exact %t, with %v", seen, got, got.Exact, err)
			}
		})
	}
}
