package demo

import (
	"context"
	"fmt"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/rating"
	"bangkom/internal/register"
	"bangkom/storage"
)

// The demo's agency. Nothing of it exists: the names of people are put
// together from common ones, and the serials of the NIPs are 900 and above.
const (
	demoAgency      = "Pemerintah Kabupaten Tirta Raya"
	demoShortName   = "Tirta Raya"
	demoHelpdesk    = "Badan Kepegawaian Daerah Tirta Raya, Subbidang Pengembangan Kompetensi, telepon 0800-000-000"
	demoPromise     = "Hasilnya tidak dipakai untuk TPP, hukuman disiplin, atau mutasi."
	demoRecognition = "TELAGA BIRU"
	demoLetterhead  = demoAgency + "; Badan Kepegawaian Daerah; Jalan Telaga Nomor 1, Tirta Raya, telepon 0800-000-000"
	factDemo        = "demo"
)

// demoPost is a post that count people of a unit hold. boss is the index of
// the superior's post within the unit, -1 for none.
type demoPost struct {
	title, class, degree string
	count, boss          int
}

type demoUnit struct {
	code, name string
	posts      []demoPost
}

func demoUnits() []demoUnit {
	return []demoUnit{
		{"BKD", "Badan Kepegawaian Daerah", []demoPost{
			{"Kepala Bidang Pengembangan Kompetensi", "ADMINISTRATOR", "S.Sos., M.Si.", 1, -1},
			{"Analis SDM Aparatur Ahli Muda", "JF_MUDA", "S.IP.", 1, 0},
			{"Pranata SDM Aparatur Terampil", "JF_TERAMPIL", "A.Md.", 1, 0},
			{"Pengelola Data Kepegawaian", "PELAKSANA", "", 5, 0},
		}},
		{"DPT", "Dinas Pelayanan Terpadu", []demoPost{
			{"Sekretaris Dinas", "ADMINISTRATOR", "S.H., M.H.", 1, -1},
			{"Kepala Seksi Pelayanan Perizinan", "PENGAWAS", "S.Sos.", 1, 0},
			{"Penata Perizinan Ahli Muda", "JF_MUDA", "S.H.", 2, 0},
			{"Pengelola Layanan", "PELAKSANA", "", 7, 1},
		}},
		{"KMI", "Kecamatan Muara Indah", []demoPost{
			{"Camat", "ADMINISTRATOR", "S.STP.", 1, -1},
			{"Kepala Seksi Pemerintahan", "PENGAWAS", "S.IP.", 1, 0},
			{"Operator Layanan Kecamatan", "PELAKSANA", "", 7, 1},
			{"Petugas Khusus Kecamatan", "", "", 1, 1},
		}},
		{"PKS", "Puskesmas Sukamaju", []demoPost{
			{"Kepala Subbagian Tata Usaha", "PENGAWAS", "S.K.M.", 1, -1},
			{"Perawat Terampil", "JF_TERAMPIL", "A.Md.Kep.", 3, 0},
			{"Bidan Mahir", "JF_MAHIR", "S.Tr.Keb.", 2, 0},
			{"Dokter Ahli Pertama", "JF_PERTAMA", "", 1, 0},
			{"Pengelola Administrasi", "PELAKSANA", "", 3, 0},
		}},
		{"SMP", "SMP Negeri 1 Tirta Raya", []demoPost{
			{"Kepala Urusan Tata Usaha", "PENGAWAS", "S.Pd.", 1, -1},
			{"Guru Ahli Muda", "JF_MUDA", "S.Pd.", 4, 0},
			{"Guru Ahli Pertama", "JF_PERTAMA", "S.Pd.", 4, 0},
			{"Pengadministrasi Sekolah", "PELAKSANA", "", 2, 0},
		}},
		{"DPU", "Dinas Pekerjaan Umum", []demoPost{
			{"Kepala Bidang Sumber Daya Air", "ADMINISTRATOR", "S.T., M.T.", 1, -1},
			{"Teknik Pengairan Ahli Pertama", "JF_PERTAMA", "S.T.", 3, 0},
			{"Operator Alat Berat", "PELAKSANA", "", 6, 0},
		}},
		{"KEL", "Kelurahan Sinar Telaga", []demoPost{
			{"Lurah", "PENGAWAS", "S.IP.", 1, -1},
			{"Pengelola Pelayanan Kelurahan", "PELAKSANA", "", 2, 0},
		}},
		{"UMU", "Bagian Umum Sekretariat Daerah", []demoPost{
			{"Kepala Subbagian Tata Usaha", "PENGAWAS", "S.E.", 1, -1},
			{"Arsiparis Terampil", "JF_TERAMPIL", "A.Md.", 3, 0},
			{"Pengadministrasi Perkantoran", "PELAKSANA", "", 11, 0},
		}},
		{"PHB", "Dinas Perhubungan", []demoPost{
			{"Kepala Bidang Lalu Lintas", "ADMINISTRATOR", "S.T., M.Si.", 1, -1},
			{"Penguji Kendaraan Bermotor Terampil", "JF_TERAMPIL", "A.Md.", 2, 0},
			{"Pengelola Terminal", "PELAKSANA", "", 3, 0},
		}},
		{"ARP", "Dinas Kearsipan dan Perpustakaan", archivePosts()},
	}
}

