package gmail

import (
	"strings"
	"unicode"
)

// systemLabels are the ids of Gmail's own labels
// (https://developers.google.com/workspace/gmail/api/guides/labels).
var systemLabels = [...]string{
	"INBOX", "UNREAD", "STARRED", "IMPORTANT", "SPAM", "TRASH", "SENT", "DRAFT",
	"CATEGORY_PERSONAL", "CATEGORY_SOCIAL", "CATEGORY_PROMOTIONS", "CATEGORY_UPDATES", "CATEGORY_FORUMS",
}

// LabelUnits is what ResolveLabels costs at most, in quota units: system
// labels cost nothing, others a listing and the making of each level.
func LabelUnits(names []string) (units int) {
	for _, name := range names {
		if _, ok := systemLabel(name); ok {
			continue
		}
		if units == 0 {
			units = UnitsLabelsList
		}
		units += UnitsLabelsCreate * (1 + strings.Count(name, "/"))
	}
	return units
}

// reservedLabels are names that labels.create refuses and that no id of a
// system label stands for.
var reservedLabels = [...]string{"Drafts", "Chats", "Muted"}

// systemLabel gives the id that a name stands for. No label of a user can
// have such a name, so case doesn't matter.
func systemLabel(name string) (id string, ok bool) {
	for _, id := range systemLabels {
		if strings.EqualFold(name, id) {
			return id, true
		}
	}
	// One that Gmail adds later.
	return name, strings.HasPrefix(name, "CATEGORY_")
}

// labelFault says what is wrong with a name, empty where nothing is known to be.
func labelFault(name string) string {
	for _, reserved := range reservedLabels {
		if strings.EqualFold(name, reserved) {
			return "the name is reserved by Gmail"
		}
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.TrimSpace(part) == "" {
			return "a part of the name is empty"
		}
	}
	return ""
}

// labelKey is equal for names that Gmail takes for the same: case doesn't
// count, and space, "-" and "/" are one character.
func labelKey(name string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' {
			return '/'
		}
		return unicode.ToLower(r)
	}, name)
}
