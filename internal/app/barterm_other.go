//go:build !windows

package app

import "io"

// understandsEscapes tells whether the terminal can be drawn on; what TERM
// names can.
func understandsEscapes(io.Writer) bool { return true }