// archivePosts are those of a unit in which each leads two people: whoever reads its figures
// knows so few of it by name that they may be shown.
func archivePosts() []demoPost {
	posts := []demoPost{{"Sekretaris Dinas", "ADMINISTRATOR", "S.Sos., M.Si.", 1, -1}, {"Kepala Bidang Kearsipan", "ADMINISTRATOR", "S.IP.", 1, 0},
		{"Kepala Bidang Perpustakaan", "ADMINISTRATOR", "S.Sos.", 1, 0}, {"Kepala Seksi Pengelolaan Arsip", "PENGAWAS", "S.IP.", 1, 1},
		{"Kepala Seksi Pembinaan Kearsipan", "PENGAWAS", "S.Sos.", 1, 1}, {"Kepala Seksi Layanan Perpustakaan", "PENGAWAS", "S.E.", 1, 2},
		{"Kepala Seksi Pengembangan Koleksi", "PENGAWAS", "S.Kom.", 1, 2}}
	for section := 3; section < 7; section++ {
		title := map[bool]string{true: "Arsiparis", false: "Pustakawan"}[section < 5]
		for range 2 {
			posts = append(posts, demoPost{title + " Ahli Muda", "JF_MUDA", "S.IP.", 1, section})
			posts = append(posts, demoPost{title + " Terampil", "JF_TERAMPIL", "A.Md.", 2, len(posts) - 1})
		}
	}
	return posts
}

// demoPerson is one row of the sample register. Indices are those of the list.
type demoPerson struct {
	personnel.Employee
	unit string // code
	boss int    // -1 = none
}

// demoPeople is the same list at every start; people stand in it unit by unit.
func demoPeople(today time.Time) ([]demoPerson, error) {
	var people []demoPerson
	for _, u := range demoUnits() {
		first := make([]int, 0, len(u.posts)) // index of the first holder of each post
		for _, post := range u.posts {
			first = append(first, len(people))
			for range post.count {
				e, err := demoEmployee(len(people), post, today)
				if err != nil {
					return nil, err
				}
				boss := -1
				if post.boss >= 0 {
					boss = first[post.boss]
				}
				people = append(people, demoPerson{e, u.code, boss})
			}
		}
	}
	return people, nil
}

func demoEmployee(i int, post demoPost, today time.Time) (personnel.Employee, error) {
	sex, digit, names := personnel.Male, 1, strings.Fields(demoMen)
	if i%2 == 1 {
		sex, digit, names = personnel.Female, 2, strings.Fields(demoWomen)
	}
	last := strings.Fields(demoLast)
	name := names[i/2%len(names)] + " " + last[(7*i+3)%len(last)]
	if post.degree != "" {
		name += ", " + post.degree
	}
	nip, err := personnel.ParseNIP(demoNIP(i, digit, contract(i, post)), today)
	if err != nil {
		return personnel.Employee{}, fmt.Errorf("sample person %d: %w", i, err)
	}
	return personnel.Employee{
		NIP: nip, Name: name, Sex: sex, ClassCode: post.class, PositionTitle: post.title, Status: personnel.Active,
	}, nil
}

const (
	demoMen = "Bagus Wahyu Hendra Rizal Slamet Yusuf Agung Dimas Made Fajar Ilham Joko Rahmat Teguh Anwar Surya " +
		"Galih Budi Nanang Arief Eko Lukman"
	demoWomen = "Sari Dewi Ratna Wulan Fitri Nurul Ayu Lestari Yanti Indah Maya Siti Rina Kartika Endang Putri " +
		"Retno Hesti Murni Laila Tuti Nova"
	demoLast = "Pratama Wijaya Saputra Hidayat Nugroho Kusuma Santoso Setiawan Mahendra Permana Gunawan Firmansyah " +
		"Ramadhan Suryadi Halim Wibowo Purnama Kurniawan Siregar Harahap Maulana Basuki Handoko Susanto"
)

