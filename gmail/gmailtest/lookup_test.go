package gmailtest_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"testing"
	"time"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// found gives the ids that a search finds.
func found(t *testing.T, call *gmail.UsersMessagesListCall) []string {
	t.Helper()
	var ids []string
	err := call.Pages(t.Context(), func(r *gmail.ListMessagesResponse) error {
		for _, m := range r.Messages {
			ids = append(ids, m.Id)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func want(t *testing.T, got []string, want ...string) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("found %v, want %v", got, want)
	}
}

func TestSearchByMessageID(t *testing.T) {
	c := newClock()
	s := start(t, gmailtest.Options{Now: c.now, IndexLag: 10 * time.Second})
	svc := service(t, s, all()...)
	m := mustImport(t, svc, mail("<one@example.com>", "x"))
	mustImport(t, svc, mail("<two@example.com>", "x"))
	q := svc.Users.Messages.List("me").Q("rfc822msgid:<one@example.com>")
	want(t, found(t, q))
	c.move(9 * time.Second)
	want(t, found(t, q))
	c.move(time.Second)
	want(t, found(t, q), m.Id)
	want(t, found(t, svc.Users.Messages.List("me").Q(`rfc822msgid:"one@example.com" in:anywhere`)), m.Id)
	want(t, found(t, svc.Users.Messages.List("me").Q("rfc822msgid:none@example.com")))
	_, err := svc.Users.Messages.List("me").Q("from:somebody").Do()
	wantError(t, err, 400, "invalidArgument", "can't search")
}

func TestListLeavesOutSpamAndTrash(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	var ids []string
	for i := range 4 {
		ids = append(ids, mustImport(t, svc, mail(fmt.Sprintf("<%d@example.com>", i), "x"), "INBOX").Id)
	}
	if err := s.Trash(user, ids[0]); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkSpam(user, ids[1]); err != nil {
		t.Fatal(err)
	}
	want(t, found(t, svc.Users.Messages.List("me")), ids[3], ids[2])
	want(t, found(t, svc.Users.Messages.List("me").MaxResults(1)), ids[3], ids[2])
	want(t, found(t, svc.Users.Messages.List("me").IncludeSpamTrash(true).MaxResults(3)), ids[3], ids[2], ids[1], ids[0])
	want(t, found(t, svc.Users.Messages.List("me").IncludeSpamTrash(true).LabelIds("TRASH")), ids[0])
	want(t, found(t, svc.Users.Messages.List("me").Q("rfc822msgid:<0@example.com>")))
	want(t, found(t, svc.Users.Messages.List("me").Q("rfc822msgid:<0@example.com>").IncludeSpamTrash(true)), ids[0])
	for _, bad := range []googleapi.CallOption{googleapi.QueryParameter("maxResults", "x"), googleapi.QueryParameter("pageToken", "-1")} {
		_, err := svc.Users.Messages.List("me").Do(bad)
		wantError(t, err, 400, "invalidArgument", "Invalid")
	}
}

func TestGet(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	raw := large(1<<20 + 7)
	id := mustImport(t, svc, raw, "INBOX").Id
	m, err := svc.Users.Messages.Get("me", id).Format("raw").Do()
	if err != nil {
		t.Fatal(err)
	}
	got, err := base64.URLEncoding.DecodeString(m.Raw)
	if err != nil || !bytes.Equal(got, raw) {
		t.Fatalf("raw form: %d octets, %v", len(got), err)
	}
	if m.Id != id || m.ThreadId == "" || fmt.Sprint(m.LabelIds) != "[INBOX]" || m.SizeEstimate != int64(len(raw)) {
		t.Fatalf("got %+v", m)
	}
	m, err = svc.Users.Messages.Get("me", id).Format("metadata").MetadataHeaders("message-id").Do()
	if err != nil || len(m.Payload.Headers) != 1 || m.Payload.Headers[0].Value != "<large@example.com>" || m.Raw != "" {
		t.Fatalf("metadata: %+v %v", m, err)
	}
	if m, err = svc.Users.Messages.Get("me", id).Do(); err != nil || len(m.Payload.Headers) != 3 {
		t.Fatalf("full: %+v %v", m, err)
	}
	_, err = svc.Users.Messages.Get("me", "0000000000000000").Do()
	wantError(t, err, 404, "notFound", "not found")
	_, err = svc.Users.Messages.Get("me", id).Format("odd").Do()
	wantError(t, err, 400, "invalidArgument", "format")
}

func TestDeletedMessagesAreNotShown(t *testing.T) {
	s := start(t, gmailtest.Options{Fold: true})
	svc := service(t, s, all()...)
	m, err := svc.Users.Messages.Import("me", &gmail.Message{}).Deleted(true).
		Media(bytes.NewReader(mail("<1@example.com>", "x")), googleapi.ContentType("message/rfc822")).Do()
	if err != nil {
		t.Fatal(err)
	}
	want(t, found(t, svc.Users.Messages.List("me").IncludeSpamTrash(true)))
	_, err = svc.Users.Messages.Get("me", m.Id).Do()
	wantError(t, err, 404, "notFound", "not found")
	if got := s.Messages(user); len(got) != 1 || !got[0].Deleted {
		t.Fatalf("stored as %+v", got)
	}
}
