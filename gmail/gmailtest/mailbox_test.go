package gmailtest_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"google.golang.org/api/gmail/v1"
	"google.golang.org/api/googleapi"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

func TestFolding(t *testing.T) {
	s := start(t, gmailtest.Options{Fold: true})
	svc := service(t, s, all()...)
	first := mustImport(t, svc, mail("<1@example.com>", "one"), "INBOX")
	if again := mustImport(t, svc, mail("<1@example.com>", "another"), "STARRED"); again.Id != first.Id || fmt.Sprint(again.LabelIds) != "[INBOX]" {
		t.Fatalf("folded into %s %v, want %s", again.Id, again.LabelIds, first.Id)
	}
	wantStored(t, s, mail("<1@example.com>", "one"))
	inserted, err := svc.Users.Messages.Insert("me", &gmail.Message{}).
		Media(bytes.NewReader(mail("<1@example.com>", "another")), googleapi.ContentType("message/rfc822")).Do()
	if err != nil || inserted.Id == first.Id {
		t.Fatalf("inserted as %v (%v)", inserted, err)
	}
	for range 2 {
		mustImport(t, svc, []byte("From: a@example.com\n\nno id"))
	}
	if n := len(s.Messages(user)); n != 4 {
		t.Fatalf("%d messages, want 4", n)
	}
}

func TestFoldingBringsBackFromTrash(t *testing.T) {
	s := start(t, gmailtest.Options{Fold: true})
	svc := service(t, s, all()...)
	m := mustImport(t, svc, mail("<1@example.com>", "x"), "INBOX")
	if err := s.Trash(user, m.Id); err != nil {
		t.Fatal(err)
	}
	if l := s.Messages(user)[0].LabelIDs; fmt.Sprint(l) != "[TRASH]" {
		t.Fatalf("trashed: %v", l)
	}
	if again := mustImport(t, svc, mail("<1@example.com>", "x"), "INBOX", "UNREAD"); again.Id != m.Id || fmt.Sprint(again.LabelIds) != "[INBOX UNREAD]" {
		t.Fatalf("came back as %s %v", again.Id, again.LabelIds)
	}
}

func TestWithoutFoldingTwoAreTwo(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, all()...)
	if a, b := mustImport(t, svc, mail("<1@example.com>", "x")), mustImport(t, svc, mail("<1@example.com>", "x")); a.Id == b.Id || len(a.Id) != 16 {
		t.Fatalf("ids %s and %s", a.Id, b.Id)
	}
}

