package demo

import (
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"

	"bangkom/internal/app"
	"bangkom/internal/faketelegram"
	"bangkom/internal/personnel"
)

const (
	groupStaff     = "Pegawai"
	groupSpecial   = "Keadaan khusus"
	groupTeams     = "Atasan langsung dan timnya"
	groupTraining  = "Pelatihan"
	groupTogether  = "Satu tim, tujuh pendaftar"
	groupSigning   = "Pengesahan kebutuhan"
	groupPlans     = "Rencana pengembangan"
	groupPersonnel = "Petugas kepegawaian"
)

// demoGroups are the parts of the page's list of people, in its order.
func demoGroups() []string {
	return []string{groupStaff, groupSpecial, groupTeams, groupTraining, groupTogether, groupSigning, groupPlans, groupPersonnel}
}

// demoRole is somebody whom the visitor can play or who is played by the
// program. unit and nth find the person in the register.
type demoRole struct {
	unit       string
	nth        int
	role, note string         // of the page; an empty role stays off the page
	group      string         // of the page's list
	grant      personnel.Role // "" = none
	byPhone    bool           // has no code: links by NIP and phone number
	expired    bool           // the code is too old
	linked     bool           // played by the program: links before the visitor comes
	answers    int            // then gives so many answers; nine are also sent
}

// demoRoles keep their order: accounts and codes of a kept demo follow it.
func demoRoles() []demoRole {
	return slices.Concat(ownRoles(), []demoRole{
		{unit: "SMP", nth: 6, linked: true, answers: 9},
		{group: groupTraining, unit: "KMI", nth: 5, role: "Dapat diusulkan, sudah mengirim", linked: true, answers: 9,
			note: "Setelah petugas unitnya mengusulkan lewat /unit, Pelatihan, kabarnya datang di sini."},
		{unit: "DPU", nth: 5, linked: true, answers: 9},
		{unit: "DPT", nth: 8, linked: true},
	}, teamRoles(), trainingRoles(), togetherRoles(), signRoles(), planRoles())
}

// ownRoles are people with matters of their own, and the personnel office.
func ownRoles() []demoRole {
	return []demoRole{
		{group: groupStaff, unit: "DPT", nth: 1, role: "Pengawas, atasan 7 orang", note: "Tekan MULAI untuk memakai kode dari petugas kepegawaian."},
		{group: groupStaff, unit: "KMI", nth: 3, role: "Pelaksana", note: "Standar jabatan pelaksana adalah tingkat 1 pada setiap kompetensi."},
		{group: groupStaff, unit: "PKS", nth: 1, role: "Perawat Terampil", note: "Sering disela pekerjaan: coba Nanti, lalu lanjutkan lewat /tugas."},
		{group: groupSpecial, unit: "DPU", nth: 2, role: "PPPK", note: "Kode dapat juga diketik tanpa tautan, dan jawaban dapat diketik: 3 atau tiga."},
		{group: groupSpecial, unit: "KMI", nth: 9, role: "Kelas jabatan belum diketahui", note: "Hasil tampil tanpa perbandingan dengan standar jabatan."},
		{group: groupSpecial, unit: "DPT", nth: 5, role: "Kode kedaluwarsa", note: "Tekan MULAI untuk melihat jawaban atas kode yang sudah lewat masa berlakunya.", expired: true},
		{group: groupStaff, unit: "PKS", nth: 4, role: "Sudah terhubung, sudah mengirim", note: "Buka /asesmen untuk melihat hasil.", linked: true, answers: 9},
		{group: groupPersonnel, unit: "BKD", nth: 2, role: "Petugas kepegawaian (HR)", linked: true, answers: 4, grant: personnel.RoleHR,
			note: "Buka /siaran untuk menulis pengumuman, /kelola untuk pelatihan, atau /impor lalu kirim berkas contoh lewat tombol lampiran."},
		{group: groupPersonnel, unit: "BKD", nth: 3, role: "Petugas kedua (HR)", linked: true, grant: personnel.RoleHR,
			note: "Menyetujui pengumuman petugas pertama lewat /siaran, dan menjawab pertanyaan pegawai."},
		{group: groupPersonnel, unit: "KMI", nth: 4, role: "Petugas kepegawaian unit", linked: true, grant: personnel.RoleOfficer,
			note: "Buka /unit: siapa yang belum terhubung, kode baru, ponsel yang hilang."},
		{group: groupSpecial, unit: "DPT", nth: 6, role: "Tanpa kode: NIP dan nomor HP", byPhone: true,
			note: "Ketik NIP %s, lalu ketuk Bagikan Nomor HP dan pilih Kontak saya."},
	}
}

