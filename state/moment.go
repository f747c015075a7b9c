package state

import "time"

// Moment is a time in microseconds since the zero time, which stands for
// never.
type Moment int64

// epoch is the Moment of 1970, from which the file counts.
var epoch = Moment(-time.Time{}.UnixMicro())

// MomentOf gives the Moment of a time.
func MomentOf(t time.Time) Moment { return epoch + Moment(t.UnixMicro()) }

// IsZero tells of never.
func (m Moment) IsZero() bool { return m == 0 }

// Time gives the time, in UTC.
func (m Moment) Time() time.Time {
	if m == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(m - epoch)).UTC()
}

// Day counts the days of UTC since the zero time.
func (m Moment) Day() int64 { return int64(m) / (24 * time.Hour).Microseconds() }
