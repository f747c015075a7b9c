package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/popbridge/popbridge/gmail/gmailtest"
)

// serveGmail is the stand-in's process: its first question starts it.
func serveGmail(in io.Reader, out io.Writer) error {
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	var s *gmailtest.Server
	for {
		var q gmailQuestion
		if err := questions.Decode(&q); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return fmt.Errorf("read a question: %w", err)
		}
		var a gmailAnswer
		var err error
		if q.Do == "start" && s == nil {
			s, a, err = openGmail(q.Options)
		} else if s != nil {
			a, err = answerGmail(s, q)
		} else {
			err = errors.New("the stand-in was not started")
		}
		if err != nil {
			a.Error = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	if s != nil {
		s.Close()
	}
	return nil
}

func openGmail(o gmailOptions) (*gmailtest.Server, gmailAnswer, error) {
	s, err := gmailtest.Start(gmailtest.Options{Addresses: []string{gmailAddress}, Fold: true,
		UnitsPerMinute: o.UnitsPerMinute, Latency: o.Latency})
	if err != nil {
		return nil, gmailAnswer{}, err
	}
	return s, gmailAnswer{URL: s.URL(), Client: s.ClientJSON()}, nil
}

func answerGmail(s *gmailtest.Server, q gmailQuestion) (a gmailAnswer, err error) {
	switch q.Do {
	case "token":
		a.Token = s.TokenJSON(gmailAddress, q.Scopes...)
	case "stats":
		a.Stats = gmailStatsOf(s)
	case "reset":
		s.Forget()
	default:
		err = fmt.Errorf("the stand-in can't %q", q.Do)
	}
	return a, err
}

func gmailStatsOf(s *gmailtest.Server) gmailStats {
	stats := gmailStats{Requests: s.Counts(), CPU: ownCPU()}
	for _, r := range s.Requests() {
		stores := r.Kind == gmailtest.KindImport || r.Kind == gmailtest.KindInsert || r.Kind == gmailtest.KindChunk
		switch {
		case r.Status == http.StatusTooManyRequests:
			stats.TooMany++
		case stores && r.MessageID != "" && r.Status == http.StatusOK:
			stats.Acknowledged = append(stats.Acknowledged, r.Answered)
		}
	}
	for _, m := range s.Messages(gmailAddress) {
		stats.Messages++
		stats.Octets += m.Size
	}
	return stats
}
