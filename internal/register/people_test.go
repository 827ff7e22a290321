package register_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bangkom/internal/register"
	"bangkom/internal/sheet"
)

// A list of people is read by its column of NIPs alone; every row that names nobody is
// told with its number.
func TestReadPeople(t *testing.T) {
	known := map[string]bool{"198703152010011999": true, "199211082019032998": true}
	for name, tt := range map[string]struct{ body, want string }{
		"one below the other": {"NIP\n198703152010011999\n1992 1108 2019 032998\n", "1999 2998 refused [] repeated 0"},
		"among others":        {"PESERTA RAKOR\nNO;NAMA;NIP BARU\n1;Budi;198703152010011999\n2;Ani;199211082019032998\n", "1999 2998 refused [] repeated 0"},
		"twice":               {"NIP\n198703152010011999\n198703152010011999\n", "1999 refused [] repeated 1"},
		"wrong rows": {"NIP\n198703152010011999\n12345\n\n199211082019032997\n1.98703E+17\nabc\n",
			"1999 refused [3 NIP_LEN 5 PERSON_UNKNOWN 6 NIP_SCI 7 NIP_CHAR] repeated 0"},
	} {
		t.Run(name, func(t *testing.T) {
			tables, err := sheet.Open(strings.NewReader(tt.body), int64(len(tt.body)))
			if err != nil {
				t.Fatal(err)
			}
			list, err := register.ReadPeople(tables[0].Rows(), known, time.Date(2027, 1, 11, 0, 0, 0, 0, time.UTC))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, nip := range list.Rows {
				got += nip.Last4() + " "
			}
			var refused []string
			for _, r := range list.Refused {
				refused = append(refused, fmt.Sprintf("%d %s", r.Row, r.Code))
			}
			if got += fmt.Sprintf("refused %v repeated %d", refused, list.Repeated); got != tt.want {
				t.Errorf("read %q, want %q", got, tt.want)
			}
		})
	}
	tables, err := sheet.Open(strings.NewReader("NAMA;JABATAN\nBudi;Guru\n"), 23)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := register.ReadPeople(tables[0].Rows(), known, time.Now()); !errors.Is(err, register.ErrNoHeading) {
		t.Errorf("a list without NIPs gives %v", err)
	}
}
