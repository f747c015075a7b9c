package config

import "strings"

// Nearest gives the known name that name was most likely meant to be, or ""
// where none is near. Case and the difference of - and _ do not count; the
// first of equals wins.
func Nearest(name string, known []string) string {
	const longest = 100 // no name of ours is, and the distance costs the square
	if name == "" || len(name) > longest {
		return ""
	}
	best, least := "", 0
	for _, k := range known {
		d := distance(fold(name), fold(k))
		if d <= allowed(name, k) && (best == "" || d < least) {
			best, least = k, d
		}
	}
	if best == "" {
		return kin(fold(name), known)
	}
	return best
}

// allowed is how many slips are forgiven: one in three letters, at least one.
func allowed(a, b string) int {
	return max(1, max(len(a), len(b))/3)
}

func fold(s string) string {
	return strings.ReplaceAll(strings.ToLower(s), "-", "_")
}

// kin finds the name that is the beginning or the last word of the other, as
// in "hostname" for "host" and "fingerprint" for "tls_fingerprint".
func kin(name string, known []string) string {
	const shortest = 3
	for _, k := range known {
		f := fold(k)
		if min(len(name), len(f)) < shortest {
			continue
		}
		if strings.HasPrefix(f, name) || strings.HasPrefix(name, f) || strings.HasSuffix(f, "_"+name) {
			return k
		}
	}
	return ""
}

// distance counts insertions, deletions, replacements and swaps of
// neighbours (optimal string alignment).
func distance(a, b string) int {
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+differ(a[i-1], b[j-1]))
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

func differ(a, b byte) int {
	if a == b {
		return 0
	}
	return 1
}
