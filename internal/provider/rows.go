package provider

// Each row of the table names its source in a comment: the provider's own
// page, or the file of Mozilla's database of providers, which is served at
// autoconfig.thunderbird.net and kept in github.com/thunderbird/autoconfig. A
// provider whose settings no such page shows is not in the table.

// implicit are settings with TLS from the start (RFC 8314 3.3).
func implicit(name, host, user, note string) Settings {
	return Settings{Provider: name, Host: host, Port: 995, TLS: "implicit", User: user, Note: note}
}

// starttls are settings with STLS (RFC 2595 4), where nothing better is offered.
func starttls(name, host, user, note string) Settings {
	return Settings{Provider: name, Host: host, Port: 110, TLS: "starttls", User: user, Note: note}
}

// hosting is for customers who have domains of their own.
func hosting(s Settings) Settings {
	s.OwnDomains = true
	return s
}

// oauth is for those who take no password.
func oauth(s Settings) Settings {
	s.OAuth2 = true
	return s
}

func none(name, why string) Settings { return Settings{Provider: name, None: why} }
