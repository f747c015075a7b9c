package gmail_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/popbridge/popbridge/gmail"
	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// TestLabelUnits: what the labels of an account cost at most.
func TestLabelUnits(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  int
	}{
		{nil, 0},
		{[]string{"Inbox", "UNREAD", "CATEGORY_NEW"}, 0},
		{[]string{"INBOX", "Archive"}, 6},
		{[]string{"A/B/C", "D"}, 21},
	} {
		if got := gmail.LabelUnits(c.names); got != c.want {
			t.Errorf("%q: %d units, want %d", c.names, got, c.want)
		}
	}
}

// TestSystemLabels: they need no request.
func TestSystemLabels(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	names := []string{"INBOX", "Inbox", "unread", "STARRED", "CATEGORY_UPDATES", "CATEGORY_NEW", "Spam", "TRASH"}
	want := []string{"INBOX", "INBOX", "UNREAD", "STARRED", "CATEGORY_UPDATES", "CATEGORY_NEW", "SPAM", "TRASH"}
	ids, err := connect(t, s).ResolveLabels(t.Context(), names)
	if err != nil || !slices.Equal(ids, want) {
		t.Errorf("%v, %v", ids, err)
	}
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// TestLabelsByName: names are compared as Gmail does, and parents are made.
func TestLabelsByName(t *testing.T) {
	for _, c := range []struct {
		name   string
		have   []string // made in the browser
		want   []string // asked for
		become []string // the mailbox's labels afterwards, sorted
		ids    int      // different ones
	}{
		{"new", nil, []string{"Archive"}, []string{"Archive"}, 1},
		{"with parents", nil, []string{"A/B/C"}, []string{"A", "A/B", "A/B/C"}, 1},
		{"parent there", []string{"A"}, []string{"A/B"}, []string{"A", "A/B"}, 1},
		{"parent spelt otherwise", []string{"work"}, []string{"Work/Old"}, []string{"work", "work/Old"}, 1},
		{"leaf there, parent not", []string{"A/B"}, []string{"A/B"}, []string{"A/B"}, 1},
		{"case", []string{"Archive"}, []string{"ARCHIVE", "archive"}, []string{"Archive"}, 1},
		{"beyond ASCII", []string{"Büro"}, []string{"BÜRO"}, []string{"Büro"}, 1},
		{"space, hyphen, slash", []string{"a-b c"}, []string{"A B-C", "a/b/c"}, []string{"a-b c"}, 1},
		{"siblings", nil, []string{"A/B", "A/C"}, []string{"A", "A/B", "A/C"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := standIn(t, gmailtest.Options{})
			for _, name := range c.have {
				if _, err := s.CreateLabel(address, name); err != nil {
					t.Fatal(err)
				}
			}
			ids, err := connect(t, s).ResolveLabels(t.Context(), c.want)
			if err != nil {
				t.Fatal(err)
			}
			labels := s.Labels(address)
			var names []string
			for _, name := range labels {
				names = append(names, name)
			}
			slices.Sort(names)
			if !slices.Equal(names, c.become) {
				t.Errorf("labels are %q, want %q", names, c.become)
			}
			for _, id := range ids {
				if labels[id] == "" {
					t.Errorf("id %s is no label", id)
				}
			}
			if n := len(slices.Compact(slices.Sorted(slices.Values(ids)))); n != c.ids {
				t.Errorf("%d ids, want %d", n, c.ids)
			}
		})
	}
}

// TestLabelsListedOnce also resolves from several goroutines.
func TestLabelsListedOnce(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := client.ResolveLabels(t.Context(), []string{"A/B", "INBOX"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	counts := s.Counts()
	if counts[gmailtest.KindLabelList] != 1 || counts[gmailtest.KindLabelCreate] != 2 {
		t.Errorf("%v", counts)
	}
}

// TestLabelClash: 409 means that the label was made meanwhile.
func TestLabelClash(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	if _, err := client.ResolveLabels(t.Context(), []string{"First"}); err != nil {
		t.Fatal(err)
	}
	want, err := s.CreateLabel(address, "my-label")
	if err != nil {
		t.Fatal(err)
	}
	ids, err := client.ResolveLabels(t.Context(), []string{"My Label"})
	if err != nil || !slices.Equal(ids, []string{want}) {
		t.Errorf("%v, %v, want %s", ids, err, want)
	}
	if n := s.Counts()[gmailtest.KindLabelList]; n != 2 {
		t.Errorf("listed %d times", n)
	}
	s.SetFault(gmailtest.Times(-1, gmailtest.KindLabelCreate, gmailtest.StageBefore,
		gmailtest.Refuse(http.StatusConflict, "aborted", "Label name exists or conflicts")))
	_, err = client.ResolveLabels(t.Context(), []string{"Unlisted"})
	if e := failure(t, err, gmail.Configuration); !strings.Contains(e.Error(), `"Unlisted"`) {
		t.Errorf("%q doesn't name the label", e)
	}
}

// TestRefusedLabels: the error names the label, and says where it is set.
func TestRefusedLabels(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := connect(t, s)
	for _, name := range []string{"Drafts", "chats", "Muted", "", "A//B", "/A", "A/", "A/ /B"} {
		_, err := client.ResolveLabels(t.Context(), []string{name})
		e := failure(t, err, gmail.Configuration)
		if !strings.Contains(e.Error(), fmt.Sprintf("%q", name)) || e.Hint == "" {
			t.Errorf("%q: %q, hint %q", name, e, e.Hint)
		}
	}
	s.SetFault(gmailtest.Times(-1, gmailtest.KindLabelCreate, gmailtest.StageBefore,
		gmailtest.Refuse(http.StatusBadRequest, "invalidArgument", "Invalid label name")))
	_, err := client.ResolveLabels(t.Context(), []string{"Strange"})
	if e := failure(t, err, gmail.Configuration); !strings.Contains(e.Error(), `"Strange"`) || e.Hint == "" {
		t.Errorf("%q, hint %q", e, e.Hint)
	}
}

// TestLabelsDeleted: a label that the user deletes is made again, by the next
// look after an upload found it missing.
func TestLabelsDeleted(t *testing.T) {
	var deleted bool
	client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasPrefix(r.URL.Path, "/upload/"):
			deleted = true
			http.Error(w, googleError(400, "invalidArgument", "labelId not found"), http.StatusBadRequest)
		case r.Method == http.MethodPost:
			io.WriteString(w, `{"id":"Label_2"}`)
		case deleted:
			io.WriteString(w, `{}`)
		default:
			json.NewEncoder(w).Encode(map[string]any{"labels": []any{map[string]string{"id": "Label_1", "name": "Archive"}}})
		}
	})
	for _, want := range []string{"Label_1", "Label_2"} {
		ids, err := client.ResolveLabels(t.Context(), []string{"Archive"})
		if err != nil || !slices.Equal(ids, []string{want}) {
			t.Errorf("%v, %v, want %s", ids, err, want)
		}
		u := message{"label", 1000}.upload()
		u.LabelIDs = ids
		_, err = client.Upload(t.Context(), u)
		failure(t, err, gmail.Configuration)
	}
}

