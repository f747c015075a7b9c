package app

import (
	"context"
	"strconv"
	"strings"
)

// What is suggested: two weeks, as other devices are mostly set to.
const (
	usualRetention = "14d"
	usualLabels    = "INBOX, UNREAD"
)

// askLabels settles what the mail is given in Gmail.
func (s *setup) askLabels(ctx context.Context) error {
	if err := s.settleName(); err != nil {
		return err
	}
	switch {
	case s.pop.Labels != nil:
		return nil
	case s.ask == nil:
		s.pop.Labels = labelsOf(usualLabels)
		return nil
	}
	s.explain(`The labels that the mail gets in Gmail, with commas between. INBOX and UNREAD show
it as new mail; one of its own, as in %s, INBOX, UNREAD, keeps it together as well.`, s.pop.Name)
	return s.ask.ask(ctx, question{text: "Labels", otherwise: usualLabels, take: func(answer string) error {
		s.pop.Labels = labelsOf(answer)
		return s.fault("pop3.labels")
	}})
}

// labelsOf reads labels with commas between, Japanese ones too; "none" is none
// at all. Gmail's own are written in capitals, as they are called.
func labelsOf(text string) []string {
	labels := []string{}
	if text == "none" {
		return labels
	}
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		label := strings.TrimSpace(part)
		for _, own := range labelsOfGmail {
			if strings.EqualFold(label, own) {
				label = own
			}
		}
		if label != "" {
			labels = append(labels, label)
		}
	}
	return labels
}

var labelsOfGmail = [...]string{"INBOX", "UNREAD", "STARRED", "IMPORTANT"}

// askRetention settles how long imported mail stays on the provider. Where
// nobody is asked, nothing is deleted unless a flag says so.
func (s *setup) askRetention(ctx context.Context) error {
	switch {
	case s.pop.Retention != "":
		return nil
	case s.ask == nil:
		s.pop.Retention = "never"
		return nil
	}
	s.explain(`How many days imported mail stays on the provider, for phones and other mail
programs there. Then it is deleted there, and Gmail alone has it; the provider's
mailbox doesn't fill up. "never" deletes nothing.`)
	take := s.answered("pop3.retention", &s.pop.Retention)
	return s.ask.ask(ctx, question{text: "Days", otherwise: strings.TrimSuffix(usualRetention, "d"), take: func(answer string) error {
		return take(retentionOf(answer))
	}})
}

// retentionOf takes a number alone for days.
func retentionOf(text string) string {
	days := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(text, "days"), "day"))
	if n, err := strconv.Atoi(days); err == nil && n > 0 {
		return strconv.Itoa(n) + "d"
	}
	return text
}
