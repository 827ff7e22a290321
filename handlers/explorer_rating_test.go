package handlers_test

import "math/rand/v2"

// sendSelf sends the own assessment, with high levels.
func sendSelf(t *trip) {
	t.say("/asesmen")
	t.fill()
	t.ok = t.ok && t.sqlCount(`SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL
		JOIN response r ON r.task_id = t.id WHERE t.kind = 'self_assessment' AND t.employee_id = $1`, t.a.person.id) > 0
}

// ofTeam tells whether somebody's superior in the beginning is the traveller.
func (t *trip) ofTeam(s *subject) bool { return s.boss == t.a.person }

// leadsFew tells whether somebody leads a team that is rated in one go.
func leadsFew(e *explorer, a *actor) bool {
	return a.person == e.subjects[0] || a.person == e.subjects[4]
}

// record leads from the common result to what came of the talk.
const record = "Catat hasil dialog"

// rateTeam rates the team low, until everybody is rated or a button of that label is on show.
func (t *trip) rateTeam(until string) {
	for going, taps := t.toRating(), 0; going && taps < 60; taps++ {
		label := t.first(until, "Kirim", "Lanjutkan menilai", "1")
		if label == until || label == "" {
			return
		}
		t.press(label)
	}
}

// talkErrand rates a small team low of which somebody has sent high levels, and
// records what came of the talk.
func talkErrand(t *trip, r *rand.Rand) {
	if t.ok = t.with(r, t.ofTeam, sendSelf) != nil; !t.ok {
		return
	}
	t.rateTeam(record)
	if !t.shows(record) { // everybody was rated before
		t.say("/ringkasan")
		t.press("1 Catat dialog")
	} else {
		t.press(record)
	}
	for t.first("Belum sepakat", "‹ Kembali ke tim") == "Belum sepakat" {
		for _, label := range []string{"Belum sepakat", "Ada contoh kerja", "Cukup dialog"} {
			t.press(label)
		}
	}
}

// replyErrand opens the two views of somebody of a small team, who then writes what there is
// to say about them.
func replyErrand(t *trip, r *rand.Rand) {
	if t.ok = t.with(r, t.ofTeam, sendSelf) != nil; !t.ok {
		return
	}
	t.rateTeam("Buka perbandingan")
	t.ok = t.ok && t.with(r, t.opened, writeReply) != nil
}

// opened tells whether both views of somebody whom the traveller leads are open in the
// present period.
func (t *trip) opened(s *subject) bool {
	return t.sqlCount(`SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL
		JOIN employee e ON e.id = t.subject_id AND e.supervisor_id = t.employee_id
		JOIN task s ON s.occasion_id = t.occasion_id AND s.kind = 'self_assessment' AND s.employee_id = e.id
		WHERE t.kind = 'rating' AND t.employee_id = $1 AND t.subject_id = $2
		  AND EXISTS (SELECT FROM response WHERE task_id = t.id) AND EXISTS (SELECT FROM response WHERE task_id = s.id)`,
		t.a.person.id, s.id) > 0
}

// writeReply says something about the own common result, or something else than before.
func writeReply(t *trip) {
	t.say("/asesmen")
	t.press("Lihat hasil")
	label := t.first("Tulis tanggapan", "Tanggapan saya")
	if t.press(label); label == "Tanggapan saya" {
		t.press("Ganti tanggapan")
	}
	t.say("Sejak Oktober target berubah, " + t.a.person.remark)
	t.ok = t.sees("Tanggapan saya") && t.sqlCount(`SELECT count(*) FROM rating_reply y JOIN task t ON t.id = y.task_id
		WHERE t.subject_id = $1 AND strpos(y.body, $2) > 0`, t.a.person.id, t.a.person.remark) > 0
}
