package gmail_test

import (
	"slices"
	"testing"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestMissingLabels lists what ResolveLabels would make, at the price of a
// listing, and makes nothing.
func TestMissingLabels(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	maker := connect(t, s)
	if _, err := maker.ResolveLabels(t.Context(), []string{"Shop", "Old mail"}); err != nil {
		t.Fatal(err)
	}
	had := len(s.Labels(address))
	for _, c := range []struct{ names, want []string }{
		{[]string{"INBOX", "unread"}, nil},
		{[]string{"shop", "INBOX", "old-mail"}, nil},
		{[]string{"New"}, []string{"New"}},
		{[]string{"New", "new", "NEW"}, []string{"New"}},
		{[]string{"a/b/c"}, []string{"a", "a/b", "a/b/c"}},
		{[]string{"a/b", "A/b/c", "a"}, []string{"a", "a/b", "a/b/c"}},
		{[]string{"SHOP/orders"}, []string{"Shop/orders"}},
	} {
		client := connect(t, s)
		s.ResetCounters()
		got, err := client.MissingLabels(t.Context(), c.names)
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q (%v)", c.names, got, c.want, err)
		}
		counts := s.Counts()
		if counts[gmailtest.KindLabelList] > 1 || counts[gmailtest.KindLabelCreate] > 0 || len(s.Labels(address)) != had {
			t.Errorf("%q: %v", c.names, counts)
		}
		if c.want == nil && c.names[0] == "INBOX" && counts[gmailtest.KindLabelList] > 0 {
			t.Errorf("%q: listed for nothing", c.names)
		}
		// They are what is made.
		s.ResetCounters()
		if len(c.want) > 0 {
			other := standIn(t, gmailtest.Options{})
			if _, err := connect(t, other).ResolveLabels(t.Context(), append([]string{"Shop", "Old mail"}, c.names...)); err != nil {
				t.Fatal(err)
			}
			for _, name := range other.Labels(address) {
				if name != "Shop" && name != "Old mail" && !slices.Contains(c.want, name) {
					t.Errorf("%q: %q is made, not among %q", c.names, name, c.want)
				}
			}
			if made := len(other.Labels(address)); made != had+len(c.want) {
				t.Errorf("%q: %d are made, want %d", c.names, made-had, len(c.want))
			}
		}
	}
}

// TestMissingLabelsRefuses the names that Gmail does, without asking it.
func TestMissingLabelsRefuses(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	for _, name := range []string{"drafts", "Chats", "a//b", "", "a/ "} {
		_, err := client.MissingLabels(t.Context(), []string{"New", name})
		_, same := client.ResolveLabels(t.Context(), []string{name})
		if e := failure(t, err, gmail.Configuration); same == nil || e.Error() != same.Error() {
			t.Errorf("%q: %v, but %v", name, err, same)
		}
	}
	if n := len(s.Requests()); n > 0 {
		t.Errorf("%d requests", n)
	}
	s.SetFault(gmailtest.Once(gmailtest.KindLabelList, gmailtest.StageBefore, gmailtest.Unavailable()))
	_, err := client.MissingLabels(t.Context(), []string{"New"})
	failure(t, err, gmail.Passing)
}
