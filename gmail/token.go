package gmail

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"golang.org/x/oauth2"
)

// Token is what a token file holds: the JSON of an [oauth2.Token] and
// what the token server said of it.
type Token struct {
	oauth2.Token
	// Scope are the scopes that were granted, separated by spaces; empty where
	// not known.
	Scope string `json:"scope,omitempty"`
	// Address is the mailbox that the token server named; empty where it named
	// none.
	Address string `json:"address,omitempty"`
	// RefreshTokenExpiresAt is when the refresh token ends whatever is done;
	// zero where the server named no end.
	RefreshTokenExpiresAt time.Time `json:"refresh_token_expires_at,omitzero"`
}

// String hides the token.
func (Token) String() string { return "(token)" }

// LogValue hides the token.
func (t Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// maxTokenFile bounds a token file, in octets.
const maxTokenFile = 64 << 10

// LoadToken reads a token file. One that others can read (mode & 007, on
// Unix) is refused as Configuration; a missing one is Unauthorised.
func LoadToken(path string) (Token, error) {
	const op = "read the token"
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Token{}, &Error{Kind: Unauthorised, Op: op, Reason: "not logged in yet", Hint: HintLogin}
	}
	if err != nil {
		return Token{}, &Error{Kind: Configuration, Op: op, Err: err}
	}
	defer file.Close()
	if err := checkPrivate(file); err != nil {
		return Token{}, &Error{Kind: Configuration, Op: op, Err: err, Hint: "chmod 600 " + path}
	}
	data, err := io.ReadAll(io.LimitReader(file, maxTokenFile))
	if err != nil {
		return Token{}, &Error{Kind: Configuration, Op: op, Err: err}
	}
	var token Token
	// The parser's error would quote the file.
	if json.Unmarshal(data, &token) != nil || token.RefreshToken == "" && token.AccessToken == "" {
		return Token{}, &Error{Kind: Unauthorised, Op: op, Reason: path + " holds no token", Hint: HintLogin}
	}
	return token, nil
}

func checkPrivate(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if runtime.GOOS != "windows" && info.Mode()&0o007 != 0 {
		return fmt.Errorf("%s can be read by others: chmod 600 it", file.Name())
	}
	return nil
}

// SaveToken writes a token file with mode 0600, whole or not at all, through
// a symbolic link where path is one.
func SaveToken(path string, token Token) error {
	data, err := json.MarshalIndent(token, "", "  ")
	if err != nil {
		return fmt.Errorf("save the token: %w", err)
	}
	if err := replaceFile(behindLinks(path), append(data, '\n')); err != nil {
		return fmt.Errorf("save the token: %w", err)
	}
	return nil
}

// TryToken tells whether SaveToken could write a file, and leaves nothing
// behind.
func TryToken(path string) error {
	path = behindLinks(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("save the token: %s is a folder", path)
	}
	temp, err := os.CreateTemp(filepath.Dir(path), temporaryToken)
	if err != nil {
		return fmt.Errorf("save the token: %w", err)
	}
	_, err = temp.WriteString("\n") // a full disk lets empty files be made
	if err = errors.Join(err, temp.Close(), os.Remove(temp.Name())); err != nil {
		return fmt.Errorf("save the token: %w", err)
	}
	return nil
}

// temporaryToken names the files that become token files.
const temporaryToken = ".token-*"

// behindLinks is the file itself where path is a symbolic link.
func behindLinks(path string) string {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		return target
	}
	return path
}

// replaceFile writes a file of mode 0600 (os.CreateTemp's) durably.
func replaceFile(path string, data []byte) (err error) {
	temp, err := os.CreateTemp(filepath.Dir(path), temporaryToken)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(temp.Name())
		}
	}()
	_, err = temp.Write(data)
	if err == nil {
		err = temp.Sync()
	}
	if err = errors.Join(err, temp.Close()); err != nil {
		return err
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// syncFolder makes a rename last. Windows has no such thing.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
