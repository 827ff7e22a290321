package storage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/intake"
	"bangkom/internal/personnel"
	"bangkom/internal/register"
	"bangkom/internal/training"
)

// imported reads a table of whatever kind its headings tell and stores it.
func (f *fixture) takeIn(table string, now time.Time) (kind string, r intake.Report) {
	f.t.Helper()
	f.tx(func(ctx context.Context, tx *Tx) error {
		lists, err := intake.LoadLists(ctx, tx, intake.AnyKind, 62)
		if err != nil {
			return err
		}
		b, err := intake.Recognise([]byte(table), lists, now.In(jakarta))
		if err != nil {
			return err
		}
		kind = b.Kind
		r, err = b.Store(ctx, tx, now.In(jakarta))
		return err
	})
	return kind, r
}

const partnersTable = "KODE MITRA,NAMA MITRA,JENIS MITRA,NOMOR PERJANJIAN,PERJANJIAN MULAI,PERJANJIAN SELESAI\n" +
	"UNILA,Universitas Lampung,Perguruan Tinggi,119/PKS/2026,01/01/2026,31/12/2028\n" +
	"LAN,Lembaga Administrasi Negara,instansi pemerintah,,,\n" +
	"X Y,Nama,swasta,,,\n" +
	"PT,Nama,koperasi,,,\n"

// cells are those of one good row of a list of trainings, by heading.
func cells(i int) map[string]string {
	return map[string]string{"KODE PROGRAM": fmt.Sprintf("PROG-%d", i%40), "JUDUL PROGRAM": fmt.Sprintf("Pelatihan %d", i%40), "KEMAMPUAN": "menyusun laporan",
		"BENTUK": "Bimbingan teknis", "JP": "8", "CARA PENGISIAN": []string{"usulan", "urutan", "dibagi"}[i%40%3], "ANGKATAN": fmt.Sprint(i/40 + 1), "JUMLAH TEMPAT": "30",
		"TANGGAL MULAI": "16/03/2027", "TANGGAL SELESAI": "18/03/2027", "JAM MULAI": "08.30", "JAM SELESAI": "15.30", "LOKASI": "Aula BKD",
		"KODE MITRA": "UNILA", "KOMPETENSI": "M.04:2; M.05:1", "PENGAJAR": "Rahmat; Sri", "KUOTA UNIT": "Dinas Pelayanan Terpadu: 5",
		"PENDAFTARAN DIBUKA": registers(i, "01/03/2027"), "PENDAFTARAN SAMPAI": registers(i, "08/03/2027"), "IZIN ATASAN SAMPAI": registers(i, "10/03/2027")}
}

// registers is a day of registration, where people register.
func registers(i int, day string) string {
	if i%40%3 == 0 {
		return ""
	}
	return day
}

// spoiled are the ways in which a row is wrong, and what is said of it.
var spoiled = []struct{ heading, cell, code string }{
	{"KODE PROGRAM", "A B", register.TrainingCode}, {"JUDUL PROGRAM", "", register.TrainingEmpty}, {"KEMAMPUAN", strings.Repeat("x", 301), register.TextLong},
	{"JP", "delapan", register.NumberBad}, {"CARA PENGISIAN", "undian", register.WayUnknown}, {"ANGKATAN", "0", register.NumberBad},
	{"JUMLAH TEMPAT", "-1", register.NumberBad}, {"TANGGAL MULAI", "kemarin", register.DateBad}, {"TANGGAL SELESAI", "01/03/2027", register.DateOrder},
	{"TANGGAL MULAI", "11/01/2027", register.DatePast}, {"JAM MULAI", "16.00", register.TrainingHours}, {"LOKASI", "", register.TrainingEmpty},
	{"KODE MITRA", "TIDAKADA", register.PartnerUnknown}, {"KOMPETENSI", "M.99:2", register.CompetencyUnknown}, {"KOMPETENSI", "M.04:6", register.CompetencyUnknown},
	{"PENGAJAR", "A1; B1; C1; D1", register.TrainersBad}, {"KUOTA UNIT", "Dinas Lain: 5", register.UnitUnknown}, {"PEMBIAYAAN", "patungan", register.FundingUnknown},
	{"PENDAFTARAN SAMPAI", "17/03/2027", register.RegistrationBad}, {"IZIN ATASAN SAMPAI", "16/03/2027", register.RegistrationBad},
}

// trainingsTable is a table of 300 batches of which every third is wrong, and the refusals
// by code that must come of it.
func trainingsTable() (table string, want map[string]int) {
	want = map[string]int{}
	headings := register.TrainingsTemplate()
	lines := []string{strings.Join(headings, ",")}
	for i := range 300 {
		row := cells(i)
		if i%3 == 2 {
			s := spoiled[i/3%len(spoiled)]
			row[s.heading] = s.cell
			want[s.code]++
		}
		out := make([]string, len(headings))
		for k, h := range headings {
			out[k] = row[h]
		}
		lines = append(lines, strings.Join(out, ","))
	}
	return strings.Join(lines, "\n") + "\n", want
}

