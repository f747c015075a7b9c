package state

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds a line of an import, in octets.
const maxLine = 1 << 20

// Import reads what Export writes, and puts its n rows in place of those of
// the same account and UID. All rows are imported, or none: an error names
// the line. Fields that it does not know are passed over.
func (db *DB) Import(ctx context.Context, r io.Reader) (n int, err error) {
	// All is read before the file is locked: r may be a terminal.
	records, err := readExport(r)
	if err != nil {
		return 0, err
	}
	err = db.write(ctx, "import state", func(t *tx) error { return t.importRecords(records) })
	if err != nil {
		return 0, err
	}
	return len(records), nil
}

// importRecords also makes their accounts known.
func (t *tx) importRecords(records []Record) error {
	known := map[string]bool{}
	for i := range records {
		account := records[i].Account
		if !known[account] {
			known[account] = true
			if err := t.exec("INSERT OR IGNORE INTO accounts (name) VALUES (?)", account); err != nil {
				return err
			}
		}
		if err := t.putRecord(&records[i]); err != nil {
			return fmt.Errorf("record %s/%s: %w", account, EscapeUID(records[i].UID), err)
		}
	}
	return nil
}

func readExport(r io.Reader) ([]Record, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var records []Record
	number := 0
	for lines.Scan() {
		number++
		if err := readLine(lines.Bytes(), number, &records); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	}
	if number == 0 {
		return nil, errors.New("line 1: there is none")
	}
	return records, nil
}

func readLine(line []byte, number int, records *[]Record) error {
	if number == 1 {
		return readHeader(line)
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	var row exportRow
	if err := json.Unmarshal(line, &row); err != nil {
		return err
	}
	r, err := row.record()
	if err != nil {
		return err
	}
	*records = append(*records, r)
	return nil
}

func readHeader(line []byte) error {
	var h exportHeader
	if err := json.Unmarshal(line, &h); err != nil || h.Version < 1 {
		return fmt.Errorf(`it is not {"popbridge_state":%d}, so this is no export of popbridge's state`, exportVersion)
	}
	if h.Version > exportVersion {
		return fmt.Errorf("written by a newer popbridge (format %d, this one knows %d)", h.Version, exportVersion)
	}
	return nil
}
