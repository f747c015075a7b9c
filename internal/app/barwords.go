package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/dustin/go-humanize"

	"github.com/popbridge/popbridge/internal/bridge"
)

// What is said has room for its usual longest, so that it doesn't come and go
// with the length of a number.
const (
	rateRoom     = len("1,234/min")
	leftRoom     = len("59m59s left")
	leftFewRoom  = len("59m59s")
	octetsRoom   = len("999 MB of 999 MB")
	octetsFewest = len("999 MB")
)

// part is something to say, and the room that is kept for it.
type part struct {
	text string
	room int
}

// said puts in one line the first of several ways to say something that has
// room, or what fits of the last.
func said(room int, ways ...[]part) (line string) {
	for _, way := range ways {
		need := -len(", ")
		for _, p := range way {
			need += max(len(p.text), p.room) + len(", ")
		}
		if line = joined(way); need <= room {
			return line
		}
	}
	return line[:min(len(line), max(room, 0))]
}

// each makes ways of words.
func each(words []string) (ways [][]part) {
	for _, text := range words {
		ways = append(ways, []part{{text: text}})
	}
	return ways
}

func joined(parts []part) string {
	var texts []string
	for _, p := range parts {
		if p.text != "" {
			texts = append(texts, p.text)
		}
	}
	return strings.Join(texts, ", ")
}

func countsWords(p bridge.Progress) string {
	if p.Wanted == 0 {
		return ""
	}
	return humanize.Comma(int64(p.Done)) + "/" + humanize.Comma(int64(p.Wanted))
}

// countsRoom is what countsWords need at last.
func countsRoom(p bridge.Progress) int {
	p.Done = p.Wanted
	return len(countsWords(p))
}

func rateWords(perMinute float64) string {
	switch {
	case perMinute < 0:
		return ""
	case perMinute < 10:
		return fmt.Sprintf("%.1f/min", perMinute)
	default:
		return humanize.Comma(int64(perMinute+0.5)) + "/min"
	}
}

func leftWords(left time.Duration) string {
	if left < 0 {
		return ""
	}
	return span(left) + " left"
}

func span(d time.Duration) string {
	if d >= time.Hour {
		return fmt.Sprintf("%dh%02dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return max(d.Round(time.Second), time.Second).String()
}

// doingWords are ways to say what goes on, the longest first.
func doingWords(doing bridge.Activity, pause time.Duration) []string {
	switch {
	case doing == bridge.Locked:
		return []string{string(doing), "locked"}
	case doing == bridge.AwaitingRoom:
		return []string{string(doing), "spool"}
	case doing == bridge.AwaitingTurn:
		return []string{string(doing), "its turn"}
	case doing == bridge.LookingUp:
		return []string{string(doing), "looking"}
	case doing == bridge.AwaitingQuota:
		return []string{string(doing), "Gmail's quota", "quota"}
	case doing == bridge.AwaitingRetry && pause > 0:
		in := span(pause)
		return []string{"waiting for Gmail, next try in " + in, "next try in " + in, "retry " + in, "retry"}
	case doing == bridge.AwaitingRetry:
		return []string{string(doing), "retry"}
	default:
		return []string{string(doing)}
	}
}

// ending are ways to say that a run was interrupted, the longest first; nil
// while it was not.
type ending []string

func endingOf(run context.Context) ending {
	var s Signalled
	switch {
	case run.Err() == nil:
		return nil
	case errors.As(context.Cause(run), &s) && s.Signal == os.Interrupt:
		return ending{"ending; Ctrl-C again ends at once", "ending; ^C ends at once", "ending"}
	default:
		return ending{"ending"}
	}
}

// shortest is for those that need not say all.
func (e ending) shortest() ending { return e[max(len(e)-1, 0):] }
