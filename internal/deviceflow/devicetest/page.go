package devicetest

import (
	"html/template"
	"net/http"
)

var page = template.Must(template.New("device").Parse(`<!doctype html>
<html lang="en"><head><title>Enter code – OAuth stand-in</title></head><body>
<h1>Enter code</h1>
{{with .Said}}<p>{{.}}</p>{{end}}<form method="post" action="/device">
<label>Code <input name="user_code" value="{{.Code}}"></label>
<label>Mailbox <input name="account"></label>
<button name="decision" value="allow">Allow</button>
<button name="decision" value="deny">Deny</button>
</form></body></html>
`))

type pageData struct{ Said, Code string }

func (s *Server) page(w http.ResponseWriter, r *http.Request) {
	show(w, http.StatusOK, pageData{Code: r.URL.Query().Get("user_code")})
}

// decide takes the person's click.
func (s *Server) decide(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	given := r.PostFormValue("user_code")
	var err error
	var said string
	if r.PostFormValue("decision") == "allow" {
		err = s.Approve(given, r.PostFormValue("account"))
		said = "You have signed in. You may close this page."
	} else {
		err = s.Decline(given)
		said = "Access was denied. You may close this page."
	}
	if err != nil {
		show(w, http.StatusBadRequest, pageData{Said: err.Error(), Code: given})
		return
	}
	show(w, http.StatusOK, pageData{Said: said})
}

func show(w http.ResponseWriter, status int, data pageData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = page.Execute(w, data) // a client that is gone needs none
}
