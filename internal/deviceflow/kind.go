package deviceflow

import "net/http"

// microsoft says what Microsoft's own codes mean here
// (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
// They may change; the OAuth error then decides.
var microsoft = map[string]Kind{
	"AADSTS50076": Ended, "AADSTS50078": Ended, "AADSTS50079": Ended, // a second factor is asked for anew
	"AADSTS50089": Ended, "AADSTS50132": Ended, "AADSTS50133": Ended, "AADSTS50173": Ended,
	"AADSTS70000": Ended, "AADSTS70008": Ended, "AADSTS700082": Ended, "AADSTS70043": Ended,
	"AADSTS70001": UnknownClient, "AADSTS700011": UnknownClient, "AADSTS700016": UnknownClient,
	"AADSTS7000112": UnknownClient, "AADSTS7000215": UnknownClient, "AADSTS7000222": UnknownClient,
	"AADSTS7000218": NotPublic, "AADSTS70002": NotPublic,
	"AADSTS700025": Public,
	"AADSTS65001":  NoConsent, "AADSTS65004": Declined, "AADSTS90093": NoConsent, "AADSTS90094": NoConsent,
	"AADSTS90095": NoConsent, "AADSTS650056": NoConsent,
	"AADSTS16000": OtherTenant, "AADSTS50020": OtherTenant, "AADSTS50034": OtherTenant, "AADSTS50059": OtherTenant,
	"AADSTS50194": OtherTenant, "AADSTS500200": OtherTenant, "AADSTS500201": OtherTenant, "AADSTS500208": OtherTenant,
	"AADSTS51004": OtherTenant, "AADSTS90002": OtherTenant, "AADSTS90072": OtherTenant, "AADSTS90130": OtherTenant,
	"AADSTS9002331": OtherTenant, "AADSTS9002332": OtherTenant,
	"AADSTS28002": BadScope, "AADSTS28003": BadScope, "AADSTS65005": BadScope, "AADSTS650053": BadScope,
	"AADSTS650057": BadScope, "AADSTS70011": BadScope, "AADSTS500011": BadScope,
	"AADSTS50005": Blocked, "AADSTS50105": Blocked, "AADSTS50131": Blocked, "AADSTS53000": Blocked, "AADSTS53001": Blocked,
	"AADSTS53003": Blocked, "AADSTS530032": Blocked, "AADSTS530035": Blocked,
	"AADSTS70019": Expired,
}

// codes are the OAuth errors (RFC 6749, section 5.2; RFC 8628, section 3.5;
// authorization_declined and bad_verification_code are Microsoft's).
var codes = map[string]Kind{
	"access_denied": Declined, "authorization_declined": Declined,
	"expired_token": Expired, "code_expired": Expired, "bad_verification_code": Expired,
	"invalid_grant": Ended, "interaction_required": Ended,
	"invalid_client": UnknownClient, "unauthorized_client": UnknownClient, "deleted_client": UnknownClient,
	"unsupported_grant_type": UnknownClient,
	"invalid_scope":          BadScope, "invalid_resource": BadScope,
	"consent_required":        NoConsent,
	"temporarily_unavailable": Passing, "server_error": Passing,
}

func (e *Error) kind() Kind {
	if k, ok := microsoft[e.AADSTS]; ok && e.Code != "" {
		return k
	}
	if k, ok := codes[e.Code]; ok {
		return k
	}
	switch {
	case e.Status >= 500, e.Status == http.StatusTooManyRequests, e.Status == http.StatusRequestTimeout:
		return Passing
	case e.Code == "":
		return Unusable
	}
	return Rejected
}

// reason puts a kind into words.
func (e *Error) reason() string {
	switch e.Kind {
	case Passing:
		return "the server can't be reached or fails for now"
	case Declined:
		return "access was declined"
	case Expired:
		return "nobody allowed the access in time"
	case Ended:
		return e.ending()
	case UnknownClient:
		return "the server doesn't accept the application"
	case NotPublic:
		return "the application may not log in without a secret"
	case Public:
		return "the application may not have a secret"
	case NoConsent:
		return "the application has not been allowed this access"
	case OtherTenant:
		return "the application isn't for this kind of account"
	case BadScope:
		return "the application can't ask for this access"
	case Blocked:
		return "a rule of the organisation forbids it"
	case NoRefreshToken:
		return "access was granted for a short time only"
	case Unusable:
		return "the server's answer is none to a device"
	default:
		return "the server refuses"
	}
}

// ending tells what is known of why an authorisation ended
// (https://learn.microsoft.com/entra/identity-platform/refresh-tokens).
func (e *Error) ending() string {
	switch e.AADSTS {
	case "":
		return "the authorisation has ended: it lay unused for too long, the password was changed, or it was withdrawn"
	case "AADSTS70008", "AADSTS700082":
		return "the authorisation has ended: it lay unused for 90 days"
	case "AADSTS50132", "AADSTS50133", "AADSTS50173":
		return "the authorisation has ended: the password was changed, or it was withdrawn"
	case "AADSTS50076", "AADSTS50078", "AADSTS50079", "AADSTS70043":
		return "the authorisation has ended: the organisation asks for a new login"
	}
	return "the authorisation has ended: it lay unused for 90 days, the password was changed, or it was withdrawn"
}
