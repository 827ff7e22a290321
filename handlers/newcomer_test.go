package handlers_test

import (
	"testing"

	"bangkom/internal/devdb/devdbtest"
)

// Somebody of the personnel office adds a person today and names that one superior
// tomorrow: the person may be a second account of theirs, so somebody else agrees.
func TestSuperiorAddedByWhoAsks(t *testing.T) {
	devdbtest.Long(t, "odd events of a superior's choice")
	w := newChanges(t)
	sari := account("Sari")
	w.fake.SendDocument(sari, "data.csv", []byte("NIP;NAMA;JABATAN;UNIT KERJA\n197001152015031003;Tokoh Rekaan;Kepala Bidang;Dinas Pelayanan Terpadu\n"))
	w.settle()
	w.tap(sari, "Terapkan")
	w.clock.move(24 * 3600e9)
	ask := func(nip string) {
		t.Helper()
		w.say(sari, "/kelola")
		w.tap(sari, "Cari pegawai")
		w.say(sari, "rina")
		w.tap(sari, "Atasan langsung")
		w.say(sari, nip)
	}
	ask("197001152015031003")
	w.shows(sari, "Menunggu persetujuan. Atasan langsung Ibu Rina Kartika menjadi Bapak Tokoh Rekaan")
	if w.superiorOfRina() != w.ids["Bambang"] {
		t.Fatal("who was added yesterday leads somebody by the word of one person")
	}
	w.say(second, "/kelola")
	w.tap(second, "Pergantian atasan", "Setujui")
	if w.superiorOfRina() == w.ids["Bambang"] {
		t.Error("what somebody else has approved was not stored")
	}
	ask(cast()[0].nip) // who was there before
	if w.superiorOfRina() != w.ids["Bambang"] {
		t.Error("somebody who was there before needs a second person")
	}
}
