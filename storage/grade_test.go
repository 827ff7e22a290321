package storage

import "testing"

// The grade is stored for lists; what a later file leaves blank stays.
func TestImportKeepsTheGrade(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2) // the number of the first is one that a spreadsheet has damaged
	const head = "NIP,NAMA,JABATAN,UNIT KERJA,PANGKAT,GOLONGAN\n"
	person := func(i int, rest string) string {
		return nip(t, i).Reveal() + ",Pegawai Lama,Pengelola Layanan,Dinas Pelayanan Terpadu," + rest + "\n"
	}
	for _, tt := range []struct {
		rest, want string
		changed    int
	}{{"Penata Muda,III/a", "Penata Muda (III/a)", 1}, {",", "Penata Muda (III/a)", 0}, {"Penata,III/c", "Penata (III/c)", 1}} {
		kind, r := f.takeIn(head+person(1, tt.rest), start)
		if got := f.text(`SELECT grade FROM employee WHERE id = $1`, ids[1]); kind != "employees" || got != tt.want || r.Changed != tt.changed {
			t.Errorf("after %q: %s, grade %q, changed %d; want %q, %d", tt.rest, kind, got, r.Changed, tt.want, tt.changed)
		}
	}
}
