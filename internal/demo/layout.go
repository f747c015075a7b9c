package demo

import (
	"strings"
	"unicode/utf8"
)

// width is where the story's lines are broken, in characters.
const width = 78

// indent sets what is typed and printed off from the story.
const indent = "    "

// indented gives lines with an indent, empty ones without.
func indented(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.TrimSpace(line) != "" {
			out.WriteString(indent)
		}
		out.WriteString(strings.TrimRight(line, "\n") + "\n")
	}
	return out.String()
}

// wrapped breaks a paragraph into lines anew.
func wrapped(text string) string {
	var out strings.Builder
	column := 0
	for _, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case column == 0:
		case column+1+length > width:
			out.WriteByte('\n')
			column = 0
		default:
			out.WriteByte(' ')
			column++
		}
		out.WriteString(word)
		column += length
	}
	return out.String() + "\n"
}
