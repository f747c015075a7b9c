package gmailtest

import (
	"net/http"
	"strings"
)

// The scopes that open something here
// (developers.google.com/workspace/gmail/api/auth/scopes).
const (
	ScopeInsert   = "https://www.googleapis.com/auth/gmail.insert"
	ScopeLabels   = "https://www.googleapis.com/auth/gmail.labels"
	ScopeReadonly = "https://www.googleapis.com/auth/gmail.readonly"
	ScopeMetadata = "https://www.googleapis.com/auth/gmail.metadata"
	ScopeModify   = "https://www.googleapis.com/auth/gmail.modify"
	ScopeFull     = "https://mail.google.com/"
	ScopeOpenID   = "openid"
	// ScopeEmail is what Google calls the scope "email" in its answers.
	ScopeEmail = "https://www.googleapis.com/auth/userinfo.email"
	// ScopeProfile is the same of the scope "profile".
	ScopeProfile = "https://www.googleapis.com/auth/userinfo.profile"
)

// endpoint is a method of the API: any one of the scopes opens it.
type endpoint struct {
	kind   string
	units  int
	scopes []string
	do     func(*call) (answer, error)
}

func (s *Server) routes() *http.ServeMux {
	add := []string{ScopeInsert, ScopeModify, ScopeFull}
	read := []string{ScopeReadonly, ScopeMetadata, ScopeModify, ScopeFull}
	labels := append([]string{ScopeLabels}, read...)
	writeLabels := []string{ScopeLabels, ScopeModify, ScopeFull}
	imp := endpoint{KindImport, unitsImport, add, (*call).importRaw}
	ins := endpoint{KindInsert, unitsImport, add, (*call).insertRaw}
	mux := http.NewServeMux()
	const users, upload = "/gmail/v1/users/{userId}", "/upload/gmail/v1/users/{userId}"
	mux.HandleFunc("POST "+users+"/messages/import", s.api(imp))
	mux.HandleFunc("POST "+users+"/messages", s.api(ins))
	imp.do, ins.do = (*call).importUpload, (*call).insertUpload
	for _, method := range []string{"POST ", "PUT "} {
		mux.HandleFunc(method+upload+"/messages/import", s.upload(imp))
		mux.HandleFunc(method+upload+"/messages", s.upload(ins))
	}
	mux.HandleFunc("GET "+users+"/messages", s.api(endpoint{KindList, unitsList, read, (*call).list}))
	mux.HandleFunc("GET "+users+"/messages/{id}", s.api(endpoint{KindGet, unitsGet, read, (*call).get}))
	mux.HandleFunc("GET "+users+"/labels", s.api(endpoint{KindLabelList, unitsLabelList, labels, (*call).listLabels}))
	mux.HandleFunc("POST "+users+"/labels", s.api(endpoint{KindLabelCreate, unitsLabelCreate, writeLabels, (*call).createLabel}))
	mux.HandleFunc("GET "+users+"/profile", s.api(endpoint{KindProfile, unitsProfile, read, (*call).profile}))
	mux.HandleFunc("GET /o/oauth2/auth", s.plain(KindAuthorize, (*call).authorizePage))
	mux.HandleFunc("POST /o/oauth2/auth", s.plain(KindAuthorize, (*call).authorizeDecision))
	mux.HandleFunc("POST /token", s.plain(KindToken, (*call).exchangeToken))
	mux.HandleFunc("/", s.plain(KindUnknown, func(*call) (answer, error) { return answer{}, notFound() }))
	return mux
}

// plain serves what takes no access token and costs no quota.
func (s *Server) plain(kind string, do func(*call) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, kind, do) }
}

// api serves a method of the API.
func (s *Server) api(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.serve(w, r, e.kind, func(c *call) (answer, error) { return c.admitted(e) })
	}
}

// upload serves an upload: whole, or a piece of a resumable one.
func (s *Server) upload(e endpoint) http.HandlerFunc {
	whole, piece := s.api(e), e
	piece.kind, piece.units, piece.do = KindChunk, 0, (*call).chunk
	chunk := s.api(piece)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("upload_id") {
			chunk(w, r)
			return
		}
		whole(w, r)
	}
}

// admitted runs an endpoint for a user who may use it now.
func (c *call) admitted(e endpoint) (answer, error) {
	if err := c.authenticate(e.scopes); err != nil {
		return answer{}, err
	}
	user := strings.ToLower(c.rec.Address)
	if err := c.s.quota.enter(user); err != nil {
		return answer{}, err
	}
	// The slot is given back before the answer goes out, lest the client's
	// next request find it taken; but after the latency.
	defer c.s.quota.leave(user)
	defer c.s.wait(c.s.opt.Latency)
	if err := c.s.quota.charge(user, e.units); err != nil {
		return answer{}, err
	}
	c.rec.Units = e.units
	return e.do(c)
}

// authenticate finds the mailbox that the access token opens.
func (c *call) authenticate(scopes []string) error {
	t := c.s.oauth.lookUp(strings.TrimPrefix(c.r.Header.Get("Authorization"), "Bearer "))
	if t == nil {
		return unauthenticated()
	}
	c.token, c.rec.Address = t, t.address
	if !t.opens(scopes) {
		return insufficientScopes()
	}
	if id := c.r.PathValue("userId"); id != "me" && !strings.EqualFold(id, t.address) {
		return &apiError{code: http.StatusForbidden, reason: "forbidden", message: "Delegation denied for " + t.address}
	}
	if c.box = c.s.box(t.address); c.box == nil {
		return noMailService()
	}
	return nil
}
