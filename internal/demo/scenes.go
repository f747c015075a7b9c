package demo

import (
	"slices"
	"strings"
)

// scenes are the story, in order.
var scenes = []func(*show){opening, newMail, nothingToDo, daysPass, retentionPasses, overfull, refused, ending}

func opening(s *show) {
	s.say(`Popbridge moves mail from POP3 mailboxes into Gmail, and keeps the provider's mailboxes
		from filling up. This is the whole job on one machine: a POP3 server with two mailboxes, a
		stand-in for Gmail, and popbridge between them. The servers are the demo's own, and so is
		the clock, which it moves ahead to let days pass. The rest is the program itself, run by
		the commands shown. Its configuration (the flag --config is left out below) says of the
		two mailboxes:`)
	s.list(strings.Split("[[pop3]]\nname = \"office\"\n"+runTerms.office+"\n[[pop3]]\nname = \"home\"\n"+
		strings.TrimSpace(runTerms.home), "\n")...)
}

func newMail(s *show) {
	s.title("New mail")
	s.deliver(s.office, officeFirst...)
	s.deliver(s.home, homeFirst...)
	s.say(`The office has %s, home has %d. They are sample mail, many of them odd as their
		names say. What would a run do with those at home? A dry run tells, and changes nothing:`,
		counted(len(officeFirst), "message"), len(homeFirst))
	s.command(0, "run", "home", "--dry-run")
	s.check(len(s.gmail.Requests()) == 0, "the dry run asked Gmail")
	s.at(0, 6, 5, 0)
	s.say(`Now the run itself, of all accounts, as cron would start it every five minutes:`)
	s.silent("run")
	arrived := len(s.gmail.Messages(address))
	s.say(`It prints nothing, because nothing is wrong. Gmail now has %s; by label:`, counted(arrived, "message"))
	s.list(s.labelled()...)
	s.say(`The labels were made on the way, and so was Home, the parent of Home/Family. Two of
		the messages at home share a Message-ID, by which Gmail tells duplicates; they differ, and
		both have arrived. The mailboxes still hold all their mail, for the other devices that read it.`)
	s.check(arrived == len(officeFirst)+len(homeFirst), "Gmail has %s", counted(arrived, "message"))
	s.provider(s.office, officeFirst)
	s.provider(s.home, homeFirst)
}

func nothingToDo(s *show) {
	s.at(0, 6, 10, 0)
	s.title("Nothing to do")
	s.gmail.ResetCounters()
	s.pop.ResetCounters()
	s.silent("run")
	requests, sessions, commands := len(s.gmail.Requests()), s.pop.Sessions(), len(s.pop.Commands())
	s.say(`Nothing again. This time Gmail got %s, and the POP3 server %s with %s in all. What
		popbridge knows of the mailboxes it tells without any network:`,
		counted(requests, "request"), counted(sessions, "session"), counted(commands, "command"))
	s.check(requests == 0, "a run with nothing to do asked Gmail")
	s.check(sessions == 2, "a run with nothing to do opened %s", counted(sessions, "session"))
	s.at(0, 6, 12, 30)
	s.command(0, "status")
}

func daysPass(s *show) {
	s.at(7, 6, 0, 0)
	s.title("A week later")
	s.deliver(s.office, officeWeekLater...)
	s.deliver(s.home, homeWeekLater...)
	s.say(`New mail has come, %d messages at the office and %d at home:`, len(officeWeekLater), len(homeWeekLater))
	s.silent("run")
	s.say(`%s.`, s.tally())
	s.provider(s.office, officeFirst, officeWeekLater)
}

func retentionPasses(s *show) {
	s.at(15, 6, 0, 0)
	s.title("Retention passes")
	s.say(`Eight more days. What was imported on the first day is past the office's retention of
		14 days; what came a week later is not. What would a run do?`)
	s.command(0, "run", "office", "--dry-run")
	s.provider(s.office, officeFirst, officeWeekLater)
	s.at(15, 6, 5, 0)
	s.say(`And the run does just that:`)
	s.silent("run")
	s.provider(s.office, officeWeekLater)
	s.provider(s.home, homeFirst, homeWeekLater)
	s.say(`The office's mailbox now holds %s: all that came within the last 14 days, where every
		other device finds it. Gmail keeps all %d.`,
		counted(len(s.office.UIDs()), "message"), len(s.gmail.Messages(address)))
}

func overfull(s *show) {
	s.at(16, 6, 0, 0)
	s.title("An overfull mailbox")
	s.deliver(s.home, homeBurst...)
	s.say(`The mailbox at home takes 15 messages at most, and %d have come at once, which makes
		%d. Its retention is 60 days, but keep_messages = 10 lets the oldest imported ones go early:`,
		len(homeBurst), len(s.home.UIDs()))
	s.command(0, "run", "home", "--dry-run")
	s.at(16, 6, 5, 0)
	s.silent("run")
	all := slices.Concat(homeFirst, homeWeekLater, homeBurst)
	s.provider(s.home, all[len(all)-10:])
	s.say(`The mailbox at home now holds %s. The three oldest are gone from it; Gmail has them.`,
		counted(len(s.home.UIDs()), "message"))
}

func refused(s *show) {
	s.at(17, 6, 0, 0)
	s.title("A message that Gmail refuses")
	s.deliver(s.office, officeRefused, officeLast)
	s.say(`Two messages for the office. A program is attached to one of them, which Gmail
		doesn't take. The other one is imported all the same:`)
	output := s.command(65, "run")
	s.check(strings.Contains(output, officeRefused), "the refused message was not reported")
	s.at(17, 6, 5, 0)
	s.say(`A person should know, so it is said, but only once. The next run is silent again:`)
	s.silent("run")
	s.say(`Who doesn't see what cron prints finds a notice in Gmail's inbox. It goes on with where
		the message is, and what to type:`)
	s.list(s.notices()...)
	s.provider(s.office, officeWeekLater, []string{officeRefused, officeLast})
	s.at(17, 6, 7, 30)
	s.say(`The refused message stays in the provider's mailbox until someone decides what to do with it:`)
	s.command(0, "status", "office")
}

func ending(s *show) {
	s.at(17, 6, 10, 0)
	s.title("Is it the same mail?")
	export, code := s.invoke("state", "export")
	s.check(code == 0, "popbridge state export ended with %d", code)
	held := slices.Concat(s.office.held, s.home.held)
	n, err := s.audit(held, export)
	if err != nil {
		s.failf("%w", err)
	}
	s.say(`Every imported message was compared, byte for byte, with what the mailbox held: all
		%d are identical. (Of one, missing-final-crlf, the last line has no end. POP3 can't send
		that, so every server adds one; it was compared with it.)`, n)
	s.say(`The mailboxes got %s in all; the one that Gmail doesn't have is the refused one.`,
		counted(len(held), "message"))
	s.say(`To look around yourself, type: popbridge demo --serve`)
}

// audit compares what is in Gmail with what the mailboxes held.
func (s *show) audit(held []delivered, export string) (compared int, err error) {
	if s.err != nil {
		return 0, s.err
	}
	rows, err := readRows([]byte(export))
	if err != nil {
		return 0, err
	}
	return audit(held, []string{officeRefused}, rows, s.gmailIDs(), s.stored)
}

// provider checks what is left in a mailbox.
func (s *show) provider(m *mailbox, want ...[]string) {
	left := slices.Concat(want...)
	s.check(slices.Equal(m.UIDs(), left), "%s has %q, not %q", m.name, m.UIDs(), left)
}
