package command

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"bangkom/internal/devdb/devdbtest"
)

// The command line says who became inactive, by row, in words only: the keys of
// the JSON are a promise. A role of theirs can be taken away.
func TestImportLeaving(t *testing.T) {
	devdbtest.Long(t, "runs the whole program several times")
	dir := t.TempDir()
	o := &operator{t: t, env: []string{"BANGKOM_DATABASE_URL=" + devdbtest.Empty(t), "BANGKOM_IDENTITY_CODE_KEY_PATH=" + filepath.Join(dir, "key")}}
	head := []string{"NIP", "NAMA", "JABATAN", "UNIT KERJA", "UNIT INDUK", "KEDUDUKAN", "NIP ATASAN"}
	boss := []string{"197803122002121001", "Bambang", "Kepala Seksi", "Subbagian Umum", "Dinas Kesehatan", "Aktif", ""}
	rina := []string{"198507202010012002", "Rina", "Perawat Terampil", "Subbagian Umum", "Dinas Pendidikan", "Aktif", boss[0]}
	o.run(0, "migrate")
	o.run(0, "import employees "+writeCSV(t, [][]string{head, boss, rina})+" --apply", "accepted 2: 2 new")
	o.run(1, "grant officer "+boss[0]+" --unit Subbagian~Umum", "several units have this name")
	o.run(0, "grant officer "+boss[0]+" --unit Dinas~Kesehatan/Subbagian~Umum", "has the role", "hand out a new one")
	o.run(1, "invite --unit Dinas~Perhubungan --out "+filepath.Join(dir, "a.csv"), "no such unit")

	boss[5] = "Telah pensiun"
	file := writeCSV(t, [][]string{head, boss, rina})
	o.run(0, "import employees "+file, "out of service: Bambang (NIP ends in 1001), Subbagian Umum",
		"without a superior: Rina (NIP ends in 2002), Subbagian Umum; was led by Bambang", "nothing was changed")
	out := o.run(0, "import employees "+file+" --full --apply --json", "inactive rows: 2; became inactive: 1", "not in the file: 0")
	line, _, _ := strings.Cut(out, "\n")
	var report map[string]any
	if err := json.Unmarshal([]byte(line), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	want := strings.Fields("accepted changed inactive missing new no_phone no_supervisor refused repeated unchanged unknown_class")
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(report))); diff != "" {
		t.Errorf("keys of the JSON (-want +got):\n%s", diff)
	}
	o.run(0, "import employees "+file+" --full --apply", "became inactive: 0", "0 new, 0 changed, 1 unchanged")
	o.run(1, "grant hr "+boss[0], "nobody in service")
	o.run(0, "grant officer "+boss[0]+" --unit Dinas~Kesehatan/Subbagian~Umum --revoke", "no longer has the role")
}
