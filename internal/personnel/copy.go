package personnel

import (
	"encoding/json"
	"time"
)

// Copy is everything that is stored about a person, in full, as only the owner
// may have it (UU 27/2022, Pasal 7).
type Copy struct {
	NIP        string           `json:"nip"`
	Name       string           `json:"nama"`
	Sex        string           `json:"jenis_kelamin"`
	Phone      string           `json:"nomor_hp"`
	Position   string           `json:"jabatan"`
	Class      string           `json:"kelas_jabatan"`
	Unit       string           `json:"unit_kerja"`
	Superior   string           `json:"atasan_langsung"`
	SelfOnly   bool             `json:"mandiri_saja"`
	ChatID     int64            `json:"nomor_akun_telegram"`
	LinkedAt   time.Time        `json:"akun_terhubung_sejak"`
	WrongTries int              `json:"percobaan_salah"`
	Consents   []CopyConsent    `json:"persetujuan"`
	Roles      []CopyRole       `json:"hak"`
	StandIns   []CopyDelegation `json:"plt_plh"`
	Absences   []CopyAbsence    `json:"tidak_bertugas"`
	Codes      []CopyCode       `json:"kode"`
	Takeovers  []CopyTakeover   `json:"pemindahan_akun"`
	Unlinkings []CopyUnlinking  `json:"pelepasan_diminta"`
	Tasks      []CopyTask       `json:"tugas"`
	Responses  []CopyResponse   `json:"jawaban_terkirim"`
	Drafts     []CopyDraft      `json:"isian_belum_terkirim"`
	Tickets    []CopyTicket     `json:"permintaan"`
	Uploads    []CopyUpload     `json:"berkas_impor"`
	Messages   []CopyMessage    `json:"pesan"`
	Openings   []CopyOpening    `json:"catatan_kejadian"`
	Deeds      []CopyOpening    `json:"tindakan_sendiri"`
	Ratings    []CopyResponse   `json:"penilaian_atasan"` // about the person, once both sides were sent
	Talks      []CopyTalk       `json:"hasil_dialog"`
}

// CopyConsent is one acceptance of the privacy notice.
type CopyConsent struct {
	Notice string    `json:"versi"`
	At     time.Time `json:"waktu"`
	ChatID int64     `json:"nomor_akun"`
}

// CopyRole is a role that is or was granted.
type CopyRole struct {
	Role  string     `json:"hak"`
	Unit  string     `json:"unit"`
	From  time.Time  `json:"sejak"`
	Until *time.Time `json:"berakhir"`
}

// CopyDelegation is a stand-in, for the person or by the person.
type CopyDelegation struct {
	Official string     `json:"pejabat"`
	Acting   string     `json:"pelaksana"`
	From     string     `json:"mulai"`
	To       string     `json:"selesai"`
	Letter   string     `json:"surat"`
	Rates    bool       `json:"penilaian_beralih"`
	Checked  *time.Time `json:"diperiksa"`
	Ended    *time.Time `json:"diakhiri"`
}

// CopyAbsence is a time in which the person is away.
type CopyAbsence struct {
	From string `json:"mulai"`
	To   string `json:"selesai"`
	Kind string `json:"jenis"`
}

// CopyCode is a one-time code; the code itself is not stored.
type CopyCode struct {
	Made    time.Time  `json:"dibuat"`
	Expires time.Time  `json:"berlaku_sampai"`
	Used    *time.Time `json:"dipakai"`
	Closed  *time.Time `json:"ditutup"`
}

// CopyTakeover is a request to move to another account.
type CopyTakeover struct {
	Asked    time.Time  `json:"diminta"`
	Decided  *time.Time `json:"diputuskan"`
	Accepted *bool      `json:"diterima"`
}

// CopyUnlinking is an officer's request to free the account.
type CopyUnlinking struct {
	Asked    time.Time  `json:"diminta"`
	Objected *time.Time `json:"ditolak"`
	Closed   *time.Time `json:"selesai"`
}

// CopyTask is one thing owed.
type CopyTask struct {
	Period  string     `json:"periode"`
	Kind    string     `json:"jenis"`
	State   string     `json:"keadaan"`
	Opens   time.Time  `json:"dibuka"`
	Due     time.Time  `json:"batas"`
	Started *time.Time `json:"dimulai"`
	Done    *time.Time `json:"selesai"`
}

// CopyResponse is what was sent once.
type CopyResponse struct {
	Period        string            `json:"periode"`
	Questionnaire string            `json:"kuesioner"`
	Version       int               `json:"versi"`
	Revision      int               `json:"pengiriman_ke"`
	SentAt        time.Time         `json:"waktu"`
	Paper         bool              `json:"dari_kertas"`
	Answers       map[string]string `json:"jawaban"`
}

// CopyDraft is a questionnaire that is filled in and not sent.
type CopyDraft struct {
	Period        string          `json:"periode"`
	Questionnaire string          `json:"kuesioner"`
	Version       int             `json:"versi"`
	At            time.Time       `json:"disimpan"`
	State         json.RawMessage `json:"isi"`
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
	Kind    string     `json:"jenis"`
	Body    string     `json:"isi"`
	At      time.Time  `json:"waktu"`
	Handled *time.Time `json:"ditangani"`
}

// CopyUpload is a spreadsheet that the person sent as an officer.
type CopyUpload struct {
	Kind  string    `json:"jenis"`
	Size  int64     `json:"ukuran"` // bytes
	State string    `json:"keadaan"`
	At    time.Time `json:"waktu"`
}

// CopyMessage is a message of the bot; its text is not kept.
type CopyMessage struct {
	Kind  string     `json:"jenis"`
	At    time.Time  `json:"waktu"`
	Sent  *time.Time `json:"terkirim"`
	State string     `json:"keadaan"`
}

// CopyOpening is a row of the audit log: about the person, or by the person
// about somebody else, whose name is not told.
type CopyOpening struct {
	At     time.Time `json:"waktu"`
	Action string    `json:"kejadian"`
	Detail string    `json:"keterangan,omitempty"`
	By     string    `json:"oleh,omitempty"`
}
