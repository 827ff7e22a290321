package imports

import (
	"context"
	"testing"
	"time"

	"bangkom/handlers/feature"
	"bangkom/internal/intake"
)

// Two files are fetched beside each other, and never read so: what reading one may
// take of memory is counted once for the whole process.
func TestOneFileIsReadAtATime(t *testing.T) {
	fetched := make(chan bool, 1)
	d := &feature.Desk{Cfg: feature.Config{Now: time.Now, Location: time.UTC, Fetch: func(context.Context, string) ([]byte, error) {
		fetched <- true
		return []byte("NIP;NAMA\n"), nil
	}}}
	d.Reading.Lock() // somebody reads
	read := make(chan error, 1)
	go func() {
		_, _, err := at(d).readUpload(t.Context(), intake.Upload{}, intake.Lists{})
		read <- err
	}()
	<-fetched
	select {
	case <-read:
		t.Fatal("a second file was read beside the first")
	case <-time.After(300 * time.Millisecond):
	}
	d.Reading.Unlock()
	if err := <-read; err != nil {
		t.Error(err)
	}
}
