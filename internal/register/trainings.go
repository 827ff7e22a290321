package register

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/personnel"
	"bangkom/internal/sheet"
	"bangkom/internal/training"
)

// The codes of refused rows of lists about trainings. Those that need the database are
// found when a row is stored.
const (
	TrainingEmpty     = "TRAINING_EMPTY"     // title, ability or form is missing
	TrainingCode      = "TRAINING_CODE"      // a code of a programme or a partner is missing, or has another form
	PartnerKind       = "PARTNER_KIND"       // is none
	TrainingHours     = "TRAINING_HOURS"     // hours are missing, or end before they begin
	NominationEmpty   = "NOMINATION_EMPTY"   // the number of the unit head's letter is missing
	NumberBad         = "NUMBER_BAD"         // JP, batch, seats or share is no whole number that can be meant
	WayUnknown        = "WAY_UNKNOWN"        // of filling the seats
	FundingUnknown    = "FUNDING_UNKNOWN"    // or who pays for the journey
	PartnerUnknown    = "PARTNER_UNKNOWN"    // no partner has that code
	CompetencyUnknown = "COMPETENCY_UNKNOWN" // no competency has that code, or the level is none
	TrainersBad       = "TRAINERS_BAD"       // more than three
	RegistrationBad   = "REGISTRATION_BAD"   // the days of registration and permission do not fit
	DatePast          = "DATE_PAST"          // the training has begun
	BatchUnknown      = "BATCH_UNKNOWN"      // no such batch
	BatchOver         = "BATCH_OVER"         // it is over, or has begun
	BatchShown        = "BATCH_SHOWN"        // people are in it, and its days, hours or place would change
	WayInUse          = "WAY_USED"           // people take part, and how seats are won would change
	SeatsFull         = "SEATS_FULL"
	QuotaFull         = "QUOTA_FULL"
	TrainingOverlaps  = "TRAINING_OVERLAPS"
)

// Source is where a row stands in its file, for a refusal when it is stored.
type Source struct {
	Row   int
	Cells []string
}

// put notes where the row stands.
func (s *Source) put(row int, cells []string) { s.Row, s.Cells = row, cells }

// Refuse is the refusal of the row for a cause that the database knows.
func (s Source) Refuse(code string) Refusal { return Refusal{Row: s.Row, Code: code, Cells: s.Cells} }

// Known is what lists about trainings are compared with.
type Known struct {
	Partners     map[string]bool // codes
	Competencies map[string]bool // codes
	Units        map[string]bool // as UnitKey makes them
	Office       string          // the personnel office in short, as who pays is written
	Today        time.Time       // civil date of the agency
}

func partnerColumns() []column {
	return []column{{heading: "KODE MITRA", names: "kodemitra"}, {heading: "NAMA MITRA", names: "namamitra"}, {heading: "JENIS MITRA", names: "jenismitra"},
		{heading: "NOMOR PERJANJIAN", names: "nomorperjanjian noperjanjian", optional: true},
		{heading: "PERJANJIAN MULAI", names: "perjanjianmulai", optional: true, fits: anything}, {heading: "PERJANJIAN SELESAI", names: "perjanjianselesai perjanjiansampai", optional: true, fits: anything}}
}

// PartnersTemplate is the heading of a list of partners.
func PartnersTemplate() []string { return headings(partnerColumns()) }

// ReadPartners reads partners (mitra): JENIS MITRA is "perguruan tinggi", "instansi
// pemerintah", "organisasi profesi" or "swasta".
func ReadPartners(rows iter.Seq2[sheet.Row, error]) (List[training.Partner], error) {
	kinds := map[string]training.PartnerKind{"perguruantinggi": training.University, "universitas": training.University, "instansipemerintah": training.Government,
		"pemerintah": training.Government, "lembagapemerintah": training.Government, "organisasiprofesi": training.Professional, "asosiasi": training.Professional,
		"swasta": training.Private, "lembagaswasta": training.Private}
	return readList(rows, partnerColumns(), func(c []sheet.Cell) (p training.Partner, key, code string) {
		p = training.Partner{Code: codeOf(c[0]), Name: squeeze(c[1].Text), Kind: kinds[heading(c[2].Text)], Agreement: squeeze(c[3].Text)}
		switch {
		case !codeForm.MatchString(p.Code):
			return p, "", TrainingCode
		case p.Name == "":
			return p, "", TrainingEmpty
		case tooLong(p.Name, p.Agreement):
			return p, "", TextLong
		case p.Kind == "":
			return p, "", PartnerKind
		case c[4].Text == "" && c[5].Text == "":
			return p, p.Code, ""
		}
		p.From, p.Until, code = span(c[4], c[5])
		return p, p.Code, code
	})
}

