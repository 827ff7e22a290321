package register

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"bangkom/internal/sheet"
	"bangkom/internal/training"
)

// The codes of refused rows of a list of offers, beside those of lists about trainings.
const (
	OfferEmpty     = "OFFER_EMPTY"     // the title is missing
	OfferNumber    = "OFFER_NUMBER"    // days, JP or seats is no whole number that can be meant
	OfferTwice     = "OFFER_TWICE"     // another row of the partner has the same title and says something else
	PartnerRemoved = "PARTNER_REMOVED" // nothing new is planned with the partner
	AgreementOver  = "AGREEMENT_OVER"  // the agreement with the partner has ended
	PriceBad       = "PRICE_BAD"       // is no whole number of rupiah that can be meant
	PriceUnit      = "PRICE_UNIT"      // a price without what it is for, or the other way round
)

// OfferRow is one training that a partner offers; of the partner only the code.
type OfferRow struct {
	Source
	training.PartnerOffer
}

// The columns of a list of offers, by their places.
const (
	colOfferPartner = iota
	colOfferTitle
	colOfferCompetency
	colOfferLevel
	colOfferDays
	colOfferJP
	colOfferSeats
	colOfferPrice
	colOfferFor
	colOfferStarts
	colOfferEnds
)

func offerColumns() []column {
	return []column{{heading: "KODE MITRA", names: "kodemitra"}, {heading: "JUDUL PELATIHAN", names: "judulpelatihan"},
		{heading: "KODE KOMPETENSI", names: "kodekompetensi"}, {heading: "TINGKAT", names: "tingkat level", fits: anything},
		{heading: "JUMLAH HARI", names: "jumlahhari hari", fits: anything}, {heading: "JP", names: "jp jumlahjp", fits: anything},
		{heading: "JUMLAH TEMPAT", names: "jumlahtempat tempat", fits: anything},
		{heading: "HARGA", names: "harga hargarupiah hargarp biaya", optional: true, fits: anything},
		{heading: "SATUAN HARGA", names: "satuanharga satuan", optional: true},
		{heading: "TANGGAL MULAI", names: "tanggalmulai tglmulai", fits: anything},
		{heading: "TANGGAL SELESAI", names: "tanggalselesai tglselesai", optional: true, fits: anything}}
}

// OffersTemplate is the heading of a list of offers.
func OffersTemplate() []string { return headings(offerColumns()) }

// OfferFor is a row of such a list for a partner and what is needed, to be filled in. A row
// of which nothing more is filled in means no offer.
func OfferFor(partner, competency string, level int) []string {
	row := make([]string, len(offerColumns()))
	row[colOfferPartner], row[colOfferCompetency], row[colOfferLevel] = partner, competency, strconv.Itoa(level)
	return row
}

// Agreements are the partners that a list of offers may name, by code.
type Agreements map[string]training.Partner

// ReadOffers reads what partners offer (penawaran): one row for a title. SATUAN HARGA is
// "per orang" or "per kelas"; HARGA may be blank, and TANGGAL SELESAI, which is the first
// day then. Rows of one partner and title that say different things are refused, all of
// them: nobody knows which is meant.
func ReadOffers(rows iter.Seq2[sheet.Row, error], partners Agreements, known Known) (List[OfferRow], error) {
	list, err := readList(rows, offerColumns(), func(c []sheet.Cell) (o OfferRow, key, code string) {
		if unoffered(c) {
			return o, "", leftOut
		}
		for _, read := range []func([]sheet.Cell, *OfferRow) string{
			func(c []sheet.Cell, o *OfferRow) string { return readOfferer(c, o, partners, known.Today) },
			func(c []sheet.Cell, o *OfferRow) string { return readOffered(c, o, known) },
			readPrice,
			func(c []sheet.Cell, o *OfferRow) string { return readOfferDays(c, o, known.Today) },
		} {
			if code := read(c, &o); code != "" {
				return o, "", code
			}
		}
		return o, sameOffer(o), ""
	})
	if err == nil {
		refuseTwice(&list)
	}
	return list, err
}

// unoffered tells whether only those cells of a row are filled that are filled in for a
// partner.
func unoffered(c []sheet.Cell) bool {
	for at, cell := range c {
		if at != colOfferPartner && at != colOfferCompetency && at != colOfferLevel && cell.Text != "" {
			return false
		}
	}
	return c[colOfferCompetency].Text != "" && c[colOfferLevel].Text != ""
}

func readOfferer(c []sheet.Cell, o *OfferRow, partners Agreements, today time.Time) string {
	code := codeOf(c[colOfferPartner])
	p, ok := partners[code]
	o.Partner = training.Partner{Code: code}
	switch {
	case !ok:
		return PartnerUnknown
	case p.Removed:
		return PartnerRemoved
	case p.Ended(today):
		return AgreementOver
	}
	return ""
}