func TestImportsAtOnceFoldToOne(t *testing.T) {
	s := start(t, gmailtest.Options{Fold: true})
	svc := service(t, s, all()...)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := imported(svc, mail("<1@example.com>", fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(s.Messages(user)); n != 1 {
		t.Fatalf("%d messages, want 1", n)
	}
}

func TestSpam(t *testing.T) {
	s := start(t, gmailtest.Options{Spam: func(raw []byte) bool { return bytes.Contains(raw, []byte("pills")) }})
	svc := service(t, s, all()...)
	if m := mustImport(t, svc, mail("<1@example.com>", "pills"), "INBOX", "UNREAD"); fmt.Sprint(m.LabelIds) != "[UNREAD SPAM]" {
		t.Errorf("spam has %v", m.LabelIds)
	}
	if m := mustImport(t, svc, mail("<2@example.com>", "news"), "INBOX"); fmt.Sprint(m.LabelIds) != "[INBOX]" {
		t.Errorf("mail has %v", m.LabelIds)
	}
	m, err := svc.Users.Messages.Import("me", &gmail.Message{LabelIds: []string{"INBOX"}}).NeverMarkSpam(true).
		Media(bytes.NewReader(mail("<3@example.com>", "pills")), googleapi.ContentType("message/rfc822")).Do()
	if err != nil || fmt.Sprint(m.LabelIds) != "[INBOX]" {
		t.Errorf("never spam: %v %v", m, err)
	}
	if err := s.MarkSpam(user, m.Id); err != nil {
		t.Fatal(err)
	}
	if l := s.Messages(user)[2].LabelIDs; fmt.Sprint(l) != "[SPAM]" {
		t.Errorf("marked: %v", l)
	}
}

func TestLabelRules(t *testing.T) {
	s := start(t, gmailtest.Options{})
	svc := service(t, s, gmailtest.ScopeLabels)
	create := func(name string) (*gmail.Label, error) {
		return svc.Users.Labels.Create("me", &gmail.Label{Name: name, LabelListVisibility: "labelShow"}).Do()
	}
	l, err := create("Work/Old mail")
	if err != nil || l.Name != "Work/Old mail" || l.LabelListVisibility != "labelShow" {
		t.Fatalf("%+v %v", l, err)
	}
	for _, clash := range []string{"Work/Old mail", "work-old/MAIL", "WORK OLD MAIL"} {
		_, err := create(clash)
		wantError(t, err, 409, "aborted", "Label name exists or conflicts")
	}
	for _, name := range []string{"Inbox", "SPAM", "trash", "Sent", "Drafts", "Starred", "Important", "Unread", "Chats", "Muted", "", "  "} {
		_, err := create(name)
		wantError(t, err, 400, "invalidArgument", "Invalid label name")
	}
	if _, err := create("Work"); err != nil { // no parent was made before
		t.Fatal(err)
	}
	if got := s.Labels(user); len(got) != 2 || got[l.Id] != "Work/Old mail" {
		t.Fatalf("labels %v", got)
	}
	list, err := svc.Users.Labels.List("me").Do()
	if err != nil {
		t.Fatal(err)
	}
	has := func(id, name, kind string) bool {
		return slices.ContainsFunc(list.Labels, func(l *gmail.Label) bool { return l.Id == id && l.Name == name && l.Type == kind })
	}
	if !has("INBOX", "INBOX", "system") || !has(l.Id, "Work/Old mail", "user") {
		t.Fatalf("listed %+v", list.Labels)
	}
}

func TestTenThousandLabels(t *testing.T) {
	s := start(t, gmailtest.Options{})
	for i := range 10000 {
		if _, err := s.CreateLabel(user, fmt.Sprint("n", i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := service(t, s, all()...).Users.Labels.Create("me", &gmail.Label{Name: "one more"}).Do()
	wantError(t, err, 400, "invalidArgument", "label count")
}

func TestInspectionOfWhatIsNotThere(t *testing.T) {
	s := start(t, gmailtest.Options{})
	if s.Messages("nobody@example.org") != nil || s.Labels("nobody@example.org") != nil {
		t.Error("a mailbox that isn't there has something")
	}
	_, errRaw := s.Raw(user, "0")
	_, errLabel := s.CreateLabel("nobody@example.org", "x")
	for _, err := range []error{errRaw, errLabel, s.Trash(user, "0"), s.MarkSpam("nobody@example.org", "0")} {
		if err == nil || !strings.Contains(err.Error(), "there is none") {
			t.Errorf("got %v", err)
		}
	}
}

// TestDeletedLabel: it is gone from the mail, and its id isn't used again.
func TestDeletedLabel(t *testing.T) {
	s := start(t, gmailtest.Options{})
	id, err := s.CreateLabel(user, "Work")
	if err != nil {
		t.Fatal(err)
	}
	mustImport(t, service(t, s, all()...), mail("<1@example.com>", "x"), "INBOX", id)
	if err := s.DeleteLabel(user, id); err != nil {
		t.Fatal(err)
	}
	if l := s.Messages(user)[0].LabelIDs; fmt.Sprint(l) != "[INBOX]" {
		t.Errorf("labels %v", l)
	}
	if again, err := s.CreateLabel(user, "work"); err != nil || again == id {
		t.Errorf("%q, %v", again, err)
	}
	if s.DeleteLabel(user, id) == nil || s.DeleteLabel("nobody@example.org", id) == nil {
		t.Error("deleted twice")
	}
}
