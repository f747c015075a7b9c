package app

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/term"
)

// screen is a terminal whose last lines are drawn anew again and again, and
// above which whole lines are written.
type screen struct {
	mu  sync.Mutex
	out io.Writer
	// size gives its columns and rows, as they were last asked for.
	size          func() (columns, rows int)
	columns, rows int
	// frame is what was last to be drawn, widths those of its lines that stand
	// there.
	frame  []byte
	widths []int
	// hidden counts those who want nothing to be drawn.
	hidden int
	closed bool
}

// A terminal that doesn't tell its size is taken for one of the commonest.
const (
	usualColumns = 80
	usualRows    = 24
)

func newScreen(out io.Writer) *screen {
	return &screen{out: out, size: func() (int, int) { return sizeOf(out) }}
}

func sizeOf(out io.Writer) (columns, rows int) {
	if f, ok := out.(*os.File); ok {
		if columns, rows, err := term.GetSize(int(f.Fd())); err == nil && columns > 0 && rows > 0 {
			return columns, rows
		}
	}
	return usualColumns, usualRows
}

// measure asks for the size, and gives the columns, and how many rows may be
// drawn.
func (s *screen) measure() (columns, room int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns, s.rows = s.size()
	return s.columns, s.room()
}

// room leaves the last row free, since terminals differ in when they scroll,
// and one for what stood there before.
func (s *screen) room() int { return max(s.rows-2, min(s.rows-1, 1)) }

// Write writes whole lines above what is drawn.
func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(text), s.redraw(text)
}

// hide wipes away what is drawn, until show.
func (s *screen) hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden++
	_ = s.redraw(nil) // see frames
}

func (s *screen) show() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden--
	_ = s.redraw(nil) // see frames
}

// close wipes away what is drawn, for good.
func (s *screen) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	_ = s.redraw(nil) // see frames
}

// redraw writes text in place of the frame, and the frame below it.
//
// Lines are drawn over those before: a terminal that is wiped from its first
// row on may keep what was there in its history, as tmux does.
func (s *screen) redraw(text []byte) error {
	var out bytes.Buffer
	shows := s.hidden == 0 && !s.closed && len(s.frame) > 0
	if up := s.height(); up > 0 {
		fmt.Fprintf(&out, "\r\x1b[%dA", up)
		if len(text) > 0 || !shows {
			out.WriteString("\x1b[K\n\x1b[J\x1b[A")
		}
	} else if shows {
		out.WriteString("\r\x1b[K") // what was typed moved the cursor to the right
	}
	out.Write(text)
	s.widths = s.widths[:0]
	if shows {
		s.draw(&out)
	}
	if out.Len() == 0 {
		return nil
	}
	_, err := s.out.Write(out.Bytes())
	return err
}

// height is how many rows above the cursor the frame takes. A terminal that
// has become narrower since has wrapped its lines; one that has become lower
// has let go of the first.
func (s *screen) height() (rows int) {
	for _, w := range s.widths {
		rows += max(1, (w+s.columns-1)/s.columns)
	}
	return min(rows, s.rows-1)
}

// draw leaves the last column free: terminals differ in when they wrap. What
// is left below of a frame before is wiped away, never from the first row on.
func (s *screen) draw(out *bytes.Buffer) {
	for line := range bytes.Lines(s.frame) {
		if len(s.widths) >= s.room() {
			break
		}
		line = bytes.TrimRight(line, " \n")
		line = line[:min(len(line), s.columns-1)] // it is all ASCII
		s.widths = append(s.widths, len(line))
		out.Write(line)
		out.WriteString("\x1b[K\n")
	}
	if len(s.widths) > 0 {
		out.WriteString("\x1b[J")
	}
}

// frames takes what mpb draws, and tells of each frame.
type frames struct {
	*screen
	drawn chan<- struct{}
}

// endOfErase ends what mpb sends ahead of each frame to wipe away the one
// before, on Windows by itself. The screen does that: it knows what else was
// written.
var endOfErase = []byte("\x1b[J")

// Write draws a frame. Errors of the terminal are told by nobody: bars are
// not worth a failure.
func (f frames) Write(p []byte) (int, error) {
	rows := p
	if i := bytes.LastIndex(p, endOfErase); i >= 0 {
		rows = p[i+len(endOfErase):]
	}
	if len(rows) == 0 {
		return len(p), nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.frame = append(f.frame[:0], bytes.TrimRight(rows, " \n")...)
	_ = f.redraw(nil)
	select {
	case f.drawn <- struct{}{}:
	default:
	}
	return len(p), nil
}