func readOffered(c []sheet.Cell, o *OfferRow, known Known) string {
	o.Title = squeeze(c[colOfferTitle].Text)
	o.Aim.Code = codeOf(c[colOfferCompetency])
	var levelOK, daysOK, jpOK, seatsOK bool
	o.Aim.Level, levelOK = between(c[colOfferLevel], 1, 5)
	o.Days, daysOK = between(c[colOfferDays], 1, 366)
	o.JP, jpOK = between(c[colOfferJP], 1, 1000)
	o.Seats, seatsOK = between(c[colOfferSeats], 1, 10_000)
	switch {
	case o.Title == "":
		return OfferEmpty
	case tooLong(o.Title):
		return TextLong
	case !known.Competencies[o.Aim.Code]:
		return StandardCompetency
	case !levelOK:
		return LevelBad
	case !daysOK || !jpOK || !seatsOK:
		return OfferNumber
	}
	return ""
}

func readPrice(c []sheet.Cell, o *OfferRow) string {
	units := map[string]training.PriceOf{"perorang": training.PerPerson, "orang": training.PerPerson, "perpeserta": training.PerPerson, "peserta": training.PerPerson,
		"perkelas": training.PerClass, "kelas": training.PerClass, "perangkatan": training.PerClass, "angkatan": training.PerClass, "paket": training.PerClass}
	unit := units[heading(c[colOfferFor].Text)]
	if c[colOfferPrice].Text == "" {
		if c[colOfferFor].Text != "" {
			return PriceUnit
		}
		return ""
	}
	var ok bool
	if o.Price, ok = rupiah(c[colOfferPrice]); !ok {
		return PriceBad
	}
	if o.For = unit; unit == "" {
		return PriceUnit
	}
	return ""
}

// grouped is a whole number as Indonesian offices write it: plain, or with points between
// groups of three; ",00", ",-" or ".-" behind it say that there are no cents.
var grouped = regexp.MustCompile(`^(\d{1,12}|\d{1,3}(?:\.\d{3}){1,3})(?:,0{1,2}|[,.]-)?$`)

// rupiah reads a price in whole rupiah: 1250000, 1.250.000, Rp 1.250.000,00, Rp1.250.000,-.
// A comma in another place, cents and a minus are refused, and so is a point in a cell that
// holds a number, where it stands before decimals.
func rupiah(c sheet.Cell) (int64, bool) {
	text := strings.ToLower(squeeze(c.Text))
	if !c.Numeric {
		text = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(text, "rp."), "rp"), "idr"))
	} else if strings.ContainsAny(text, ".,") {
		return 0, false
	}
	parts := grouped.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(parts[1], ".", ""), 10, 64)
	return n, err == nil && n <= training.MostPrice
}

func readOfferDays(c []sheet.Cell, o *OfferRow, today time.Time) string {
	last := c[colOfferEnds]
	if last.Text == "" {
		last = c[colOfferStarts]
	}
	var code string
	if o.Starts, o.Ends, code = span(c[colOfferStarts], last); code != "" {
		return code
	}
	switch {
	case o.Ends.Sub(o.Starts) > 366*24*time.Hour:
		return DateOrder
	case !o.Starts.After(civilDay(today)):
		return DatePast
	}
	return ""
}

// offerKey is what an offer is known by: its partner and title.
func offerKey(o OfferRow) string { return o.Partner.Code + "\n" + strings.ToLower(o.Title) }

// sameOffer is equal for rows that offer the same thing.
func sameOffer(o OfferRow) string {
	return strings.Join([]string{offerKey(o), o.Aim.Code, strconv.Itoa(o.Aim.Level), strconv.Itoa(o.Days), strconv.Itoa(o.JP), strconv.Itoa(o.Seats),
		strconv.FormatInt(o.Price, 10), string(o.For), o.Starts.Format(time.DateOnly), o.Ends.Format(time.DateOnly)}, "\n")
}

// refuseTwice takes out all rows of one partner and title that say different things.
func refuseTwice(l *List[OfferRow]) {
	count := map[string]int{}
	for _, r := range l.Rows {
		count[offerKey(r)]++
	}
	l.Rows = slices.DeleteFunc(l.Rows, func(r OfferRow) bool {
		if count[offerKey(r)] > 1 {
			l.Refused = append(l.Refused, r.Refuse(OfferTwice))
			return true
		}
		return false
	})
	slices.SortStableFunc(l.Refused, func(a, b Refusal) int { return a.Row - b.Row })
}
