package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	// quoted are the lines of the page that popbridge prints; what check
	// prints begins with a name and a word of its sheet.
	quoted = regexp.MustCompile(`^    (?:(?:popbridge|hint): |(?:ACCOUNT|NAME): [A-Za-z]+ +(?:failed|warning) +)(.*)$`)
	// between stands around the fixed texts of a message: what differs each
	// time, and where one error is wrapped into another.
	between = regexp.MustCompile(`^or |(?:at HOST|of user)\b|\b(?:gmail|pop3)\.\w+|…|[:,] |[:;"()]|\b(?:ACCOUNT|ADDRESS|COLUMN|DATE|FILE|HOST|KEY|LINE|N|NAME|PORT|SERVER|UID|USER)\b|` +
		`\bTLS 1\.[0-9]\b|--|\[\[\w+\]\]|\bkB\b|\b[0-9]+[a-z]?\b`)
	// others are texts of the system's, the libraries' and Google's, and those
	// that the source puts together of single words.
	others = regexp.MustCompile(`dial tcp|no such (?:host|file or directory)|connection (?:refused|reset by peer)|i/o timeout|unexpected EOF|exit status|` +
		`tls: [^;]*|basic strings cannot have new lines|unexpected character at start of value|invalid escape character|` +
		`\b(?:accessNotConfigured|dailyLimitExceeded|domainPolicy|failedPrecondition|insufficientPermissions|rateLimitExceeded)\b|` +
		`the password is empty|nothing to (?:deliver to|fetch from)|malformed (?:line|size)|read client`)
)

// leastText is how long a text must be to tell a message from others.
const leastText = 5

// TestTroubleshootingQuotesWhatIsSaid: of each message on the page, the
// longest fixed text is in the source. Its order and its variable parts aren't
// looked at.
func TestTroubleshootingQuotesWhatIsSaid(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("docs", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	said := texts(t)
	messages := 0
	for line := range strings.Lines(string(page)) {
		m := quoted.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		messages++
		longest, ours := "", others.ReplaceAllString(m[1], "…")
		for _, part := range between.Split(ours, -1) {
			if part = strings.TrimSpace(part); len(part) > len(longest) {
				longest = part
			}
		}
		if len(longest) < leastText && ours != m[1] {
			continue // others' words alone
		}
		if len(longest) < leastText || !strings.Contains(said, longest) {
			t.Errorf("%q of %q is not in the source", longest, strings.TrimSpace(line))
		}
	}
	if messages < 200 {
		t.Errorf("the page has %d messages", messages)
	}
}

// texts are the string literals of the program, those that are joined by + as
// one, each on a line of its own.
func texts(t *testing.T) string {
	var all strings.Builder
	err := filepath.WalkDir(".", func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			if name := e.Name(); strings.HasSuffix(name, "test") || name == "testdata" || name == "bench" {
				return filepath.SkipDir
			}
			return nil
		case !strings.HasSuffix(path, ".go"), strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			text, ok := literal(n)
			if ok {
				all.WriteString(text + "\n")
			}
			return !ok
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// literal is the text of a string, or of several that are joined; what is no
// literal among them is an ellipsis.
func literal(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(n.Value)
		return text, err == nil && n.Kind == token.STRING
	case *ast.BinaryExpr:
		left, isLeft := literal(n.X)
		right, isRight := literal(n.Y)
		if n.Op != token.ADD || !isLeft && !isRight {
			return "", false
		}
		if !isLeft {
			left = "…"
		}
		if !isRight {
			right = "…"
		}
		return left + right, true
	}
	return "", false
}