// A file of 300 batches of which a third is wrong: what is good is stored, once, whatever
// comes twice, and each wrong row comes back with its cause.
func TestImportOfTrainings(t *testing.T) {
	devdbtest.Long(t, "300 batches are taken in, three times")
	f := newFixture(t)
	f.employees(3)
	if kind, r := f.takeIn(partnersTable, start); kind != "partners" || r.New != 2 || len(r.Refused) != 2 {
		t.Fatalf("partners: %s, %+v", kind, r)
	}
	table, want := trainingsTable()
	kind, r := f.takeIn(table, start)
	got := map[string]int{}
	for _, one := range r.Refused {
		got[one.Code]++
	}
	if kind != "trainings" || r.Accepted != 200 || r.New != 200 || len(r.Refused) != 100 {
		t.Fatalf("%s: accepted %d, new %d, refused %d", kind, r.Accepted, r.New, len(r.Refused))
	}
	if !maps.Equal(got, want) {
		t.Errorf("refused %v, want %v", got, want)
	}
	if n := f.count(`SELECT count(*) FROM batch b JOIN occasion o ON o.id = b.id WHERE o.kind = 'batch' AND b.state = 'planned'`); n != 200 {
		t.Errorf("%d batches are stored, want 200", n)
	}
	if n := f.count(`SELECT count(*) FROM programme`); r.Programmes != n || n == 0 {
		t.Errorf("%d programmes are counted, want %d", r.Programmes, n)
	}
	if n := f.count(`SELECT count(*) FROM training_session`); n != 600 {
		t.Errorf("%d sessions, want three for each batch", n)
	}
	if _, r = f.takeIn(table, start); r.Unchanged != 200 || r.New+r.Changed != 0 {
		t.Errorf("a second time: new %d, changed %d, unchanged %d", r.New, r.Changed, r.Unchanged)
	}
	if n := f.count(`SELECT count(*) FROM batch WHERE revision > 1`); n != 0 {
		t.Errorf("%d batches were changed by the same file", n)
	}
	if _, r = f.takeIn(strings.Replace(table, ",30,", ",25,", 1), start); r.Changed != 1 || r.Unchanged != 199 {
		t.Errorf("other seats in one row: changed %d, unchanged %d", r.Changed, r.Unchanged)
	}
	var back strings.Builder
	if err := intake.WriteRefused(&back, r, func(code string) string { return code }); err != nil || back.Len() == 0 {
		t.Errorf("the refused rows: %d bytes, %v", back.Len(), err)
	}
}

// nominees is a table of participants of batch 1 of a programme.
func nominees(t *testing.T, programme string, people ...int) string {
	t.Helper()
	lines := []string{strings.Join(register.NomineesTemplate(), ",")}
	for _, i := range people {
		lines = append(lines, fmt.Sprintf("%s,%s,1,800/17/2027,05/01/2027", nip(t, i).Reveal(), programme))
	}
	return strings.Join(lines, "\n") + "\n"
}

// Participants get seats in the order of the file; who finds none, or is elsewhere at that
// time, comes back with the cause. They and their superiors are told by the job, once.
func TestImportOfParticipants(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(6)
	f.linked(ids[0], ids[1], ids[2])
	f.exec(`UPDATE employee SET supervisor_id = $1 WHERE id <> $1`, ids[0])
	batch := f.openSeats("PD", training.InOrder, 2, 0)
	f.openSeats("LAIN", training.InOrder, 9, 0)

	kind, r := f.takeIn(nominees(t, "PD", 1, 3, 4), start)
	if kind != "participants" || r.Accepted != 2 || r.New != 2 || len(r.Refused) != 1 || r.Refused[0].Code != register.SeatsFull || r.Refused[0].Row != 4 {
		t.Fatalf("%s: %+v", kind, r)
	}
	if n := f.enrolled(batch, ids[3]); n.Standing != training.Seated || n.Way != training.Nominated || n.Nomination != "800/17/2027" || !n.Permission.Holds() {
		t.Errorf("somebody without an account: %+v", n)
	}
	if _, r = f.takeIn(nominees(t, "PD", 1, 3), start); r.Unchanged != 2 || len(r.Refused) != 0 {
		t.Errorf("a second time: %+v", r)
	}
	for programme, want := range map[string]string{"LAIN": register.TrainingOverlaps, "TIDAKADA": register.BatchUnknown} {
		if _, r = f.takeIn(nominees(t, programme, 1), start); len(r.Refused) != 1 || r.Refused[0].Code != want {
			t.Errorf("%s: %+v, want %s", programme, r.Refused, want)
		}
	}
	clerk := f.clerk()
	f.tick(clerk, start.Add(time.Minute))
	f.tick(clerk, start.Add(2*time.Minute))
	told := map[int64]int{}
	rows, err := f.owner.Query(`SELECT employee_id FROM notice WHERE kind = 'training' AND action = 'send'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		told[id]++
	}
	if want := map[int64]int{ids[0]: 2, ids[1]: 1}; !maps.Equal(told, want) {
		t.Errorf("told %v, want the participant with an account once, the superior of each once", told)
	}
}

// An import locks the batches of its file in the order of their ids, as everybody does who
// changes several: it waits for the first while it holds none behind it.
func TestImportLocksBatchesInOrder(t *testing.T) {
	devdbtest.Long(t, "two that wait for each other")
	f := newFixture(t)
	f.employees(1)
	f.takeIn(partnersTable, start)
	headings := register.TrainingsTemplate()
	table := func(rows ...map[string]string) string {
		lines := []string{strings.Join(headings, ",")}
		for _, row := range rows {
			var out []string
			for _, h := range headings {
				out = append(out, row[h])
			}
			lines = append(lines, strings.Join(out, ","))
		}
		return strings.Join(lines, "\n") + "\n"
	}
	f.takeIn(table(cells(1), cells(2)), start)
	first, second := f.count(`SELECT min(id) FROM batch`), f.count(`SELECT max(id) FROM batch`)
	other, err := f.owner.Begin()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback() }()
	if _, err := other.Exec(`SELECT FROM batch WHERE id = $1 FOR NO KEY UPDATE`, first); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f.takeIn(table(cells(2), cells(1)), start)
	}()
	f.await(1, waitingForLock)
	if _, err := other.Exec(`SELECT FROM batch WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, second); err != nil {
		t.Errorf("the import holds the second batch while it waits for the first: %v", err)
	}
	if err := other.Rollback(); err != nil {
		t.Fatal(err)
	}
	<-done
}

