package message

import (
	"fmt"
	"io"
	"mime"

	"golang.org/x/text/encoding/ianaindex"
)

// words decodes encoded words (RFC 2047) in any charset of IANA's list that
// is known, ISO-2022-JP and Shift_JIS among them.
var words = mime.WordDecoder{CharsetReader: func(charset string, input io.Reader) (io.Reader, error) {
	e, err := ianaindex.MIME.Encoding(charset)
	if err != nil {
		return nil, err
	}
	if e == nil {
		return nil, fmt.Errorf("charset %q is not supported", charset)
	}
	return e.NewDecoder().Reader(input), nil
}}
