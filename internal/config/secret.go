package config

import (
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[hidden]"

// Secret is a text that no print, log or encoding shows. It is held by
// pointer, so that even a print that can't call its methods shows no more
// than an address.
type Secret struct{ text *string }

// NewSecret hides a text.
func NewSecret(text string) Secret { return Secret{&text} }

// Reveal gives the text itself.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero tells whether there is no text.
func (s Secret) IsZero() bool { return s.Reveal() == "" }

// String gives "[hidden]".
func (s Secret) String() string { return hidden }

// GoString gives "[hidden]".
func (s Secret) GoString() string { return hidden }

// Format prints "[hidden]" for every verb; fmt would show the fields for
// those that String does not serve, %d say.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, hidden) }

// MarshalJSON gives "[hidden]".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// MarshalText gives "[hidden]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue gives "[hidden]".
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
