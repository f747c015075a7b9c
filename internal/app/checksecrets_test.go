package app

import (
	"slices"
	"testing"

	"github.com/popbridge/popbridge/internal/config"
)

// TestPlacesOfTokens are those of destinations and of accounts, without those
// whose tokens aren't kept.
func TestPlacesOfTokens(t *testing.T) {
	k := &checkup{
		targets: []target{{Gmail: config.Gmail{Name: "one", Token: "/a/one.json"}},
			{Gmail: config.Gmail{Name: "two", Token: "/a/two.json", ServiceAccount: "key.json"}}},
		accounts: []config.POP3{{Name: "shop", OAuth: config.OAuth{Token: "/b/shop.json"}}, {Name: "desk"},
			{Name: "mail", OAuth: config.OAuth{Command: "oama"}}},
	}
	want := []secretFile{{of: "one", path: "/a/one.json", key: "token"}, {of: "shop", path: "/b/shop.json", key: "token"}}
	if got := k.tokenPlaces(); !slices.Equal(got, want) {
		t.Errorf("they are %+v", got)
	}
}
