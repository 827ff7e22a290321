package faketelegram_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"bangkom/internal/faketelegram"
)

// discard is a response writer without a network.
type discard struct{ head http.Header }

func (d *discard) Header() http.Header         { return d.head }
func (d *discard) Write(b []byte) (int, error) { return len(b), nil }
func (d *discard) WriteHeader(int)             {}

// BenchmarkSendMessage measures the server without the network: messages of a
// usual size with a keyboard, to many chats at once.
func BenchmarkSendMessage(b *testing.B) {
	s := faketelegram.New(faketelegram.Config{Token: "1:test"})
	for id := int64(1); id <= 1000; id++ {
		s.SendText(id, "/start")
	}
	h := s.APIHandler()
	text := strings.Repeat("Saya menyelesaikan <b>tugas</b> tepat waktu. ", 15)
	var next atomic.Int64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			form := url.Values{
				"chat_id": {fmt.Sprint(next.Add(1)%1000 + 1)}, "text": {text}, "parse_mode": {"HTML"},
				"reply_markup": {inlineOf(`{"text":"1","callback_data":"a:1"},{"text":"2","callback_data":"a:2"}`)},
			}.Encode()
			r, _ := http.NewRequest("POST", "/bot1:test/sendMessage", strings.NewReader(form))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			h.ServeHTTP(&discard{head: http.Header{}}, r)
		}
	})
	if n := len(s.Breaches()); n > 0 {
		b.Fatalf("breaches = %d", n)
	}
}
