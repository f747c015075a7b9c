package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/dustin/go-humanize"
)

// writeTable writes the rows as a Markdown table.
func writeTable(w io.Writer, rows []row) error {
	lines := []string{
		"| row | measured | popbridge | others | ratio | note |",
		"| --- | --- | --- | --- | --- | --- |",
	}
	for _, r := range rows {
		cells := []string{r.Name, r.Measured, r.Popbridge, r.Others, r.Ratio, r.Note}
		for i, c := range cells {
			cells[i] = strings.ReplaceAll(c, "|", `\|`)
		}
		lines = append(lines, "| "+strings.Join(cells, " | ")+" |")
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// seconds shows a duration to three digits or so: 0.070 s, 1.56 s, 88.6 s.
func seconds(d time.Duration) string {
	s := d.Seconds()
	switch {
	case s < 1:
		return fmt.Sprintf("%.3f s", s)
	case s < 10:
		return fmt.Sprintf("%.2f s", s)
	}
	return fmt.Sprintf("%.1f s", s)
}

// milliseconds shows a duration in whole milliseconds.
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
}

// mebibytes shows octets in MiB.
func mebibytes(octets int64) string { return fmt.Sprintf("%.1f MiB", float64(octets)/(1<<20)) }

// ratio shows a divided by b.
func ratio[T ~int | ~int64](a, b T) string {
	if b == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// thousands shows a number with commas.
func thousands(n int) string { return humanize.Comma(int64(n)) }
