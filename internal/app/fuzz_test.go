package app

import (
	"slices"
	"strings"
	"testing"
)

// FuzzArrange puts any words into order. Flags may stand anywhere and mean the
// same, and no word is lost, made up or taken for something else.
func FuzzArrange(f *testing.F) {
	f.Fuzz(func(t *testing.T, typed string) {
		args := strings.Split(typed, "\n")
		app := (&program{log: silent()}).cli()
		got, err := arrange(app, args)
		if err != nil {
			usage, ok := err.(usageError)
			if !ok || usage.text == "" {
				t.Errorf("%q: %#v", args, err)
			}
			return
		}
		if got[0] != "popbridge" {
			t.Fatalf("%q becomes %q", args, got)
		}
		again, err := arrange(app, got[1:])
		if err != nil || !slices.Equal(again, got) {
			t.Errorf("%q becomes %q, and that %q, %v", args, got, again, err)
		}
		if last := got[len(got)-1]; last == "--help" || last == "--version" {
			return
		}
		end := slices.Index(args, "--")
		if end < 0 {
			end = len(args)
		}
		for _, word := range got[1:] {
			if word != "--" && !slices.Contains(args, word) && !inCluster(args[:end], word) {
				t.Errorf("%q becomes %q, which has %q", args, got, word)
			}
		}
		// What stands after "--" is an argument, whatever it looks like.
		if verbatim := args[min(end+1, len(args)):]; len(verbatim) > 0 && !slices.Equal(got[len(got)-len(verbatim):], verbatim) {
			t.Errorf("%q becomes %q", args, got)
		}
		checkAnywhere(t, args, end, got)
	})
}

// inCluster tells whether a flag was typed together with others, as in -nv.
func inCluster(args []string, flag string) bool {
	return len(flag) == 2 && flag[0] == '-' && slices.ContainsFunc(args, func(arg string) bool {
		return len(arg) > 2 && arg[0] == '-' && strings.Contains(arg, flag[1:])
	})
}

// checkAnywhere moves -v, which every command has, through the words.
func checkAnywhere(t *testing.T, args []string, end int, got []string) {
	takesValue := func(i int) bool {
		return i > 0 && slices.Contains([]string{"config", "log-format", "before", "limit"}, strings.TrimLeft(args[i-1], "-")) &&
			strings.HasPrefix(args[i-1], "-")
	}
	want := count(got, "-v") + 1
	for i := range end + 1 {
		if takesValue(i) {
			continue
		}
		moved, err := arrange((&program{log: silent()}).cli(), slices.Insert(slices.Clone(args), i, "-v"))
		if err != nil || count(moved, "-v") != want {
			t.Errorf("%q with -v at %d becomes %q, %v", args, i, moved, err)
		}
	}
}

func count(words []string, word string) (n int) {
	for _, w := range words {
		if w == word {
			n++
		}
	}
	return n
}
