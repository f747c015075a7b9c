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
	// frame is what was last to be drawn, lines how many of its lines stand
	// there.
	frame []byte
	lines int
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

// measure asks for the size, and gives the columns.
func (s *screen) measure() (columns int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.columns, s.rows = s.size()
	return s.columns
}

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

// redraw wipes the frame away, writes text, and the frame below it.
func (s *screen) redraw(text []byte) error {
	var out bytes.Buffer
	shows := s.hidden == 0 && !s.closed && len(s.frame) > 0
	// What was typed, or asked for, may have moved the cursor to the right.
	switch {
	case s.lines > 0:
		fmt.Fprintf(&out, "\r\x1b[%dA\x1b[J", s.lines)
	case shows:
		out.WriteString("\r\x1b[J")
	}
	out.Write(text)
	s.lines = 0
	if shows {
		s.draw(&out)
	}
	if out.Len() == 0 {
		return nil
	}
	_, err := s.out.Write(out.Bytes())
	return err
}

// draw leaves the last row and the last column free: terminals differ in when
// they scroll.
func (s *screen) draw(out *bytes.Buffer) {
	for row := range bytes.Lines(s.frame) {
		if s.lines == s.rows-1 {
			return
		}
		s.lines++
		row = bytes.TrimRight(row, " \n")
		out.Write(row[:min(len(row), s.columns-1)]) // it is all ASCII
		out.WriteByte('\n')
	}
}

// frames takes what mpb draws.
type frames struct{ *screen }

// endOfErase ends what mpb sends ahead of each frame to wipe away the one
// before. The screen does that itself: it knows what else was written.
var endOfErase = []byte("\x1b[J")

// Write draws a frame. Errors of the terminal are told by nobody: bars are
// not worth a failure.
func (f frames) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows := p
	if i := bytes.LastIndex(p, endOfErase); i >= 0 {
		rows = p[i+len(endOfErase):]
	}
	f.frame = append(f.frame[:0], rows...)
	_ = f.redraw(nil)
	return len(p), nil
}
