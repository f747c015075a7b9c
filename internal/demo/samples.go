package demo

// The sample messages by the day on which they arrive. Most are odd in some
// way, which their names tell.
var (
	officeFirst = []string{"plain-text", "japanese-shop-order", "dot-lines", "bare-lf-dot-lf", "attachment-base64",
		"quoted-printable", "missing-final-crlf", "header-line-70-kb", "message-id-missing", "binary-without-line-ends"}
	homeFirst = []string{"iso-2022-jp", "multipart-alternative", "nul-in-body", "utf-8-broken",
		"same-message-id-first", "same-message-id-second"}

	officeWeekLater = []string{"reply-in-thread", "dot-ok-smuggling", "calendar-invitation"}
	homeWeekLater   = []string{"shift-jis", "list-mail"}

	homeBurst = []string{"dkim-signed", "all-octets", "message-rfc822-attached", "tabs", "mbox-from-line-first"}

	// officeRefused is a message that Gmail refuses; officeLast isn't.
	officeRefused = "blocked-attachment-exe"
	officeLast    = "priority-fields"
)

// later is the mail that arrives while the servers are left up, in turns at
// the office and at home.
var later = []string{"reply-in-thread", "shift-jis", "dot-ok-smuggling", "list-mail", "calendar-invitation",
	"dkim-signed", officeRefused, "all-octets", "latin-1-eight-bit", "message-rfc822-attached", "html-only", "tabs",
	"encoded-word-subject", "mbox-from-line-first", officeLast, "koi8-r"}
