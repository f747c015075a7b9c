package gmailtest

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"mime"
	"path"
	"regexp"
	"slices"
	"strings"
)

// blocked are the extensions of attachments that Gmail refuses
// (support.google.com/mail/answer/6590).
const blocked = " ade adp apk appx appxbundle bat cab chm cmd com cpl diagcab diagcfg diagpkg dll dmg ex ex_ exe" +
	" hta img ins iso isp jar jnlp js jse lib lnk mde mjs msc msi msix msixbundle msp mst nsh pif ps1 scr sct" +
	" shb sys vb vbe vbs vhd vxd wsc wsf wsh xll "

// looseName finds filename and name parameters in fields that the mime
// package can't read.
var looseName = regexp.MustCompile(`(?i)[;\s](?:file)?name\*?(?:0\*?)?\s*=\s*("[^"]*"|[^;\s]+)`)

// checkAttachments walks through all parts of a message, those of attached
// messages too, and refuses blocked file names.
func checkAttachments(r io.Reader) error {
	w := partWalker{lines: bufio.NewReaderSize(r, 64<<10)}
	return w.walk()
}

// looseBoundary is looseName for boundaries.
var looseBoundary = regexp.MustCompile(`(?i)[;\s]boundary\s*=\s*("[^"]*"|[^;\s]+)`)

// partWalker goes through a message line by line. It collects the fields of
// each part's header; a line that is a boundary it has seen begins another.
type partWalker struct {
	lines      *bufio.Reader
	boundaries []string
	header     []string // unfolded lines of the header being read
}

func (w *partWalker) walk() error {
	inHeader := true
	for {
		line, err := w.line()
		if err != nil && len(line) == 0 {
			break
		}
		switch {
		case inHeader && len(line) == 0:
			var again bool
			if again, err = w.endHeader(); err != nil {
				return err
			}
			if inHeader = again; !again && len(w.boundaries) == 0 {
				return nil // no parts to come
			}
		case inHeader:
			w.fold(string(line))
		default:
			inHeader = w.isBoundary(line)
		}
	}
	_, err := w.endHeader()
	return err
}

// line gives the next line without its end, good until the next call; of one
// over 64 KiB the start. The last line may come along with io.EOF.
func (w *partWalker) line() ([]byte, error) {
	line, err := w.lines.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		line = bytes.Clone(line)
		for errors.Is(err, bufio.ErrBufferFull) {
			_, err = w.lines.ReadSlice('\n')
		}
	}
	return bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r")), err
}

func (w *partWalker) fold(line string) {
	if n := len(w.header); n > 0 && (line[0] == ' ' || line[0] == '\t') {
		w.header[n-1] += line
		return
	}
	w.header = append(w.header, line)
}

func (w *partWalker) isBoundary(line []byte) bool {
	b, ok := bytes.CutPrefix(line, []byte("--"))
	return ok && slices.Contains(w.boundaries, string(bytes.TrimRight(b, " \t")))
}

// endHeader judges the header that was read. It says whether another follows
// at once, as in a message/rfc822 part.
func (w *partWalker) endHeader() (again bool, err error) {
	for _, h := range w.header {
		name, body, _ := strings.Cut(h, ":")
		isType := strings.EqualFold(strings.TrimSpace(name), "Content-Type")
		if !isType && !strings.EqualFold(strings.TrimSpace(name), "Content-Disposition") {
			continue
		}
		kind, params, _ := mime.ParseMediaType(body)
		if isBlocked(body, params) {
			return false, badRequest("Invalid attachment")
		}
		if m := looseBoundary.FindStringSubmatch(body); isType && m != nil {
			w.boundaries = append(w.boundaries, strings.Trim(m[1], `"`))
		}
		again = again || isType && kind == "message/rfc822"
	}
	w.header = nil
	return again, nil
}

func isBlocked(body string, params map[string]string) bool {
	names := []string{params["filename"], params["name"]}
	for _, m := range looseName.FindAllStringSubmatch(body, -1) {
		names = append(names, strings.Trim(m[1], `"`))
	}
	for _, n := range names {
		if decoded, err := new(mime.WordDecoder).DecodeHeader(n); err == nil {
			n = decoded
		}
		ext := strings.TrimPrefix(path.Ext(strings.TrimRight(n, ". ")), ".")
		if ext != "" && strings.Contains(blocked, " "+strings.ToLower(ext)+" ") {
			return true
		}
	}
	return false
}
