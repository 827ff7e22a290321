package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"sync"

	"bangkom/internal/dialog"
)

const (
	maxData    = 64 // bytes of callback data that Telegram carries
	codecMark  = "1"
	cardLength = 3 // of the mark of a card in base64: 18 bits
	macBytes   = 8
	macLength  = 11 // of macBytes in base64
	minimalKey = 16
	separator  = ":"
)

// Codec writes an action into callback data and reads it back. The data is
// readable but signed: Telegram lets people send whatever they like, so only
// data that was made for the very person who presses is believed.
//
// Data: "1" flow ":" ref in base 36 ":" step ":" verb ":" value ":" card, then 8
// bytes of HMAC-SHA256 over the account id and all before, in URL-safe base64. The
// card is what Card returns. Buttons of earlier releases, which may be on show for
// years, end with the value.
type Codec struct {
	macs *sync.Pool // of hash.Hash; nil = the key is too short
}

// NewCodec makes a codec. A key of fewer than 16 bytes makes one that encodes
// nothing and believes nothing.
func NewCodec(key []byte) *Codec {
	if len(key) < minimalKey {
		return &Codec{}
	}
	derive := hmac.New(sha256.New, key) // the key may serve other purposes too
	derive.Write([]byte("bangkom callback data 1"))
	own := derive.Sum(nil)
	return &Codec{macs: &sync.Pool{New: func() any { return hmac.New(sha256.New, own) }}}
}

// flowOf is the conversation that callback data name, whoever made them.
func flowOf(data string) string {
	flow, _, _ := strings.Cut(strings.TrimPrefix(data, codecMark), separator)
	return flow
}

// Encode returns callback data for the account userID, of a button on the card
// with that mark. It fails when a field has a character that is no ASCII letter,
// digit, dot, hyphen or underscore, or when the data is longer than 64 bytes.
func (c *Codec) Encode(userID int64, card string, a dialog.Action) (string, error) {
	if c.macs == nil {
		return "", errors.New("encode action: key too short")
	}
	if a.Flow == "" || !spellable(a.Flow) || !spellable(a.Step) || !spellable(string(a.Verb)) || !spellable(a.Value) {
		return "", fmt.Errorf("encode action %q %q: character not allowed", a.Flow, a.Step)
	}
	var buf [2 * maxData]byte
	b := append(buf[:0], codecMark...)
	b = append(append(b, a.Flow...), separator...)
	b = append(strconv.AppendInt(b, a.Ref, 36), separator...)
	b = append(append(b, a.Step...), separator...)
	b = append(append(b, a.Verb...), separator...)
	b = append(b, a.Value...)
	if card != "" {
		b = append(append(b, separator...), card...)
	}
	if len(b)+macLength > maxData {
		return "", fmt.Errorf("encode action %q %q: %d bytes, at most %d", a.Flow, a.Step, len(b)+macLength, maxData)
	}
	mac := c.sign(userID, b)
	return string(append(b, mac[:]...)), nil
}

// Decode reads callback data that userID sent. OK is false unless Encode made
// exactly this data for exactly this account.
func (c *Codec) Decode(userID int64, data string) dialog.Press {
	n := len(data) - macLength
	if c.macs == nil || len(data) > maxData || n < len(codecMark) || !strings.HasPrefix(data, codecMark) {
		return dialog.Press{}
	}
	want := c.sign(userID, []byte(data[:n]))
	if !hmac.Equal(want[:], []byte(data[n:])) {
		return dialog.Press{}
	}
	f := strings.Split(data[len(codecMark):n], separator)
	if len(f) == 5 {
		f = append(f, "")
	}
	if len(f) != 6 {
		return dialog.Press{}
	}
	ref, err := strconv.ParseInt(f[1], 36, 64)
	if err != nil {
		return dialog.Press{}
	}
	return dialog.Press{OK: true, Card: f[5], Button: data[n:], Action: dialog.Action{
		Flow: f[0], Ref: ref, Step: f[2], Verb: dialog.Verb(f[3]), Value: f[4],
	}}
}

// Card marks what a message shows: its text, and the labels and actions of its
// buttons. The same content has the same mark, so an edit that changes nothing stays
// one that changes nothing; two contents share one once in 260,000. Nobody without the
// key can tell anything from it.
func (c *Codec) Card(userID int64, text string, rows [][]dialog.Button) string {
	if c.macs == nil {
		return ""
	}
	content := append([]byte("card\x00"), text...)
	for _, row := range rows {
		content = append(content, '\n')
		for _, b := range row {
			content = fmt.Appendf(content, "\x00%s\x00%s\x00%d\x00%s\x00%s\x00%s", b.Label, b.Action.Flow, b.Action.Ref, b.Action.Step, b.Action.Verb, b.Action.Value)
		}
	}
	mac := c.sign(userID, content)
	return string(mac[:cardLength])
}

func (c *Codec) sign(userID int64, payload []byte) (out [macLength]byte) {
	mac, _ := c.macs.Get().(hash.Hash)
	defer c.macs.Put(mac)
	mac.Reset()
	var id [8]byte
	binary.BigEndian.PutUint64(id[:], uint64(userID))
	mac.Write(id[:])
	mac.Write(payload)
	var sum [sha256.Size]byte
	base64.RawURLEncoding.Encode(out[:], mac.Sum(sum[:0])[:macBytes])
	return out
}

func spellable(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '.' && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
