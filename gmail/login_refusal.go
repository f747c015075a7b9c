package gmail

// Where Google's console has what a refusal is about.
const (
	audiencePage = "https://console.cloud.google.com/auth/audience"
	clientsPage  = "https://console.cloud.google.com/auth/clients"
)

// refusal is what an OAuth error means, and what is to be done about it
// before another login; nothing where the hint is empty.
type refusal struct{ says, hint string }

// refusals are the errors of Google's authorisation page and token server
// (https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors;
// RFC 6749, sections 4.1.2.1 and 5.2). Many of the page's are shown there and
// mostly not sent back.
var refusals = map[string]refusal{
	"access_denied": {says: "access was not granted"},
	"admin_policy_enforced": {"the Workspace administrator doesn't allow it",
		"ask the Workspace administrator to trust the OAuth client, under Security, API controls, App access control"},
	"org_internal": {"the OAuth client is for the addresses of its own organisation",
		"choose an address of the organisation, or make the app External at " + audiencePage},
	"disallowed_useragent": {"Google takes no login from such a browser window",
		"open the page in an ordinary browser"},
	"invalid_client": {"the server doesn't know the OAuth client, or not by this secret",
		"download the JSON of the OAuth client again, or of a new one of type Desktop app, at " + clientsPage},
	"deleted_client": {"the OAuth client was deleted",
		"make an OAuth client of type Desktop app, and download its JSON, at " + clientsPage},
	"unauthorized_client": {"the OAuth client may not log in like this",
		"make an OAuth client of type Desktop app, and download its JSON, at " + clientsPage},
	"redirect_uri_mismatch": {"the OAuth client may not send the browser back to this machine",
		"make an OAuth client of type Desktop app, and download its JSON, at " + clientsPage},
	"invalid_grant": {says: "the code was used already, or came too late"},
}

// refused is the error for an OAuth error.
func refused(kind LoginKind, code string) *LoginError {
	return &LoginError{Kind: kind, Code: code, Hint: refusals[code].hint}
}

// passes tells the errors of the authorisation page that say nothing of the
// login.
func passes(code string) bool {
	return code == "server_error" || code == "temporarily_unavailable"
}