// A file never moves people without telling them, and never touches what is over.
func TestImportLeavesPeopleWhereTheyAre(t *testing.T) {
	f := newFixture(t)
	ids := f.employees(2)
	f.takeIn(partnersTable, start)
	headings := register.TrainingsTemplate()
	line := func(change map[string]string) string {
		row := cells(1) // by order of registration
		maps.Copy(row, change)
		var out []string
		for _, h := range headings {
			out = append(out, row[h])
		}
		return strings.Join(headings, ",") + "\n" + strings.Join(out, ",") + "\n"
	}
	f.takeIn(line(nil), start)
	batch := int64(f.count(`SELECT id FROM batch`))
	f.verdict(func(ctx context.Context, tx *Tx) (training.Outcome, error) {
		return tx.Nominate(ctx, personnel.Area{All: true}, training.Nomination{Batch: batch, Employee: ids[0], Letter: "1", Day: start}, start)
	})
	f.exec(`UPDATE batch SET state = 'open'`)
	for what, tt := range map[string]struct {
		change map[string]string
		code   string
	}{
		"another day":   {map[string]string{"TANGGAL MULAI": "17/03/2027"}, register.BatchShown},
		"another place": {map[string]string{"LOKASI": "Aula Bappeda"}, register.BatchShown},
		"another dress": {map[string]string{"PAKAIAN": "Batik"}, ""},
		"another way":   {map[string]string{"CARA PENGISIAN": "dibagi"}, register.WayInUse},
	} {
		_, r := f.takeIn(line(tt.change), start)
		codes := []string{}
		for _, one := range r.Refused {
			codes = append(codes, one.Code)
		}
		if want := []string{tt.code}; tt.code == "" && (len(codes) > 0 || r.Changed != 1) || tt.code != "" && !slices.Equal(codes, want) {
			t.Errorf("%s: refused %v, changed %d", what, codes, r.Changed)
		}
	}
	f.exec(`UPDATE enrolment SET state = 'withdrawn'`)
	if _, r := f.takeIn(line(map[string]string{"CARA PENGISIAN": "dibagi", "PAKAIAN": "Batik"}), start); len(r.Refused) != 0 || f.text(`SELECT way FROM programme`) != string(training.Ranked) {
		t.Errorf("another way while registration is open and nobody takes part: %+v", r)
	}
	f.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $1, true, 'code', $2 FROM training_session WHERE n = 1`, ids[0], start)
	renamed := map[string]string{"JUDUL PROGRAM": "Judul lain", "TANGGAL MULAI": "17/03/2027"}
	if _, r := f.takeIn(line(renamed), start); len(r.Refused) != 1 || r.Refused[0].Code != register.BatchShown {
		t.Errorf("a day on which somebody was: %+v", r)
	}
	f.exec(`UPDATE batch SET state = 'cancelled'`)
	if _, r := f.takeIn(line(renamed), start); len(r.Refused) != 1 || r.Refused[0].Code != register.BatchOver {
		t.Errorf("a cancelled batch of a programme that is renamed: %+v", r)
	}
	if n := f.count(`SELECT count(*) FROM programme WHERE title = 'Judul lain'`); n != 0 {
		t.Error("a refused row has changed the programme")
	}
	if _, r := f.takeIn(line(map[string]string{"PAKAIAN": "Seragam"}), start); len(r.Refused) != 1 || r.Refused[0].Code != register.BatchOver {
		t.Errorf("a cancelled batch: %+v", r.Refused)
	}
}