// TestLabelScope: a token without the scope says what mends it.
func TestLabelScope(t *testing.T) {
	s := standIn(t, gmailtest.Options{})
	client := newClient(t, gmail.Options{Endpoint: s.URL(), Tokens: fileSource(t, s, []string{gmailtest.ScopeInsert})})
	_, err := client.ResolveLabels(t.Context(), []string{"Archive"})
	if e := failure(t, err, gmail.Unauthorised); e.Hint != gmail.HintLogin {
		t.Errorf("hint %q", e.Hint)
	}
}

// TestLabelAnswers: labels without ids are none, and an answer without an
// object is no list.
func TestLabelAnswers(t *testing.T) {
	for list, kind := range map[string]gmail.Kind{
		"null": gmail.Passing, `{"labels":[null,{},{"name":"Archive"},{"id":"L","name":"archive"}]}`: 0,
		`{"labels":[{"name":"Archive"}]}`: gmail.Configuration, // it is made then, which fails below
	} {
		client := scripted(t, func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusBadRequest)
				io.WriteString(w, googleError(400, "failedPrecondition", "Mail service not enabled"))
				return
			}
			io.WriteString(w, list)
		})
		ids, err := client.ResolveLabels(t.Context(), []string{"Archive"})
		if kind == 0 {
			if err != nil || len(ids) != 1 || ids[0] != "L" {
				t.Errorf("%s: %q, %v", list, ids, err)
			}
			continue
		}
		if e := failure(t, err, kind); strings.Contains(e.Hint, "labels") {
			t.Errorf("%s: the hint is %q", list, e.Hint)
		}
	}
}
