package app

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"github.com/popbridge/popbridge/internal/bridge"
)

// view is what a bar shows.
type view struct {
	bridge.Progress
	name    string
	columns int
	// perMinute is how many messages a minute are done, left the time that
	// the rest takes; negative while that isn't known.
	perMinute float64
	left      time.Duration
}

// ending is what a run is at that was interrupted.
const ending bridge.Activity = "interrupted, ending"

const (
	// canvas is wider than any terminal: lines are fitted here, since mpb
	// asks for the size of files alone.
	canvas = 1000
	// barLeast is the width of a terminal that has room for the bar proper.
	barLeast = 60
)

// line lays out a bar in one line: name, messages, the bar proper, and as much
// of the rest as there is room for.
func line(view func() *view) []mpb.BarOption {
	return []mpb.BarOption{
		mpb.BarFillerTrim(),
		mpb.PrependDecorators(
			decor.Any(func(decor.Statistics) string { return view().shortName() }, decor.WCSyncWidthR),
			decor.Any(func(decor.Statistics) string { return view().counts() }, decor.WCSyncSpace),
		),
		mpb.BarFillerMiddleware(func(base mpb.BarFiller) mpb.BarFiller {
			return mpb.BarFillerFunc(func(w io.Writer, s decor.Statistics) error {
				s.AvailableWidth = view().barWidth()
				if s.AvailableWidth == 0 {
					return nil
				}
				_, err := io.WriteString(w, " ")
				if err != nil {
					return err
				}
				return base.Fill(w, s)
			})
		}),
		mpb.AppendDecorators(decor.Any(func(s decor.Statistics) string {
			v := view()
			used := canvas - s.AvailableWidth
			if w := v.barWidth(); w > 0 {
				used += 1 + w
			}
			return " " + v.rest(v.columns-used-2)
		})),
	}
}

func (v *view) barWidth() int {
	if v.columns < barLeast {
		return 0
	}
	return min(v.columns/10, 30)
}

// shortName leaves room for what changes.
func (v *view) shortName() string {
	most := max(v.columns/4, 8)
	if len(v.name) > most {
		return v.name[:most-2] + ".."
	}
	return v.name
}

func (v *view) counts() string {
	if v.Wanted == 0 {
		return ""
	}
	return humanize.Comma(int64(v.Done)) + "/" + humanize.Comma(int64(v.Wanted))
}

// rest is what else there is to say, the more important first where not all
// of it fits.
func (v *view) rest(room int) string {
	long, short := v.octets()
	all := [][]string{{long, short}, {v.rate()}, {v.timeLeft()}, {string(v.Doing)}}
	fits := make([]string, len(all))
	for i := len(all) - 1; i >= 0; i-- {
		for _, said := range append(all[i], "") {
			if fits[i] = said; len(joined(fits)) <= room {
				break
			}
		}
	}
	return joined(fits)
}

func joined(parts []string) string {
	var said []string
	for _, s := range parts {
		if s != "" {
			said = append(said, s)
		}
	}
	return strings.Join(said, ", ")
}

// octets are those that are done, or fetched as long as fetching is what goes
// on.
func (v *view) octets() (long, short string) {
	switch {
	case v.Wanted == 0:
		return "", ""
	case v.Doing == bridge.Fetching:
		return octets(v.FetchedOctets) + " fetched", octets(v.FetchedOctets)
	default:
		return octets(v.DoneOctets) + " of " + octets(v.WantedOctets), octets(v.DoneOctets)
	}
}

func (v *view) rate() string {
	switch {
	case v.perMinute < 0:
		return ""
	case v.perMinute < 10:
		return fmt.Sprintf("%.1f/min", v.perMinute)
	default:
		return humanize.Comma(int64(v.perMinute+0.5)) + "/min"
	}
}

func (v *view) timeLeft() string {
	switch {
	case v.left < 0:
		return ""
	case v.left >= time.Hour:
		return fmt.Sprintf("%dh%02dm left", int(v.left.Hours()), int(v.left.Minutes())%60)
	default:
		return max(v.left.Round(time.Second), time.Second).String() + " left"
	}
}