// teamRoles are superiors, and people of their teams on the other side.
func teamRoles() []demoRole {
	return []demoRole{
		{group: groupTeams, unit: "KEL", nth: 0, role: "Atasan langsung 2 pegawai", linked: true,
			note: "Buka /tim: periksa daftar, lalu nilai kedua pegawai. Seorang sudah mengirim penilaian mandirinya."},
		{group: groupTeams, unit: "KEL", nth: 1, role: "Dinilai atasan, sudah mengirim", linked: true, answers: 9,
			note: "Setelah atasannya mengirim, perbandingan terbuka bagi berdua."},
		{unit: "KEL", nth: 2, linked: true, answers: 4},
		{group: groupTeams, unit: "UMU", nth: 0, role: "Atasan langsung 14 pegawai", linked: true,
			note: "Buka /tim: empat belas pegawai dinilai per kompetensi, satu ketukan untuk tiap pegawai."},
		{group: groupStaff, unit: "UMU", nth: 1, role: "Arsiparis, sudah mengirim", linked: true, answers: 9,
			note: "Pendamping unitnya: rekan yang memilih Ada kendala, Belum paham caranya dapat meminta dihubungi. Enam rekan satu timnya ada di bagian " + groupTogether + "."},
		{group: groupTeams, unit: "PHB", nth: 0, role: "Atasan langsung, ringkasan mingguan", linked: true, answers: 9,
			note: "Tekan Ringkasan mingguan di bagian Jalankan, lalu gunakan tombol-tombolnya di sini. Kapan saja: /ringkasan."},
		{unit: "PHB", nth: 1, linked: true, answers: 9},
		{group: groupTeams, unit: "PHB", nth: 2, role: "Dinilai lewat ringkasan", linked: true, answers: 9,
			note: "Bila atasannya menekan Nilai di ringkasan dan mengirim, kabarnya datang di sini dan perbandingan terbuka."},
		{group: groupSpecial, unit: "PHB", nth: 3, role: "Dapat ikut menilai", linked: true, answers: 4,
			note: "Bila atasannya menekan Alihkan di ringkasan dan memilih nama ini, permintaannya datang di sini; penilaiannya ada di /tim."},
		{unit: "PHB", nth: 4, linked: true},
		{group: groupTeams, unit: "KMI", nth: 0, role: "Camat, memimpin lewat kepala seksi", linked: true, answers: 9,
			note: "Tekan Ringkasan mingguan di bagian Jalankan, atau ketik /ringkasan: satu baris merangkum pegawai di bawah timnya."},
	}
}

// trainingRoles are a superior who permits, and people of one unit who take part.
func trainingRoles() []demoRole {
	return []demoRole{
		{group: groupTraining, unit: "KMI", nth: 1, role: "Atasan langsung, izin pelatihan", linked: true,
			note: "Izin anggota tim yang mendaftar pelatihan ada di ringkasan mingguan dan di /pelatihan."},
		{group: groupTraining, unit: "KMI", nth: 2, role: "Mendaftar pelatihan", linked: true,
			note: "Buka /pelatihan setelah petugas kepegawaian menampilkan angkatan; atasannya memberi izin."},
		{group: groupTraining, unit: "KMI", nth: 6, role: "Dapat diusulkan unit kerja", linked: true,
			note: "Usulan datang dari petugas kepegawaian unit; setelah hadir, evaluasinya ada di /umpanbalik."},
		{group: groupTraining, unit: "KMI", nth: 7, role: "Dapat diusulkan, peserta kedua", linked: true,
			note: "Kode hadir diketik lewat tombol Isi kode hadir pada pengingat atau pada pelatihannya."},
		{group: groupTraining, unit: "KMI", nth: 8, role: "Dapat diusulkan, peserta ketiga", linked: true,
			note: "Bila berhalangan, ketuk Berhalangan; petugas unit dapat mengganti pesertanya."},
	}
}

// togetherRoles are people of one team who can register for the same training, so that
// one superior has several permissions to give.
func togetherRoles() []demoRole {
	var all []demoRole
	for nth := 2; nth <= 7; nth++ {
		all = append(all, demoRole{group: groupTogether, unit: "UMU", nth: nth, role: fmt.Sprintf("Anggota tim, pendaftar %d", nth), linked: true,
			note: "Atasannya memimpin 14 pegawai, dan memberi izin bagi semua yang mendaftar sekaligus lewat ringkasan mingguan."})
	}
	return all
}

// signRoles are who prepares and who approves what a unit needs.
func signRoles() []demoRole {
	return []demoRole{
		{group: groupSigning, unit: "ARP", nth: 8, role: "Petugas dinas, menyiapkan kebutuhan", linked: true, grant: personnel.RoleOfficer,
			note: "Setelah petugas kepegawaian (HR) memulai pengesahan lewat /laporan, Kebutuhan dan usulan: buka /unit, Pengesahan kebutuhan."},
		{group: groupSigning, unit: "ARP", nth: 0, role: "Kepala unit, menyetujui kebutuhan", linked: true,
			note: "Setelah petugas dinas meneruskan kebutuhan unitnya: buka /tugas, ubah prioritas bila perlu, lalu Setujui."},
	}
}

