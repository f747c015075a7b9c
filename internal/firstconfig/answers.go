package firstconfig

// Gmail is a destination. Empty fields are left at the configuration's
// defaults.
type Gmail struct {
	Address string
	// Client or ServiceAccount is a file.
	Client, ServiceAccount string
	// Access is "insert" or "verify".
	Access string
	// Endpoint is another root of the Gmail API.
	Endpoint string
}

// POP3 is an account. Empty fields are left at the configuration's defaults.
type POP3 struct {
	Name, Host string
	Port       int
	// TLS is "implicit", "starttls" or "none".
	TLS string
	// AllowPlaintext is left out but with TLS "none".
	AllowPlaintext bool
	// TLSMin, TLSCA, TLSFingerprint and ServerName are for servers that need
	// them.
	TLSMin, TLSCA, TLSFingerprint, ServerName string

	User string
	// Auth is as in the configuration. With "xoauth2" ClientID or TokenCommand
	// stands in place of a password.
	Auth                   string
	ClientID, TokenCommand string
	// DeviceURI, TokenURI and Scope, with spaces between several, are for
	// applications at others than Microsoft.
	DeviceURI, TokenURI, Scope string
	// One of these says where the password is.
	PasswordFile, PasswordCommand, PasswordEnv string

	// To is the destination's name, where there are several.
	To string
	// Labels are what each message is given; nil is the default, which an empty
	// list is not.
	Labels []string
	// Retention and Capacity are as in the configuration.
	Retention, Capacity string
}
