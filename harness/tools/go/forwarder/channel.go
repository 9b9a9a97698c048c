//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"syscall"
)

// Where Node put its channel: it says so in NODE_CHANNEL_FD, and `stdio` of forwarder.ts makes it this one.
const channelFd = 3

// message is a line of Node's channel: its own words around what was sent.
type message struct {
	Cmd string `json:"cmd"`
	// Of a connection, which comes beside the line.
	Msg struct {
		Pair uint32 `json:"pair"`
		Side string `json:"side"`
		// What Node had read of it and nobody has heard yet, in base64.
		Unread []byte `json:"unread"`
		// For so long each answer of the server is held back.
		RoundTripMs float64 `json:"roundTripMs"`
	} `json:"msg"`
	// A question whether all is told.
	Flush *uint32 `json:"flush"`
}

// channel reads lines and the connections that come beside them.
type channel struct {
	rest []byte
	fds  []int
}

var errNodeIsGone = errors.New("node is gone")

// read gives the messages that are whole. The error means that nobody is there any more.
func (c *channel) read() ([]message, error) {
	var buffer [64 << 10]byte
	var control [256]byte
	n, controlBytes, _, _, err := syscall.Recvmsg(channelFd, buffer[:], control[:], syscall.MSG_CMSG_CLOEXEC)
	if err == syscall.EAGAIN || err == syscall.EINTR {
		return nil, nil
	}
	if err != nil || n == 0 {
		return nil, errNodeIsGone
	}
	if err := c.keepConnections(control[:controlBytes]); err != nil {
		return nil, err
	}
	c.rest = append(c.rest, buffer[:n]...)
	var messages []message
	for {
		end := bytes.IndexByte(c.rest, '\n')
		if end < 0 {
			return messages, nil
		}
		var one message
		if err := json.Unmarshal(c.rest[:end], &one); err != nil {
			return nil, err
		}
		c.rest = c.rest[:copy(c.rest, c.rest[end+1:])]
		messages = append(messages, one)
	}
}

func (c *channel) keepConnections(control []byte) error {
	parts, err := syscall.ParseSocketControlMessage(control)
	if err != nil {
		return err
	}
	for _, part := range parts {
		fds, err := syscall.ParseUnixRights(&part)
		if err != nil {
			return err
		}
		c.fds = append(c.fds, fds...)
	}
	return nil
}

// nextConnection answers Node, which closes its own copy then, and hands the next one over.
func (c *channel) nextConnection() (int, error) {
	answer, fd := "NODE_HANDLE_NACK", -1
	if len(c.fds) > 0 {
		answer, fd = "NODE_HANDLE_ACK", c.fds[0]
		c.fds = c.fds[1:]
	}
	line := []byte(`{"cmd":"` + answer + `"}` + "\n")
	for len(line) > 0 {
		n, errno := rawSend(channelFd, line)
		if isLater(errno) {
			continue
		}
		if errno != 0 {
			return -1, errNodeIsGone
		}
		line = line[n:]
	}
	return fd, nil
}
