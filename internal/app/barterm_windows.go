package app

import (
	"io"
	"os"

	"golang.org/x/sys/windows"
)

// understandsEscapes switches a console to understand escape sequences, which
// those before Windows 10 never do.
func understandsEscapes(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return true
	}
	console := windows.Handle(f.Fd())
	var mode uint32
	return windows.GetConsoleMode(console, &mode) == nil &&
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