// contract tells who is PPPK: some of those without a team.
func contract(i int, post demoPost) bool {
	return i%6 == 4 && post.boss >= 0 && post.class != "PENGAWAS"
}

// demoNIP writes a number of the right shape: birth, appointment (21 in place
// of the month for a first PPPK contract), sex, serial.
func demoNIP(i, sex int, pppk bool) string {
	born := 1968 + 7*i%29
	appointed, month := born+24+i%3, 1+i%12
	if pppk {
		appointed, month = 2021+i%3, 21
	}
	return fmt.Sprintf("%04d%02d%02d%04d%02d%d%03d", born, 1+5*i%12, 1+11*i%28, appointed, month, sex, 900+i%100)
}

// codeDays is how long a code of the demo lives.
const codeDays = 21

// fillDemo stores the sample register, the codes, a period of the year before, plans, programmes of
// trainings with a batch that was held, what citizens said, and an open period in one
// transaction.
func fillDemo(ctx context.Context, db *storage.DB, people []demoPerson, cast []demoCast, now time.Time) error {
	return db.InTx(ctx, func(tx *storage.Tx) error {
		ids, err := fillPeople(ctx, tx, people)
		if err != nil {
			return err
		}
		for _, c := range cast {
			if err := fillRole(ctx, tx, c, people[c.person], ids[c.person], now); err != nil {
				return err
			}
			if c.byPhone {
				continue
			}
			made := now
			if c.expired {
				made = now.AddDate(0, 0, -codeDays-1)
			}
			if err := tx.AddCode(ctx, c.hash, ids[c.person], made, made.AddDate(0, 0, codeDays)); err != nil {
				return err
			}
		}
		if err := fillHelper(ctx, tx, people, ids, cast, now); err != nil {
			return err
		}
		if err := fillPast(ctx, tx, people, ids, now); err != nil {
			return err
		}
		if err := fillPlans(ctx, tx, people, ids, cast, now); err != nil {
			return err
		}
		if err := fillProgrammes(ctx, tx, now); err != nil {
			return err
		}
		if err := fillSurveys(ctx, tx, now); err != nil {
			return err
		}
		if err := fillHeld(ctx, tx, people, ids, now); err != nil {
			return err
		}
		if err := fillEvaluated(ctx, tx, people, ids, now); err != nil {
			return err
		}
		due := time.Date(now.Year(), now.Month(), now.Day()+15, 0, 0, 0, 0, now.Location()) // the last day is the one before
		p := storage.Period{
			Name:    fmt.Sprintf("Tahun %d", now.Year()),
			OpensAt: now.AddDate(0, 0, -3), DueAt: due, RatingDueAt: due.AddDate(0, 0, rating.DaysAfter),
		}
		_, err = tx.OpenPeriod(ctx, p, now)
		return err
	})
}

// fillRole gives a person the phone number of the account and the role that
// the page tells.
func fillRole(ctx context.Context, tx *storage.Tx, c demoCast, p demoPerson, id int64, now time.Time) error {
	if err := tx.SetPhone(ctx, id, c.phone()); err != nil || c.grant == "" {
		return err
	}
	unit := ""
	for _, u := range demoUnits() {
		if u.code == p.unit {
			unit = register.UnitKey(u.name)
		}
	}
	_, err := tx.Grant(ctx, p.NIP, c.grant, []string{unit}, false, now)
	return err
}

// phone is the number of the account; nobody has it.
func (c demoCast) phone() string { return fmt.Sprintf("+6281234500%03d", c.userID%1000) }

// fillPeople stores units and people, superiors before their teams, and
// returns the ids.
func fillPeople(ctx context.Context, tx *storage.Tx, people []demoPerson) ([]int64, error) {
	units := map[string]int64{}
	for _, u := range demoUnits() {
		id, err := tx.PutUnit(ctx, register.UnitKey(u.name), u.name)
		if err != nil {
			return nil, err
		}
		units[u.code] = id
	}
	ids := make([]int64, 0, len(people))
	for _, p := range people {
		e := p.Employee
		e.UnitID = units[p.unit]
		if p.boss >= 0 {
			e.SupervisorID = &ids[p.boss]
		}
		id, err := tx.PutEmployee(ctx, e)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}
