package demo

import (
	"context"
	"time"

	"bangkom/internal/training"
	"bangkom/storage"
)

// demoPartner holds some of the trainings with the agency. It does not exist.
const demoPartner = "Balai Pelatihan Aparatur Sagara"

// demoProgrammes develop what the map of needs shows most of.
func demoProgrammes(partner training.Partner) []training.Programme {
	return []training.Programme{
		{Code: "KSA-1", Title: "Kerja Sama Antarunit", Aim: "Pekerjaan lintas unit selesai tanpa saling menunggu.",
			Ability: "menyusun pembagian tugas lintas unit dan menepatinya", Form: "Pelatihan manajerial", JP: 16, Share: 80,
			WayIn: training.InOrder, Partner: partner, Aims: []training.Aim{{Code: "M.02", Level: 3}, {Code: "M.03", Level: 2}}},
		{Code: "KLP-1", Title: "Komunikasi Layanan Publik", Aim: "Warga memahami penjelasan petugas pada pertemuan pertama.",
			Ability: "menjelaskan syarat layanan dengan bahasa sederhana", Form: "Bimbingan teknis", JP: 16, Share: 80,
			WayIn: training.InOrder, Aims: []training.Aim{{Code: "M.03", Level: 3}, {Code: "M.05", Level: 3}}},
		{Code: "MPP-1", Title: "Mengelola Perubahan", Aim: "Perubahan cara kerja diterima dan dijalankan.",
			Ability: "menyiapkan rencana perubahan bagi timnya", Form: "Pelatihan manajerial", JP: 16, Share: 80,
			WayIn: training.Ranked, Partner: partner, Aims: []training.Aim{{Code: "M.07", Level: 3}}},
		{Code: evaluatedProgramme, Title: "Menyusun Laporan Kinerja", Aim: "Laporan kinerja unit selesai tepat waktu dan dapat dipakai.",
			Ability: "menyusun laporan kinerja unit dari sasaran dan datanya", Form: "Bimbingan teknis", JP: 8, Share: 80,
			WayIn: training.ByNomination, Partner: partner, Aims: []training.Aim{{Code: "M.04", Level: 2}}},
	}
}

// fillProgrammes stores the programmes with their partner, and a batch of the first one
// that is planned for weeks to come and not shown to anybody.
func fillProgrammes(ctx context.Context, tx *storage.Tx, now time.Time) error {
	partner := training.Partner{Code: "BPAS", Name: demoPartner, Kind: training.Government, Agreement: "119/PKS/BPAS/2026",
		From: midnight(now, -200), Until: midnight(now, 500)}
	if _, err := tx.ImportPartners(ctx, []training.Partner{partner}, now); err != nil {
		return err
	}
	known, err := tx.Partners(ctx)
	if err != nil {
		return err
	}
	var first int64
	for i, p := range demoProgrammes(known[0]) {
		id, err := tx.AddProgramme(ctx, p, 0, now)
		if err != nil {
			return err
		}
		if i == 0 {
			first = id
		}
	}
	_, err = tx.AddBatch(ctx, demoBatch(first, now), 0, now)
	return err
}

// demoBatch is on a Tuesday and a Wednesday, ten weeks from now.
func demoBatch(programme int64, now time.Time) training.Batch {
	start := 70 + int(time.Tuesday-midnight(now, 70).Weekday()+7)%7
	like := training.Session{Place: "Aula Badan Kepegawaian Daerah", Trainers: []string{"Widyaiswara " + demoPartner}}
	return training.Batch{Programme: training.Programme{ID: programme}, Seats: 30, Opens: midnight(now, start-40), Closes: midnight(now, start-10),
		PermissionUntil: midnight(now, start-5), Funding: training.ByOffice, Journey: training.NoJourney,
		Contact: "Subbidang Pengembangan Kompetensi, 0800-000-000", Dress: "Pakaian dinas harian",
		Sessions: training.Timetable(midnight(now, start), midnight(now, start+1), 8*60+30, 15*60+30, like, func(time.Time) bool { return true })}
}

// midnight is the beginning of the day that comes so many days after now.
func midnight(now time.Time, days int) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+days, 0, 0, 0, 0, now.Location())
}
