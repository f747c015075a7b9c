package bridge

import (
	"time"

	"github.com/popbridge/popbridge/state"
)

// Policy is what the user wants of an account's messages.
type Policy struct {
	// Never switches deletion by age off; else Age is the time since the
	// import after which a message goes.
	Never bool
	Age   time.Duration
	// KeepMessages and KeepSize (octets) bound what stays on the provider; 0
	// is off.
	KeepMessages int
	KeepSize     int64
	// SkipLarger is the listed size in octets above which a message is
	// refused without a fetch.
	SkipLarger int64
	// Verify tells that Gmail can be asked about a doubt; where it can't, a
	// message in doubt is imported again.
	Verify bool
	// AgeSuspended stops deletion by age, while the clock isn't trusted.
	AgeSuspended bool
	// DespiteFlaw lets deletions go on although the listing contradicts
	// itself, since it has done so for long: each is proven by itself.
	DespiteFlaw bool
	// NoDelete stops every deletion.
	NoDelete bool
}

// due tells when retention lets a message go that was imported at a moment.
func (p Policy) due(imported state.Moment) time.Time {
	if p.Never || imported.IsZero() {
		return time.Time{}
	}
	return imported.Time().Add(p.Age)
}

// keepReason is the reason for keeping an imported message.
func (p Policy) keepReason() Reason {
	if p.Never {
		return Never
	}
	return WithinRetention
}
