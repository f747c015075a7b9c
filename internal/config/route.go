package config

import "fmt"

// to reads the destination of an account: the one there is, unless there are
// several.
func (t *table) to(gmail []Gmail) string {
	var names []string
	for _, g := range gmail {
		if g.Name != "" {
			names = append(names, g.Name)
		}
	}
	to, ok := t.text("to")
	switch {
	case len(names) < len(gmail) || len(gmail) == 0 || !ok && t.has("to"):
		return to // told already
	case !ok && len(gmail) == 1:
		return names[0]
	case !ok:
		t.fail("to", "missing, and there are several [[gmail]]", "give one of "+either(names))
		return ""
	}
	for _, name := range names {
		if name == to {
			return to
		}
	}
	problem := "no [[gmail]] is called " + quote(to)
	if near := Nearest(to, names); near != "" {
		problem += " (did you mean " + quote(near) + "?)"
	}
	t.fail("to", problem, "")
	return ""
}

// labels reads what an imported message is given. An empty list is a choice.
func (t *table) labels() []string {
	v, ok := t.take("labels")
	if !ok {
		return []string{"INBOX", "UNREAD"}
	}
	list, ok := v.([]any)
	if !ok {
		t.fail("labels", `must be an array, as in ["INBOX", "Work"], not `+kind(v), "")
		return nil
	}
	labels := make([]string, 0, len(list))
	for i, element := range list {
		s, ok := element.(string)
		switch {
		case !ok:
			t.fail("labels", fmt.Sprintf("label %d must be a string, not %s", i+1, kind(element)), "")
		case s == "":
			t.fail("labels", fmt.Sprintf("label %d must not be empty", i+1), "")
		case hasControl(s):
			t.fail("labels", fmt.Sprintf("label %d must not hold control characters", i+1), "")
		default:
			labels = append(labels, s)
		}
	}
	return labels
}