// planRoles are whoever agrees to the plans of a team.
func planRoles() []demoRole {
	return []demoRole{
		{group: groupPlans, unit: planTeam, nth: 0, role: "Atasan langsung, menyetujui rencana", linked: true,
			note: "Tujuh rencana pengembangan timnya menunggu: buka /tugas. Rencana sendiri ada di /rencana."},
	}
}

// demoCast is a role with its person, account and code.
type demoCast struct {
	demoRole
	person int // index in the register
	userID int64
	name   string
	nip    string // shown on the page, because it must be typed
	code   string // as printed on a sheet
	hash   []byte
}

// demoFirstUser is the account of the first role.
const demoFirstUser = 5_100_000_001

// castRoles gives every role its person and code; the same at every start.
func castRoles(people []demoPerson, k app.Keys) ([]demoCast, error) {
	source := rand.NewChaCha8([32]byte([]byte("bangkom demo codes are no secret")))
	var cast []demoCast
	for i, r := range demoRoles() {
		c := demoCast{demoRole: r, person: -1, userID: demoFirstUser + int64(i)}
		n := 0
		for j, p := range people {
			if p.unit != r.unit {
				continue
			}
			if n == r.nth {
				c.person, c.name, c.nip = j, p.DisplayName(), p.NIP.Reveal()
			}
			n++
		}
		if c.person < 0 {
			return nil, fmt.Errorf("sample role %d: nobody is number %d of %s", i, r.nth, r.unit)
		}
		code, err := personnel.NewCode(io.Reader(source))
		if err != nil {
			return nil, fmt.Errorf("sample code: %w", err)
		}
		c.code, c.hash = personnel.FormatCode(code), k.HashCode(code)
		cast = append(cast, c)
	}
	return cast, nil
}

// page is what the chat page shows beside the chats.
func (d *demo) page() faketelegram.Page {
	page := faketelegram.Page{
		Title: "Bangkom: ruang coba",
		Intro: demoAgency + " tidak ada; semua orang dan nomor di sini rekaan. Pilih seseorang, lalu bercakap sebagai orang itu.",
		Hints: Hints(), TimeZone: demoTimeZone, Jobs: d.actions(), Clock: d.clock.Now,
	}
	if d.kept {
		page.Intro += " " + keptNote
	}
	for _, c := range d.cast {
		if c.role == "" {
			continue
		}
		p := faketelegram.Persona{UserID: c.userID, Name: c.name, Role: c.role, Group: c.group, Note: c.note}
		if c.byPhone {
			p.Note = fmt.Sprintf(c.note, c.nip)
		} else if !c.linked {
			p.StartPayload = c.code
		}
		page.Personas = append(page.Personas, p)
	}
	slices.SortStableFunc(page.Personas, func(a, b faketelegram.Persona) int {
		return cmp.Compare(slices.Index(demoGroups(), a.Group), slices.Index(demoGroups(), b.Group))
	})
	return page
}

// Hints are the lines on what to try first, for the page and the terminal.
func Hints() []string {
	return []string{
		"Pilih satu nama, tekan MULAI, Setuju, lalu Mulai: sembilan pertanyaan, kemudian Kirim dan hasilnya beserta gambar.",
		"Berhenti di tengah jalan dengan Nanti atau /batal, lalu lanjutkan dengan /tugas: tidak ada jawaban yang hilang.",
		"Sebagai atasan langsung, buka /tim dan nilai anggota tim; setelah keduanya mengirim, hasilnya terbuka bagi berdua.",
		"Tekan Ringkasan mingguan di bagian Jalankan, buka atasan langsung yang mendapatnya, lalu ingatkan, nilai, atau alihkan dari sana.",
		"Sebagai petugas kepegawaian, unduh " + demoSample + " dari alamat ini, kirim ke percakapan, perbaiki baris yang ditolak, lalu Terapkan.",
		"Tulis pengumuman lewat /siaran sebagai petugas kepegawaian, kirim, tekan Pengumuman di bagian Jalankan, lalu baca dan tanyakan sebagai pegawai.",
		"Buat angkatan lewat /kelola, Pelatihan; daftar sebagai pegawai lewat /pelatihan; beri izin sebagai atasannya; lalu tekan Pelatihan berikutnya di bagian Jalankan.",
		"Sebagai petugas kepegawaian, buka /layanan, Perbandingan, tetapkan satu untuk Komunikasi Layanan Publik; lalu unduh " + demoSurvey + " dari alamat ini, kirim, dan Terapkan.",
		"Sebagai petugas kepegawaian, unduh " + demoOffers + " dari alamat ini, kirim, Terapkan; lalu buka /laporan, Kebutuhan dan usulan, Cakupan kebutuhan.",
		"Sebagai petugas kepegawaian, mulai survei Kesiapan Perubahan untuk Bagian Umum lewat /kelola, Kuesioner; jawab sebagai anggota timnya; tekan Jawaban rekan kerja, lalu Survei sampai ditutup, lalu Pengingat.",
		"Coba yang tidak biasa: stiker, kode yang salah, tombol lama, jawaban yang diketik.",
	}
}
