package main

import "os/exec"

// popbridge delivers to a stand-in for Gmail. A run that says anything failed.
func (b *bench) popbridge(s *site) tool {
	g := s.options.Gmail
	return tool{name: "popbridge",
		fresh: func() error {
			if err := g.Reset(b.ctx); err != nil {
				return err
			}
			return s.forget()
		},
		command: func() *exec.Cmd { return s.popbridge("run") },
		delivered: func() (int, error) {
			stats, err := g.Stats(b.ctx)
			return stats.Messages, err
		}}
}
