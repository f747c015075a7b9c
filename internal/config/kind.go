package config

import "time"

// kind names the type of a TOML value.
func kind(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case []any:
		return "an array"
	case map[string]any:
		return "a table"
	case time.Time:
		return "a date and time"
	}
	return "a date or time" // the local ones of go-toml
}

// quotesHint helps who wrote a number where a string with a unit is meant.
func quotesHint(v any) string {
	switch v.(type) {
	case int64, float64, bool:
		return "write it in quotes"
	}
	return ""
}
