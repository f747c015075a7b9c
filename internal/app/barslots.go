package app

import (
	"io"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// canvas is wider than any terminal: lines are fitted here, since mpb asks for
// the size of files alone.
const canvas = 1000

// row is a line of the screen: text, and with a width the bar proper and more
// text.
type row struct {
	head        string
	width       int
	done, total int
	tail        string
}

// slots are mpb's bars, one for each line that was ever needed. Which account
// has which is chosen anew with each frame.
type slots struct {
	screen *screen
	// drawing draws the rows at each refresh until it is gone. It begins with
	// the first row.
	drawing *mpb.Progress
	refresh chan any
	gone    chan any
	drawn   chan struct{}
	count   int
	rows    atomic.Pointer[[]row]
}

func newSlots(s *screen) *slots {
	return &slots{screen: s, refresh: make(chan any), gone: make(chan any), drawn: make(chan struct{}, 1)}
}

// draw shows rows in place of those before.
func (s *slots) draw(rows []row, now time.Time) {
	if s.drawing == nil && len(rows) == 0 {
		return
	}
	if s.drawing == nil {
		s.drawing = mpb.New(mpb.WithOutput(frames{s.screen, s.drawn}), mpb.WithWidth(canvas),
			mpb.WithManualRefresh(s.refresh), mpb.WithShutdownNotifier(s.gone))
	}
	s.rows.Store(&rows)
	for ; s.count < len(rows); s.count++ {
		_, _ = s.drawing.Add(0, mpb.BarStyle().Build(), s.line(s.count)...)
	}
	select {
	case s.refresh <- now:
	case <-s.gone:
	}
	select {
	case <-s.drawn:
	case <-s.gone:
	}
}

func (s *slots) close() {
	if s.drawing != nil {
		s.drawing.Shutdown()
	}
}

// row gives a slot's row, which is empty where there are fewer.
func (s *slots) row(slot int) row {
	if rows := *s.rows.Load(); slot < len(rows) {
		return rows[slot]
	}
	return row{}
}

// line has a slot draw its row.
func (s *slots) line(slot int) []mpb.BarOption {
	return []mpb.BarOption{
		mpb.BarFillerTrim(),
		mpb.PrependDecorators(decor.Any(func(decor.Statistics) string { return s.row(slot).head })),
		mpb.BarFillerMiddleware(func(base mpb.BarFiller) mpb.BarFiller {
			return mpb.BarFillerFunc(func(w io.Writer, of decor.Statistics) error {
				r := s.row(slot)
				if r.width == 0 {
					return nil
				}
				of.AvailableWidth, of.Total, of.Current = r.width, int64(r.total), int64(r.done)
				if _, err := io.WriteString(w, " "); err != nil {
					return err
				}
				return base.Fill(w, of)
			})
		}),
		mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return s.row(slot).tail })),
	}
}
