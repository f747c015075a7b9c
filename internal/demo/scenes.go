package demo

import (
	"slices"
	"strings"
)

// scenes are the story, in order.
var scenes = []func(*show){opening, newMail, nothingToDo, daysPass, overfull, refused, ending}

func opening(s *show) {
	s.say(`This is the whole job on this machine alone: a POP3 server with two mailboxes,
a stand-in for Gmail, and popbridge between them. The servers are the demo's
own, and so is the clock, which it moves ahead to let days pass. Popbridge is
the program itself, run by the commands shown. Its configuration is the demo's,
too (the flag --config, which names it, is left out below), and says of the
two mailboxes:`)
	s.list(strings.Split("[[pop3]]\nname = \"office\"\n"+runTerms.office+"\n[[pop3]]\nname = \"home\"\n"+
		strings.TrimSpace(runTerms.home), "\n")...)
}

func newMail(s *show) {
	s.deliver(s.office, officeFirst...)
	s.deliver(s.home, homeFirst...)
	s.title("New mail")
	s.say(`The office has %d messages, home has %d. They are sample mail, many of them odd
as their names say. What would a run do with those at home? A dry run tells,
and changes nothing:`, len(officeFirst), len(homeFirst))
	s.command(0, "run", "home", "--dry-run")
	s.check(len(s.gmail.Requests()) == 0, "the dry run asked Gmail")
	s.say(`Now the run itself, of all accounts, as cron would start it every five minutes:`)
	s.at(0, 6, 5, 0)
	s.silent("run")
	s.say(`It printed nothing, because nothing is wrong. Gmail now has %s, by label:`,
		counted(len(s.gmail.Messages(address)), "message"))
	s.list(s.labelled()...)
	s.say(`The labels were made, and so was Home, the parent of Home/Family. The mailboxes
still have all their mail, for the other devices that read it.`)
	s.check(len(s.gmail.Messages(address)) == len(officeFirst)+len(homeFirst), "some mail did not arrive in Gmail")
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
	s.say(`Nothing again. Gmail got %s, the provider %s with %s in all.
What popbridge knows, it tells without any network:`,
		counted(requests, "request"), counted(sessions, "session"), counted(commands, "command"))
	s.check(requests == 0, "a run with nothing to do asked Gmail")
	s.check(sessions == 2, "a run with nothing to do opened %d sessions", sessions)
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
	s.at(15, 6, 0, 0)
	s.title("Retention passes")
	s.say(`Eight more days. What was imported on the first day is past the office's
retention of 14 days, what came a week later is not. What would a run do?`)
	s.command(0, "run", "office", "--dry-run")
	s.provider(s.office, officeFirst, officeWeekLater)
	s.say(`And it does just that:`)
	s.at(15, 6, 5, 0)
	s.silent("run")
	s.provider(s.office, officeWeekLater)
	s.say(`The office's mailbox now has %s, those still within the retention, where every
other device finds them. Gmail keeps all %d.`,
		counted(len(s.office.UIDs()), "message"), len(s.gmail.Messages(address)))
}

func overfull(s *show) {
	s.at(16, 6, 0, 0)
	s.title("An overfull mailbox")
	s.deliver(s.home, homeBurst...)
	s.say(`At home the provider holds no more than 15 messages, and %d have come at once,
which makes %d. Retention there is 60 days, but keep_messages lets the oldest
imported ones go early:`, len(homeBurst), len(s.home.UIDs()))
	s.command(0, "run", "home", "--dry-run")
	s.at(16, 6, 5, 0)
	s.silent("run")
	all := slices.Concat(homeFirst, homeWeekLater, homeBurst)
	s.provider(s.home, all[len(all)-10:])
	s.say(`There are %s at home now.`, counted(len(s.home.UIDs()), "message"))
}

func refused(s *show) {
	s.at(17, 6, 0, 0)
	s.title("A message that Gmail refuses")
	s.deliver(s.office, officeRefused, officeLast)
	s.say(`Two messages for the office. A program is attached to one of them, which Gmail
blocks. That stops neither the other message nor the other mailbox:`)
	output := s.command(65, "run")
	s.check(strings.Contains(output, officeRefused), "the refused message was not reported")
	s.say(`A person should know of this, so it is said, once. The next run is silent again:`)
	s.at(17, 6, 5, 0)
	s.silent("run")
	s.provider(s.office, officeWeekLater, []string{officeRefused, officeLast})
	s.say(`What Gmail refused is kept at the provider until someone decides about it:`)
	s.at(17, 6, 7, 30)
	s.command(0, "status", "office")
}

func ending(s *show) {
	s.at(17, 6, 10, 0)
	s.title("Has anything changed on the way?")
	export, code := s.invoke("state", "export")
	s.check(code == 0, "popbridge state export ended with %d", code)
	if s.err != nil {
		return
	}
	rows, err := readRows([]byte(export))
	if err != nil {
		s.failf("%w", err)
		return
	}
	held := slices.Concat(s.office.held, s.home.held)
	n, err := audit(held, []string{officeRefused}, rows, s.gmailIDs(), s.stored)
	if err != nil {
		s.failf("%w", err)
		return
	}
	s.say(`Compared all %s imported, byte for byte, with what the mailboxes held:
all are identical. (One has no line end after its last line. POP3 can't send it
so: every server adds one, and with it the message was compared.)`, counted(n, "message"))
	s.say(`The two mailboxes held %d messages in all; the one missing is the one refused.
To look around yourself: popbridge demo --serve`, len(held))
}

// provider checks what is left in a mailbox.
func (s *show) provider(m *mailbox, want ...[]string) {
	left := slices.Concat(want...)
	s.check(slices.Equal(m.UIDs(), left), "%s has %q, not %q", m.name, m.UIDs(), left)
}
