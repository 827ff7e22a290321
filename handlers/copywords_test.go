package handlers_test

import (
	"regexp"
	"strings"
	"testing"

	"bangkom/internal/personnel"
)

// code is how the program names things to itself: words with an underscore, keys of
// the catalogue, item codes, English states.
var code = regexp.MustCompile(`\b[a-z]+_[a-z_]+\b|\b[a-z]+\.[a-z_]+\b|\b[A-Z]{1,3}\.\d+\b|\b(open|done|send|hold|drop|sent|true|false|self|old|new|null|leave|duty)\b`)

// The copy for people is written in words: none of the codes in which the program
// keeps things is in it, whatever the person has done. The copy for machines has them.
func TestReadableCopyHasNoCodes(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	rina := account("Rina")
	w.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-03-01', '2027-03-05', 'duty')`, w.ids["Rina"])
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at) VALUES ($1, $2, '2027-03-01', '2027-03-05', '800/17', now())`,
		w.ids["Bambang"], w.ids["Rina"])
	w.exec(`INSERT INTO snooze (task_id, at, employee_id, until) SELECT min(id), $2, $1, $2 FROM task WHERE employee_id = $1`, w.ids["Rina"], w.clock.Now())
	w.exec(`INSERT INTO upload (employee_id, chat_id, file_id, size, kind, state, created_at, changed_at) VALUES ($1, $2, 'x', 9, 'employees', 'applied', now(), now())`, w.ids["Rina"], rina)
	w.exec(`INSERT INTO notice (key, employee_id, class, kind, action, reason, decided_at, at) SELECT r, $1, 'prompt', 'reminder', 'drop', r, $2, $2
		FROM unnest(ARRAY['cap_week', 'snoozed_out', 'finished']) r`, w.ids["Rina"], w.clock.Now())
	w.grant("Rina", personnel.RoleOperator, false)
	held := w.batch("Pengolahan Data", w.at("2027-01-20 08:30"), w.at("2027-01-20 15:30"), 5, nil)
	w.exec(`INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at, permission, cause) VALUES ($1, $2, 'registered', 'withdrawn', $3, $3, 'refused', 'urgent')`,
		held, w.ids["Rina"], w.clock.Now())
	w.exec(`INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT id, $2, false, 'committee', $3 FROM training_session WHERE batch_id = $1`, held, w.ids["Rina"], w.clock.Now())
	w.exec(`INSERT INTO plan (employee_id, year) VALUES ($1, 2027)`, w.ids["Rina"])
	w.exec(`INSERT INTO plan_line (employee_id, year, item, source, title, form, state, reason, chosen_at, ended_at)
		SELECT $1, 2027, f || r, s, 'Arsip', f, 'dropped', r, $2, $2 FROM unnest(ARRAY['self', 'coaching', 'mentoring', 'training', 'assignment']) f, unnest(ARRAY['gap', 'wish', 'duty', 'unit']) s,
		unnest(ARRAY['attendance', 'self', 'no_need', 'no_time', 'other_way', 'unsubmitted', 'no_batch', 'cancelled', 'unfinished', 'left']) r`, w.ids["Rina"], w.clock.Now())
	w.exec(`INSERT INTO plan_line (employee_id, year, item, source, title, form, state, chosen_at) VALUES ($1, 2027, 'x', 'gap', 'Arsip', 'self', 'chosen', $2)`, w.ids["Rina"], w.clock.Now())
	w.say(rina, "/pengingat")
	w.press(rina, "Hening satu pekan")
	w.say(rina, "/asesmen")
	w.tap(rina, "Ubah jawaban", "1", "4")
	w.say(rina, "/privasi")
	w.press(rina, "Salinan data")
	for _, m := range w.fake.Messages(rina) {
		if m.Document == nil || m.Document.Name != "data-saya.txt" {
			continue
		}
		for _, want := range []string{"Pengolahan Data, angkatan 1", "mendaftar sendiri", "berhalangan", "tugas mendesak", "panitia", "pendampingan rekan berpengalaman", "belum ada tempat di pelatihan", "usulan unit kerja"} {
			if !strings.Contains(string(m.Document.Body), want) {
				t.Errorf("the readable copy does not say %q", want)
			}
		}
		for _, one := range code.FindAllString(string(m.Document.Body), -1) {
			t.Errorf("the readable copy says %q", one)
		}
		return
	}
	t.Error("there is no readable copy")
}
