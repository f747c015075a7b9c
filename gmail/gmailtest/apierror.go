package gmailtest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// apiError is a refusal in Google's JSON form
// (developers.google.com/workspace/gmail/api/guides/handle-errors).
type apiError struct {
	code    int
	reason  string
	message string
	status  string // of google.rpc.Code; by the HTTP status when empty
	domain  string // "global" when empty
	detail  string // the message of the inner error, where it differs
	header  http.Header
}

func (e *apiError) Error() string { return fmt.Sprintf("HTTP %d: %s", e.code, e.message) }

// rpcStatus are the names that google.rpc.Code gives to HTTP statuses.
func rpcStatus(code int) string {
	switch code {
	case http.StatusBadRequest, http.StatusRequestEntityTooLarge:
		return "INVALID_ARGUMENT"
	case http.StatusUnauthorized:
		return "UNAUTHENTICATED"
	case http.StatusForbidden:
		return "PERMISSION_DENIED"
	case http.StatusNotFound:
		return "NOT_FOUND"
	case http.StatusConflict:
		return "ABORTED"
	case http.StatusTooManyRequests:
		return "RESOURCE_EXHAUSTED"
	case http.StatusServiceUnavailable:
		return "UNAVAILABLE"
	default:
		return "INTERNAL"
	}
}

func (e *apiError) json() []byte {
	type inner struct {
		Message string `json:"message"`
		Domain  string `json:"domain"`
		Reason  string `json:"reason"`
	}
	in := inner{Message: cmp.Or(e.detail, e.message), Domain: cmp.Or(e.domain, "global"), Reason: e.reason}
	body, err := json.Marshal(map[string]any{"error": map[string]any{
		"code":    e.code,
		"message": e.message,
		"errors":  []inner{in},
		"status":  cmp.Or(e.status, rpcStatus(e.code)),
	}})
	if err != nil {
		return []byte(`{"error":{"code":` + strconv.Itoa(e.code) + `}}`)
	}
	return append(body, '\n')
}

func badRequest(format string, args ...any) *apiError {
	return &apiError{code: http.StatusBadRequest, reason: "invalidArgument", message: fmt.Sprintf(format, args...)}
}

func notFound() *apiError {
	return &apiError{code: http.StatusNotFound, reason: "notFound", message: "Requested entity was not found."}
}

func tooLarge() *apiError {
	return &apiError{code: http.StatusRequestEntityTooLarge, reason: "uploadTooLarge", message: "Request Entity Too Large"}
}

func unauthenticated() *apiError {
	return &apiError{
		code: http.StatusUnauthorized, reason: "authError",
		message: "Request had invalid authentication credentials. Expected OAuth 2 access token, " +
			"login cookie or other valid authentication credential.",
		detail: "Invalid Credentials",
		header: http.Header{"Www-Authenticate": {`Bearer realm="https://accounts.google.com/", error="invalid_token"`}},
	}
}

func insufficientScopes() *apiError {
	return &apiError{
		code: http.StatusForbidden, reason: "insufficientPermissions",
		message: "Request had insufficient authentication scopes.",
		detail:  "Insufficient Permission",
	}
}

func noMailService() *apiError {
	return &apiError{
		code: http.StatusBadRequest, reason: "failedPrecondition", status: "FAILED_PRECONDITION",
		message: "Mail service not enabled",
	}
}
