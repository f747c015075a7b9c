package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
)

// readAll retrieves all messages of a mailbox by POP3 without TLS, and tells
// how many they are and how many octets, without the dots that the protocol
// adds.
func readAll(addr, user, password string) (messages int, octets int64, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return 0, 0, err
	}
	defer conn.Close()
	d := &dialogue{in: bufio.NewReaderSize(conn, 256<<10), out: conn}
	d.status() // the greeting
	d.say("USER " + user)
	d.say("PASS " + password)
	if _, err := fmt.Sscanf(d.say("STAT"), "+OK %d", &messages); err != nil && d.err == nil {
		d.err = fmt.Errorf("read STAT: %w", err)
	}
	d.say("LIST")
	d.lines()
	for n := 1; n <= messages && d.err == nil; n++ {
		d.say(fmt.Sprintf("RETR %d", n))
		octets += d.lines()
	}
	d.say("QUIT")
	return messages, octets, d.err
}

// dialogue is a session that ends with the first error.
type dialogue struct {
	in  *bufio.Reader
	out io.Writer
	err error
}

func (d *dialogue) say(command string) string {
	if d.err == nil {
		_, d.err = io.WriteString(d.out, command+"\r\n")
	}
	return d.status()
}

// status reads a line that has to be +OK.
func (d *dialogue) status() (line string) {
	if d.err != nil {
		return ""
	}
	line, d.err = d.in.ReadString('\n')
	if d.err == nil && !strings.HasPrefix(line, "+OK") {
		d.err = fmt.Errorf("the server says %q", line)
	}
	return line
}

// lines reads up to the final dot, and counts the octets before.
func (d *dialogue) lines() (octets int64) {
	for d.err == nil {
		var line []byte
		line, d.err = d.in.ReadSlice('\n')
		if string(line) == ".\r\n" {
			break
		}
		octets += int64(len(line))
		if len(line) > 0 && line[0] == '.' {
			octets--
		}
	}
	return octets
}
