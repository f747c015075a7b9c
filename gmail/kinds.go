package gmail

import (
	"encoding/json"
	"net/http"
)

// verdict is what an answer means.
type verdict struct {
	kind Kind
	// listed tells of a refusal whether it is known to be for good.
	listed bool
	hint   string
	// limit tells which limit was met.
	limit Limit
}

// verdict judges an answer to a call
// (https://developers.google.com/workspace/gmail/api/guides/handle-errors, and
// seen in practice). Only an upload can be refused; chunked tells that the
// upload was under way in chunks.
func (f finding) verdict(upload, chunked bool) verdict {
	switch {
	case f.status >= 500, f.status == http.StatusRequestTimeout:
		return verdict{kind: Passing}
	case f.status == http.StatusTooManyRequests, f.rateLimited():
		return verdict{kind: RateLimited, limit: f.limit()}
	case f.status == http.StatusUnauthorized, f.lacksScope():
		return verdict{kind: Unauthorised, hint: HintLogin}
	case f.status == http.StatusForbidden, f.hasReason("failedprecondition"):
		return verdict{kind: Configuration, hint: f.settingHint()}
	case upload:
		return f.uploadVerdict(chunked)
	default:
		return verdict{kind: Configuration}
	}
}

func (f finding) uploadVerdict(chunked bool) verdict {
	switch f.status {
	case http.StatusBadRequest:
		if f.badLabel() {
			return verdict{kind: Configuration, hint: hintLabels}
		}
		return verdict{kind: Refused, listed: f.refusesForGood()}
	case http.StatusRequestEntityTooLarge:
		return verdict{kind: Refused, listed: true}
	case http.StatusNotFound, http.StatusGone:
		if chunked { // the upload session is over: a new one mends it
			return verdict{kind: Passing}
		}
	}
	return verdict{kind: Configuration, hint: hintPoint}
}

func (f finding) rateLimited() bool {
	return f.status == http.StatusForbidden &&
		f.hasReason("ratelimitexceeded", "userratelimitexceeded", "quotaexceeded", "dailylimitexceeded", "resourceexhausted")
}

// limit tells limits apart: only the words show what there was too much of.
func (f finding) limit() Limit {
	switch {
	case f.says("concurrent"):
		return AtOnce
	case f.hasReason("dailylimitexceeded"), f.says("daily limit"):
		return OtherLimit
	default:
		return PerMinute
	}
}

func (f finding) lacksScope() bool {
	return f.status == http.StatusForbidden &&
		(f.hasReason("insufficientpermissions", "accesstokenscopeinsufficient") || f.says("scope"))
}

func (f finding) badLabel() bool {
	return f.says("invalid label", "labelid not found", "label not found")
}

// refusesForGood tells the refusals that another try can't change.
func (f finding) refusesForGood() bool {
	return f.hasReason("uploadtoolarge") || f.says("invalid attachment", "'from' header", "from header", "too large")
}

func (f finding) settingHint() string {
	switch {
	case f.hasReason("accessnotconfigured", "servicedisabled"):
		return hintEnable
	case f.hasReason("domainpolicy"):
		return hintDomain
	case f.hasReason("failedprecondition"):
		return hintService
	default:
		return ""
	}
}

// statusOf reads the canonical code ("RESOURCE_EXHAUSTED") of an error
// answer, which the library drops.
func statusOf(body string) string {
	var reply struct {
		Error struct{ Status string }
	}
	// Often no JSON at all; then there is none.
	_ = json.Unmarshal([]byte(body), &reply)
	return reply.Error.Status
}
