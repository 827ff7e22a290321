package handlers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"bangkom/internal/personnel"
)

// The copy holds all that is stored, in full: the register, the account, roles,
// stand-ins, absences, answers sent and not sent. Nothing of it is of others.
func TestCopyIsComplete(t *testing.T) {
	t.Parallel()
	w := officerWorld(t)
	rina := account("Rina")
	w.exec(`INSERT INTO absence (employee_id, starts_on, ends_on, kind) VALUES ($1, '2027-03-01', '2027-03-05', 'duty')`, w.ids["Rina"])
	w.exec(`INSERT INTO delegation (for_id, acting_id, starts_on, ends_on, letter, created_at) VALUES ($1, $2, '2027-03-01', '2027-03-05', '800/17', now())`,
		w.ids["Bambang"], w.ids["Rina"])
	w.grant("Rina", personnel.RoleOperator, false)
	w.exec(`INSERT INTO ticket (employee_id, kind, body, created_at) VALUES ($1, 'correction', 'Gelar belum tercantum', now())`, w.ids["Rina"])
	w.say(rina, "/privasi")
	w.press(rina, "Salinan data")
	files := map[string]string{}
	for _, m := range w.fake.Messages(rina) {
		if m.Document != nil {
			files[m.Document.Name] = string(m.Document.Body)
		}
	}
	var c personnel.Copy
	if err := json.Unmarshal([]byte(files["data-saya.json"]), &c); err != nil {
		t.Fatal(err)
	}
	if c.NIP != cast()[1].nip || c.Phone != phoneOf("Rina") || c.Sex != "perempuan" || c.ChatID != rina || len(c.Roles) != 1 || len(c.StandIns) != 1 ||
		len(c.Absences) != 1 || len(c.Responses) != 1 || len(c.Responses[0].Answers) != 9 || len(c.Tickets) != 1 || len(c.Consents) != 1 ||
		len(c.Messages) == 0 || len(c.Codes) == 0 || len(c.Openings) == 0 {
		t.Errorf("the copy lacks something: %+v", c)
	}
	for _, want := range []string{"nip: " + cast()[1].nip, "nomor hp: " + phoneOf("Rina"), "jenis kelamin: perempuan",
		fmt.Sprintf("nomor akun telegram: %d", rina), "hak: pengelola program", "surat: 800/17", "jenis: dinas luar", "mulai: Senin, 1 Maret 2027",
		"isi: Gelar belum tercantum", "Integritas: 3", "jenis: penilaian mandiri"} {
		if !strings.Contains(files["data-saya.txt"], want) {
			t.Errorf("the readable copy lacks %q:\n%s", want, files["data-saya.txt"])
		}
	}
	if strings.Contains(files["data-saya.json"]+files["data-saya.txt"], cast()[0].nip) {
		t.Error("the copy holds the NIP of somebody else")
	}
}
