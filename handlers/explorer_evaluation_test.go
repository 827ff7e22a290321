package handlers_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/storage"
)

// evaluated holds a course that some people of the play have attended, and asks them;
// closed says that they have answered and that it is over. Nobody is written to: the
// errand goes to it by itself.
func (t *trip) evaluated(closed bool, people ...int64) (batch int64) {
	name := strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint(t.number())) // no digits: they could be those of a NIP
	c := t.holdBatch("Kursus "+name, "mengolah data", 1, 0, []string{"Dr. Hasan"}, people)
	ctx := context.Background()
	err := t.db.InTx(ctx, func(tx *storage.Tx) error {
		if _, err := tx.OpenEnded(ctx, t.clock.Now()); err != nil {
			return err
		}
		_, err := tx.AskAttended(ctx, t.clock.Now())
		return err
	})
	if err != nil {
		t.t.Error(err)
	}
	if !closed {
		return c.batch
	}
	items := []disclosure.Item{{Code: "R1", Form: disclosure.Scale, Top: 4}, {Code: "S", Form: disclosure.Comment}}
	for i, id := range people {
		t.answer(c.batch, id, disclosure.Answers{"R1": "3", "S": fmt.Sprintf("Ruang %02d panas", i)})
	}
	err = t.db.InTx(ctx, func(tx *storage.Tx) error {
		e, err := tx.Evaluation(ctx, c.batch)
		if err != nil {
			return err
		}
		g, err := tx.EvaluationHeld(ctx, e)
		if err != nil {
			return err
		}
		o := evaluation.Outcome{Closing: disclosure.Close(items, g.Own, nil), Cells: []evaluation.Cell{{Item: "R1", Part: disclosure.MeanOf, N: len(people), Text: "3,0"}}}
		return tx.PublishEvaluation(ctx, e, o, len(people), t.clock.Now())
	})
	if err != nil {
		t.t.Error(err)
	}
	return c.batch
}

// evaluationErrands come to the conversations about evaluations.
func evaluationErrands() []*errand {
	return []*errand{
		{name: "evaluation", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.evaluated(false, t.a.person.id)
			t.say("/umpanbalik")
			switch t.first("Mulai", "Lanjutkan", "Ganti") {
			case "Mulai":
				t.press("Mulai")
			case "Lanjutkan":
				t.press("Lanjutkan")
			case "Ganti":
				t.press("Ganti")
			}
			for _, answer := range []string{"Sesuai", "Baik", "Membantu", "Tanggap", "2", "4"} {
				if t.sees(answer) {
					t.press(answer)
				}
			}
			if t.sees("Lewati") {
				t.say("Ruangnya panas")
			}
			if t.sees("Kirim") && r.IntN(2) == 0 {
				t.press("Kirim")
			}
		}},
		{name: "resolve", who: anybody, run: func(t *trip, r *rand.Rand) {
			t.evaluated(false, t.a.person.id)
			t.say("/niat")
			if t.first("Batal", "1", "Ubah niat") == "1" {
				t.press("1")
			}
			if t.sees("Ubah niat") {
				t.press("Ubah niat")
			}
			t.say("Jika rapat dimulai, maka saya akan mencatat " + t.a.person.secret)
			if t.sees("Hapus niat") && r.IntN(2) == 0 {
				t.press("Hapus niat")
				t.press("Ya, hapus")
			}
		}},
		{name: "results of an evaluation", who: ofRole(personnel.RoleHR), rare: true, run: func(t *trip, _ *rand.Rand) {
			var people []int64
			for _, s := range t.subjects[:10] {
				people = append(people, s.id)
			}
			t.evaluated(true, people...)
			result := func() { // the newest batch is the first that has one; others are not opened yet, or wait for answers
				t.say("/umpanbalik")
				t.press(t.first("Lihat hasil 1", "Lihat hasil 2", "Lihat hasil 3", "Lihat hasil 4"))
			}
			result()
			t.press("Baca saran")
			t.press("Samarkan nama")
			t.say("Ruang")
			result()
			t.press("Tulis tindak lanjut")
			t.say("Pelatihan berikutnya di ruang lantai 2.")
		}},
	}
}
