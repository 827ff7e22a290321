package personnel

import "time"

// Copy is everything that is stored about a person, as they may have it (UU
// 27/2022, Pasal 7). Numbers that Telegram need not carry are shortened.
type Copy struct {
	NIP       string         `json:"nip"` // last four digits
	Name      string         `json:"nama"`
	Position  string         `json:"jabatan"`
	Class     string         `json:"kelas_jabatan"`
	Unit      string         `json:"unit_kerja"`
	Superior  string         `json:"atasan_langsung"`
	HasPhone  bool           `json:"nomor_hp_tercatat"`
	LinkedAt  time.Time      `json:"akun_terhubung_sejak"`
	Consents  []CopyConsent  `json:"persetujuan"`
	Roles     []string       `json:"peran"`
	Tasks     []CopyTask     `json:"tugas"`
	Responses []CopyResponse `json:"jawaban_terkirim"`
	Ratings   []CopyResponse `json:"penilaian_atasan"` // about the person, once both sides were sent
	Talks     []CopyTalk     `json:"hasil_dialog"`
	Tickets   []CopyTicket   `json:"permintaan"`
	Openings  []CopyOpening  `json:"catatan_kejadian"`
}

// CopyConsent is one acceptance of the privacy notice.
type CopyConsent struct {
	Notice string    `json:"versi"`
	At     time.Time `json:"waktu"`
}

// CopyTask is one thing owed.
type CopyTask struct {
	Kind  string    `json:"jenis"`
	State string    `json:"keadaan"`
	Due   time.Time `json:"batas"`
}

// CopyResponse is what was sent once.
type CopyResponse struct {
	Period        string            `json:"periode"`
	Questionnaire string            `json:"kuesioner"`
	Version       int               `json:"versi"`
	Revision      int               `json:"pengiriman_ke"`
	SentAt        time.Time         `json:"waktu"`
	Answers       map[string]string `json:"jawaban"`
}

// CopyTalk is the record of a talk about views that differed.
type CopyTalk struct {
	Period string    `json:"periode"`
	Item   string    `json:"kompetensi"`
	Agreed *int      `json:"disepakati"` // nil = not agreed
	Reason string    `json:"alasan"`
	Action string    `json:"tindak_lanjut"`
	At     time.Time `json:"waktu"`
}

// CopyTicket is a request to the personnel office.
type CopyTicket struct {
	Kind string    `json:"jenis"`
	Body string    `json:"isi"`
	At   time.Time `json:"waktu"`
}

// CopyOpening is a row of the audit log about the person.
type CopyOpening struct {
	At     time.Time `json:"waktu"`
	Action string    `json:"kejadian"`
}
