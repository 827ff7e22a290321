package competency

// Competency is a row of the dictionary. The name is official, the definition
// is in the program's own words.
type Competency struct {
	Code       string
	Name       string
	Definition string
}

// Managerial returns the eight managerial and the one sociocultural competency
// of Permenpan RB 38/2017 in the order of the rule. "Kerja Sama" is the modern
// spelling of the rule's "Kerjasama". The order of asking is the questionnaire's.
func Managerial() []Competency {
	return []Competency{
		{"M.01", "Integritas", "Bertindak sesuai nilai dan etika organisasi secara konsisten serta mengajak orang lain berbuat sama."},
		{"M.02", "Kerja Sama", "Membina dan menjaga hubungan kerja, komitmen bersama, dan sinergi."},
		{"M.03", "Komunikasi", "Menjelaskan dengan jelas, menyimak, dan meyakinkan, secara lisan maupun tertulis."},
		{"M.04", "Orientasi pada Hasil", "Menuntaskan pekerjaan dengan andal dan meningkatkan mutu hasilnya."},
		{"M.05", "Pelayanan Publik", "Melayani secara profesional, transparan, netral, dan tanpa membedakan."},
		{"M.06", "Pengembangan Diri dan Orang Lain", "Belajar terus-menerus dan membantu orang lain berkembang."},
		{"M.07", "Mengelola Perubahan", "Menyesuaikan diri, mendukung, dan memimpin perubahan."},
		{"M.08", "Pengambilan Keputusan", "Memutuskan secara tepat waktu dan cermat berdasarkan informasi dan pilihan, serta bertanggung jawab atasnya."},
		{"SK.01", "Perekat Bangsa", "Menghargai keberagaman, bersikap toleran, dan mempersatukan orang."},
	}
}

// Technical returns the starter set of technical competencies. The rule gives
// no list: the ministries and the agency decide, so HR may replace it.
func Technical() []Competency {
	return []Competency{
		{"T.LD", "Literasi Digital & Keamanan Informasi", "Memakai perangkat dan aplikasi digital secara tepat dan aman."},
		{"T.PD", "Pengelolaan Data & Pelaporan", "Mengumpulkan, mengolah, dan menyajikan data yang dapat dipercaya."},
		{"T.MP", "Manajemen Proyek/Kegiatan", "Merencanakan, menjalankan, dan mengendalikan kegiatan."},
		{"T.PZ", "Pelayanan Perizinan", "Melayani dan menyederhanakan perizinan."},
		{"T.BJ", "Pengadaan Barang/Jasa", "Menyiapkan dan mengelola pengadaan barang dan jasa."},
		{"T.KD", "Pengelolaan Keuangan Daerah", "Mengelola dan mempertanggungjawabkan keuangan daerah."},
		{"T.AR", "Kearsipan & Tata Naskah Digital", "Mengelola surat dan arsip, juga secara elektronik."},
		{"T.PG", "Penanganan Pengaduan Masyarakat", "Menerima, menyelesaikan, dan belajar dari pengaduan masyarakat."},
	}
}

// Class is a class of positions with its standard: the level that is required
// in all nine competencies of Managerial unless a position has its own.
type Class struct {
	Code          string
	Name          string
	RequiredLevel int // 1 to 5
	Source        string
	Confirmed     bool // false: not found in a national rule, HR must check
}

// Classes returns the seed rows of position classes.
func Classes() []Class {
	const (
		national = "Permenpan RB 38/2017; KMK 954/KMK.01/2019"
		clerks   = "Permenpan RB 38/2017; KMK 954/KMK.01/2019; Permenpan RB 45/2022"
		province = "Formulir IDP Pemerintah Provinsi Lampung"
	)
	return []Class{
		{"JPT_PRATAMA", "Jabatan Pimpinan Tinggi Pratama", 4, national, true},
		{"ADMINISTRATOR", "Administrator", 3, national, true},
		{"PENGAWAS", "Pengawas", 2, national, true},
		{"PELAKSANA", "Pelaksana", 1, clerks, true},
		{"JF_UTAMA", "Jabatan Fungsional Ahli Utama", 5, national, true},
		{"JF_MADYA", "Jabatan Fungsional Ahli Madya", 4, national, true},
		{"JF_MUDA", "Jabatan Fungsional Ahli Muda", 3, national, true},
		{"JF_PERTAMA", "Jabatan Fungsional Ahli Pertama", 2, national, true},
		{"JF_PENYELIA", "Jabatan Fungsional Penyelia", 3, province, false},
		{"JF_MAHIR", "Jabatan Fungsional Mahir", 2, province, false},
		{"JF_TERAMPIL", "Jabatan Fungsional Terampil", 2, province, false},
		{"JF_PEMULA", "Jabatan Fungsional Pemula", 1, national, true},
	}
}

// DesignSource is the source of what is a choice of the program. A level of that source
// is compared with, and makes no duty.
const DesignSource = "rancangan Bangkom"

// TechnicalLevel is the default standard of one class in every technical
// competency, until HR sets one for the class and kind of unit.
type TechnicalLevel struct {
	Class  string
	Level  int // 1 to 5
	Source string
}

// TechnicalLevels returns the defaults, a choice of the program. A class that
// is not listed (JF_UTAMA and the four keterampilan classes) has no standard:
// none is derived.
func TechnicalLevels() []TechnicalLevel {
	const source = DesignSource
	return []TechnicalLevel{
		{"PELAKSANA", 2, source},
		{"JF_PERTAMA", 2, source},
		{"JF_MUDA", 3, source},
		{"JF_MADYA", 4, source},
		{"PENGAWAS", 2, source},
		{"ADMINISTRATOR", 3, source},
		{"JPT_PRATAMA", 3, source},
	}
}
