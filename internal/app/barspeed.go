package app

import "time"

const (
	// speedWindow is what a rate is averaged over: Gmail's quota is one of
	// sliding minutes.
	speedWindow = time.Minute
	// speedStep is how far the marks of a window are apart, at least.
	speedStep = time.Second
	// speedSoon is what must have gone by before a rate is worth telling.
	speedSoon = 2 * time.Second
)

// speed is how fast something gets on, once its first part is done.
type speed struct{ marks []mark }

type mark struct {
	at   time.Time
	done int
}

// note marks how much is done now.
func (s *speed) note(now time.Time, done int) {
	n := len(s.marks)
	if done == 0 || n > 0 && now.Sub(s.marks[n-1].at) < speedStep {
		return
	}
	s.marks = append(s.marks, mark{now, done})
	for len(s.marks) > 1 && now.Sub(s.marks[1].at) >= speedWindow {
		s.marks = s.marks[1:]
	}
}

// estimate gives the rate, and the time that is left until all is done; both
// are negative where nothing is known.
func (s *speed) estimate(now time.Time, done, all int) (perMinute float64, left time.Duration) {
	if len(s.marks) == 0 {
		return -1, -1
	}
	since, more := now.Sub(s.marks[0].at), done-s.marks[0].done
	if since < speedSoon || more <= 0 || all <= done {
		return -1, -1
	}
	return float64(more) * float64(time.Minute) / float64(since), since * time.Duration(all-done) / time.Duration(more)
}