// codeForm is what programmes and partners are called in files.
var codeForm = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{1,19}$`)

func codeOf(c sheet.Cell) string { return strings.ToUpper(squeeze(c.Text)) }

// Nominee is somebody whom a unit asks a seat for (usulan peserta).
type Nominee struct {
	Source
	NIP       personnel.NIP
	Programme string // code
	Number    int    // of the batch
	Letter    string
	Day       time.Time // civil date of the letter
}

func nomineeColumns() []column {
	return []column{{heading: "NIP", names: "nip nipbaru nippegawai nomorindukpegawai nipnrp nippppk", fits: likeNIP}, {heading: "KODE PROGRAM", names: "kodeprogram"},
		{heading: "ANGKATAN", names: "angkatan", fits: anything}, {heading: "NOMOR SURAT", names: "nomorsurat nosurat nomorsuratusulan"},
		{heading: "TANGGAL SURAT", names: "tanggalsurat tglsurat", fits: anything}}
}

// NomineesTemplate is the heading of a list of participants.
func NomineesTemplate() []string { return headings(nomineeColumns()) }

// ReadNominees reads the participants that units nominate. known holds the NIPs of the
// register.
func ReadNominees(rows iter.Seq2[sheet.Row, error], known map[string]bool, today time.Time) (List[Nominee], error) {
	p := people{known, today}
	return readList(rows, nomineeColumns(), func(c []sheet.Cell) (n Nominee, key, code string) {
		nip, code := p.nip(c[0])
		if code != "" {
			return n, "", code
		}
		n = Nominee{NIP: nip, Programme: codeOf(c[1]), Letter: squeeze(c[3].Text)}
		var ok1, ok2 bool
		n.Number, ok1 = between(c[2], 1, 10_000)
		n.Day, ok2 = date(c[4])
		switch {
		case !codeForm.MatchString(n.Programme):
			return n, "", TrainingCode
		case !ok1:
			return n, "", NumberBad
		case n.Letter == "":
			return n, "", NominationEmpty
		case tooLong(n.Letter):
			return n, "", TextLong
		case !ok2:
			return n, "", DateBad
		}
		return n, n.NIP.Reveal() + " " + n.Programme + " " + strconv.Itoa(n.Number), ""
	})
}

// between reads a whole number between two bounds.
func between(c sheet.Cell, least, most int) (int, bool) {
	n, err := strconv.Atoi(strings.TrimSpace(c.Text))
	return n, err == nil && n >= least && n <= most
}

// Plan is one batch of a list of trainings, with its programme.
type Plan struct {
	Source
	Programme training.Programme // of its partner only the code
	Batch     training.Batch     // without what follows
	First     time.Time          // civil days
	Last      time.Time
	From, To  int // minutes from midnight
	Place     string
	Link      string
	Trainers  []string
	// Opens, Closes and Permission are civil days, the last ones included; zero = nobody
	// registers.
	Opens, Closes, Permission time.Time
	Quotas                    []UnitQuota
}

// UnitQuota is how many seats a unit may have.
type UnitQuota struct {
	Unit  string // as UnitKey makes it
	Seats int
}

// The columns of a list of trainings, by their places.
const (
	colProgramme = iota
	colTitle
	colAbility
	colForm
	colJP
	colWay
	colNumber
	colSeats
	colFirst
	colLast
	colFrom
	colTo
	colPlace
	colAim
	colPartner
	colCompetencies
	colShare
	colLetter
	colOpens
	colCloses
	colPermission
	colFunding
	colJourney
	colDress
	colBring
	colCertificate
	colContact
	colTarget
	colTrainers
	colQuotas
)

func trainingColumns() []column {
	day := func(name, names string, optional bool) column {
		return column{heading: name, names: names, optional: optional, fits: anything}
	}
	text := func(name, names string) column { return column{heading: name, names: names, optional: true} }
	return []column{{heading: "KODE PROGRAM", names: "kodeprogram"}, {heading: "JUDUL PROGRAM", names: "judulprogram judul"}, {heading: "KEMAMPUAN", names: "kemampuan"},
		{heading: "BENTUK", names: "bentuk bentukpelatihan"}, day("JP", "jp jumlahjp", false), {heading: "CARA PENGISIAN", names: "carapengisian cara"},
		day("ANGKATAN", "angkatan", false), day("JUMLAH TEMPAT", "jumlahtempat kuotapeserta", false), day("TANGGAL MULAI", "tanggalmulai tglmulai", false),
		day("TANGGAL SELESAI", "tanggalselesai tglselesai", false), day("JAM MULAI", "jammulai", false), day("JAM SELESAI", "jamselesai", false),
		{heading: "LOKASI", names: "lokasi tempatpelaksanaan"}, text("TUJUAN", "tujuan"), text("KODE MITRA", "kodemitra"), text("KOMPETENSI", "kompetensi"),
		day("HADIR PALING SEDIKIT", "hadirpalingsedikit", true), text("NOMOR SURAT", "nomorsurat nosurat"), day("PENDAFTARAN DIBUKA", "pendaftarandibuka", true),
		day("PENDAFTARAN SAMPAI", "pendaftaransampai pendaftaranditutup", true), day("IZIN ATASAN SAMPAI", "izinatasansampai", true), text("PEMBIAYAAN", "pembiayaan"),
		text("PERJALANAN", "perjalanan"), text("PAKAIAN", "pakaian"), text("YANG DIBAWA", "yangdibawa"), text("SERTIFIKAT", "sertifikat"),
		text("NARAHUBUNG", "narahubung"), text("SASARAN", "sasaran"), text("PENGAJAR", "pengajar"), text("KUOTA UNIT", "kuotaunit")}
}

// TrainingsTemplate is the heading of a list of trainings.
func TrainingsTemplate() []string { return headings(trainingColumns()) }

// ReadTrainings reads batches, each with its programme. CARA PENGISIAN is "usulan", "urutan"
// or "dibagi"; KOMPETENSI names codes with levels (M.04:2; M.05:2), PENGAJAR and KUOTA UNIT
// (Kecamatan Natar: 5) are separated by semicolons.
func ReadTrainings(rows iter.Seq2[sheet.Row, error], known Known) (List[Plan], error) {
	return readList(rows, trainingColumns(), func(c []sheet.Cell) (p Plan, key, code string) {
		for _, read := range []func([]sheet.Cell, *Plan, Known) string{readProgramme, readAims, readBatch, readDays, readRegistration, readQuotas} {
			if code := read(c, &p, known); code != "" {
				return p, "", code
			}
		}
		return p, p.Programme.Code + " " + strconv.Itoa(p.Batch.Number), ""
	})
}

func readProgramme(c []sheet.Cell, p *Plan, known Known) string {
	ways := map[string]training.WayIn{"usulan": training.ByNomination, "usulanunit": training.ByNomination, "usulanunitkerja": training.ByNomination, "urutan": training.InOrder,
		"urutanpendaftaran": training.InOrder, "dibagi": training.Ranked, "dibagisaatpenutupan": training.Ranked}
	p.Programme = training.Programme{Code: codeOf(c[colProgramme]), Title: squeeze(c[colTitle].Text), Ability: squeeze(c[colAbility].Text), Form: squeeze(c[colForm].Text),
		Aim: squeeze(c[colAim].Text), WayIn: ways[heading(c[colWay].Text)], Share: usualShare, Partner: training.Partner{Code: codeOf(c[colPartner])}}
	var ok bool
	if p.Programme.JP, ok = between(c[colJP], 0, 1000); !ok {
		return NumberBad
	}
	if c[colShare].Text != "" {
		if p.Programme.Share, ok = between(c[colShare], 1, 100); !ok {
			return NumberBad
		}
	}
	g := p.Programme
	switch {
	case !codeForm.MatchString(g.Code):
		return TrainingCode
	case g.Title == "" || g.Ability == "" || g.Form == "":
		return TrainingEmpty
	case tooLong(g.Title, g.Ability, g.Form, g.Aim):
		return TextLong
	case g.WayIn == "":
		return WayUnknown
	case g.Partner.Code != "" && !known.Partners[g.Partner.Code]:
		return PartnerUnknown
	}
	return ""
}

// usualShare is the share of sessions, in per cent, that makes somebody present where
// nothing else is said. A choice of the program.
const usualShare = 80

// parts are what a cell names, separated by semicolons.
func parts(c sheet.Cell) (all []string) {
	for _, part := range strings.Split(c.Text, ";") {
		if part = squeeze(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}

func readAims(c []sheet.Cell, p *Plan, known Known) string {
	for _, part := range parts(c[colCompetencies]) {
		code, level, ok := strings.Cut(part, ":")
		code = strings.ToUpper(strings.TrimSpace(code))
		n, err := strconv.Atoi(strings.TrimSpace(level))
		if !ok || err != nil || n < 1 || n > 5 || !known.Competencies[code] ||
			slices.ContainsFunc(p.Programme.Aims, func(a training.Aim) bool { return a.Code == code }) {
			return CompetencyUnknown
		}
		p.Programme.Aims = append(p.Programme.Aims, training.Aim{Code: code, Level: n})
	}
	return ""
}

func readBatch(c []sheet.Cell, p *Plan, known Known) string {
	funds := map[string]training.Funding{"": training.ByOffice, "dpaunitkerja": training.ByUnit, "dpaunit": training.ByUnit,
		"tanpabiaya": training.Free, "gratis": training.Free, "kontribusi": training.Contribution, "kontribusipeserta": training.Contribution}
	trips := map[string]training.Journey{"": training.UnitPays, "unitkerja": training.UnitPays,
		"ditanggungunitkerja": training.UnitPays, "peserta": training.SelfPays, "ditanggungpeserta": training.SelfPays, "tidakada": training.NoJourney}
	if office := heading(known.Office); office != "" {
		funds["dpa"+office], trips[office], trips["ditanggung"+office] = training.ByOffice, training.OfficePays, training.OfficePays
	}
	p.Batch = training.Batch{Letter: squeeze(c[colLetter].Text), Funding: funds[heading(c[colFunding].Text)], Journey: trips[heading(c[colJourney].Text)],
		Dress: squeeze(c[colDress].Text), Bring: squeeze(c[colBring].Text), Certificate: squeeze(c[colCertificate].Text), Contact: squeeze(c[colContact].Text),
		Target: squeeze(c[colTarget].Text)}
	p.Place, p.Trainers = squeeze(c[colPlace].Text), parts(c[colTrainers])
	if strings.HasPrefix(p.Place, "https://") {
		p.Place, p.Link = "", p.Place
	}
	var ok1, ok2 bool
	p.Batch.Number, ok1 = between(c[colNumber], 1, 10_000)
	p.Batch.Seats, ok2 = between(c[colSeats], 0, 10_000)
	b := p.Batch
	switch {
	case !ok1 || !ok2:
		return NumberBad
	case b.Funding == "" || b.Journey == "":
		return FundingUnknown
	case p.Place == "" && p.Link == "":
		return TrainingEmpty
	case tooLong(append([]string{b.Letter, b.Dress, b.Bring, b.Certificate, b.Contact, b.Target, p.Place, p.Link}, p.Trainers...)...):
		return TextLong
	case len(p.Trainers) > training.MaxTrainers:
		return TrainersBad
	}
	return ""
}

func readDays(c []sheet.Cell, p *Plan, known Known) (code string) {
	if p.First, p.Last, code = span(c[colFirst], c[colLast]); code != "" {
		return code
	}
	var ok1, ok2 bool
	p.From, ok1 = clock(squeeze(c[colFrom].Text))
	p.To, ok2 = clock(squeeze(c[colTo].Text))
	switch {
	case !ok1 || !ok2 || p.From >= p.To:
		return TrainingHours
	case !p.Last.Before(p.First.AddDate(1, 0, 0)):
		return DateOrder
	case !p.First.After(civilDay(known.Today)):
		return DatePast
	}
	return ""
}

// civilDay is the day of a moment in UTC, as date reads days.
func civilDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func readRegistration(c []sheet.Cell, p *Plan, _ Known) string {
	given := c[colOpens].Text + c[colCloses].Text + c[colPermission].Text
	if p.Programme.WayIn == training.ByNomination {
		if given != "" {
			return RegistrationBad
		}
		return ""
	}
	var ok1, ok2, ok3 bool
	p.Opens, ok1 = date(c[colOpens])
	p.Closes, ok2 = date(c[colCloses])
	p.Permission, ok3 = date(c[colPermission])
	switch {
	case !ok1 || !ok2 || !ok3:
		return DateBad
	case p.Closes.Before(p.Opens), !p.Closes.Before(p.First), p.Permission.Before(p.Opens), !p.Permission.Before(p.First):
		return RegistrationBad
	}
	return ""
}

func readQuotas(c []sheet.Cell, p *Plan, known Known) string {
	for _, part := range parts(c[colQuotas]) {
		at := strings.LastIndex(part, ":")
		if at < 0 {
			return NumberBad
		}
		q := UnitQuota{Unit: UnitKey(part[:at])}
		n, err := strconv.Atoi(strings.TrimSpace(part[at+1:]))
		switch {
		case q.Unit == "" || !known.Units[q.Unit]:
			return UnitUnknown
		case err != nil || n < 0 || n > 10_000 || slices.ContainsFunc(p.Quotas, func(o UnitQuota) bool { return o.Unit == q.Unit }):
			return NumberBad
		}
		q.Seats = n
		p.Quotas = append(p.Quotas, q)
	}
	return ""
}
