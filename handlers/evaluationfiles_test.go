package handlers_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"bangkom/handlers"
	"bangkom/internal/devdb/devdbtest"
	"bangkom/internal/dialog"
	"bangkom/internal/disclosure"
	"bangkom/internal/evaluation"
	"bangkom/internal/personnel"
	"bangkom/internal/report"
	"bangkom/storage"
)

var (
	streams = regexp.MustCompile(`(?s)stream\r?\n(.*?)\r?\nendstream`)
	strung  = regexp.MustCompile(`(?s)\(((?:\\.|[^\\()])*)\) ?Tj`)
	decimal = regexp.MustCompile(`\d,\d`)
)

// printedText is what a PDF says, a line for each piece of text: its own writer keeps
// texts as UTF-16.
func printedText(t testing.TB, body []byte) string {
	t.Helper()
	var out []string
	for _, s := range streams.FindAllSubmatch(body, -1) {
		z, err := zlib.NewReader(bytes.NewReader(s[1]))
		if err != nil {
			continue // a font
		}
		plain, _ := io.ReadAll(z)
		for _, m := range strung.FindAllSubmatch(plain, -1) {
			raw := regexp.MustCompile(`(?s)\\(.)`).ReplaceAll(m[1], []byte("$1"))
			var line []rune
			for i := 0; i+1 < len(raw); i += 2 {
				line = append(line, rune(raw[i])<<8|rune(raw[i+1]))
			}
			out = append(out, string(line))
		}
	}
	if len(out) == 0 {
		t.Fatal("no text is found in a PDF: the search proves nothing")
	}
	return strings.Join(out, "\n")
}

// sheetText is what a spreadsheet says.
func sheetText(t testing.TB, body []byte) string {
	t.Helper()
	book, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, row := range rows {
		lines = append(lines, strings.Join(row, "; "))
	}
	return strings.Join(lines, "\n")
}

// unzipped are the files of an archive.
func unzipped(t testing.TB, body []byte) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// results is a world in which four batches of a partner's programme were evaluated: three
// by ten people each, one by three, which is too few.
type results struct {
	*world
	p       *handlers.Processor
	batches []int64
	small   int64
	hidden  string // a word of a comment that nobody of the office has read
}

func newResults(t *testing.T) *results {
	w := &results{world: newWorld(t), hidden: "kenari" + strings.ToLower(rand.Text())}
	w.linkStraight(w.ids["Bambang"], account("Bambang"), "Bambang")
	w.grant("Bambang", personnel.RoleHR, false)
	_, w.p = w.connect(t.Context())
	w.clock.move(time.Date(2027, 4, 13, 16, 0, 0, 0, wib).Sub(w.clock.Now()))
	w.exec(`INSERT INTO partner (code, name, kind) VALUES ('UC', 'Universitas Contoh', 'university')`)
	people := w.crew("Bambang", 10)
	w.holdBatch("Pengolahan Data", "mengolah data", 99, 0, nil, nil) // the programme, and a batch to which nobody came
	w.exec(`UPDATE programme SET partner_id = (SELECT id FROM partner)`)
	for n := range 4 {
		present := people
		if n == 3 {
			present = people[:3]
		}
		c := w.holdBatch("Pengolahan Data", "mengolah data", n+1, 0, []string{"Dr. Hasan"}, present)
		w.batches = append(w.batches, c.batch)
	}
	w.small, w.batches = w.batches[3], w.batches[:3]
	w.exec(`UPDATE enrolment SET nomination = '800/77', nomination_date = '2027-04-01', assignment = '800/90', assignment_date = '2027-04-09' WHERE employee_id = $1`, people[0])
	w.runJob("evaluations")
	for n, batch := range append(slices.Clone(w.batches), w.small) {
		for i, id := range people {
			if n < 3 || i < 3 {
				w.answer(batch, id, disclosure.Answers{"R1": strconv.Itoa(2 + (i+n)%3), "R2 Dr. Hasan": "4", "R3": "3", "R4": strconv.Itoa(1 + i%4),
					evaluation.Ability: disclosure.PairOf(strconv.Itoa(1+i%2), strconv.Itoa(3+i%2)), "S": fmt.Sprintf("Saran %d %s", i, w.hidden)})
			}
		}
	}
	return w
}

// draw makes a file for the chat of the personnel office.
func (w *results) draw(kind string, batch int64, by string) ([]byte, error) {
	w.t.Helper()
	data, err := json.Marshal(map[string]any{"batch": batch, "chat": account("Bambang"), "at": w.clock.Now(), "by": by})
	if err != nil {
		w.t.Fatal(err)
	}
	_, body, err := w.p.Draw(w.t.Context(), dialog.Picture{Kind: kind, Data: data})
	return body, err
}

func (w *results) must(kind string, batch int64, by string) []byte {
	w.t.Helper()
	body, err := w.draw(kind, batch, by)
	if err != nil {
		w.t.Fatal(err)
	}
	return body
}

// Files about results hold what is shown and nothing finer (A11): no number that is not
// shown, no comment before the office has read it, nothing of a batch that is too small,
// nothing before the close, and nothing for who is not of the office any more. The same
// searches find what breaks each rule.
func TestFilesOfResults(t *testing.T) {
	devdbtest.Long(t, "files are made and read")
	w := newResults(t)
	if _, err := w.draw("evaluation-pdf", w.batches[0], ""); err == nil {
		t.Error("there is a page before the close")
	}
	if text := sheetText(t, w.must("evaluation-compare", 0, "program")); strings.Contains(text, "Pengolahan") {
		t.Errorf("before the close the comparison says %s", text)
	}
	w.clock.move(8 * 24 * time.Hour)
	w.runJob("evaluation-close")
	w.numbersAreShown()
	w.commentsAreRead()
	w.comparisonIsOfGroups()
	w.dossierIsWhole()
	w.grant("Bambang", personnel.RoleHR, true)
	for kind, by := range map[string]string{"evaluation-pdf": "", "evaluation-compare": "program", "training_dossier": ""} {
		data, _ := json.Marshal(map[string]any{"batch": w.batches[0], "chat": account("Bambang"), "at": w.clock.Now(), "by": by})
		if _, _, err := w.p.Draw(t.Context(), dialog.Picture{Kind: kind, Data: data}); err == nil {
			t.Errorf("%s is made for somebody who is not of the office any more", kind)
		}
	}
}

// finer are the numbers of a page that are not shown of the batch.
func (w *results) finer(batch int64, page string) (found []string) {
	w.t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.EvaluationResult(ctx, batch)
		for _, n := range regexp.MustCompile(`\d+,\d+`).FindAllString(page, -1) {
			if !slices.ContainsFunc(r.Cells, func(c evaluation.Cell) bool { return c.Text == n }) {
				found = append(found, n)
			}
		}
		return err
	})
	return found
}

func (w *results) numbersAreShown() {
	t := w.t
	t.Helper()
	page := printedText(t, w.must("evaluation-pdf", w.batches[0], ""))
	for _, words := range []string{"Universitas Contoh", "10 dari 10 peserta", "Kesesuaian dengan tugas", "Dr. Hasan", "4,0 dari 4", "empat perlima atau lebih", "paling lambat"} {
		if !strings.Contains(strings.ReplaceAll(page, "\n", " "), words) {
			t.Errorf("the page does not say %q:\n%s", words, page)
		}
	}
	if found := w.finer(w.batches[0], page); len(found) > 0 {
		t.Errorf("the page holds %q, which is not shown", found)
	}
	var exact bytes.Buffer
	if err := report.WriteResults(&exact, report.Results{Sections: []report.ResultSection{{Title: "x", Rows: []report.ScaleRow{{Name: "Materi", Text: "2,93 dari 4", Value: 2.93, Top: 4}}}}}); err != nil {
		t.Fatal(err)
	}
	if found := w.finer(w.batches[0], printedText(t, exact.Bytes())); len(found) != 1 {
		t.Errorf("of a page with an exact mean %q is found: the search proves nothing", found)
	}
	if _, err := w.draw("evaluation-pdf", w.small, ""); err == nil {
		t.Error("there is a page of a batch of three")
	}
}

// commentsAreRead looks for a comment on the page before and after the office lets others
// read it.
func (w *results) commentsAreRead() {
	t := w.t
	t.Helper()
	holds := func() bool {
		return strings.Contains(printedText(t, w.must("evaluation-pdf", w.batches[0], "")), w.hidden)
	}
	if holds() {
		t.Error("the page holds a comment that the office has not read")
	}
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		r, err := tx.EvaluationResult(ctx, w.batches[0])
		if err != nil {
			return err
		}
		_, err = tx.ReadRemark(ctx, r.Atom, 1, r.Remarks[0].Text, w.ids["Bambang"], w.clock.Now())
		return err
	})
	if !holds() {
		t.Error("a comment that may be read is not found on the page: the search proves nothing")
	}
}

// comparisonIsOfGroups looks whether three people who wait for others are in a
// comparison (A5).
func (w *results) comparisonIsOfGroups() {
	t := w.t
	t.Helper()
	for by, name := range map[string]string{"program": "Pengolahan Data", "mitra": "Universitas Contoh"} {
		text := sheetText(t, w.must("evaluation-compare", 0, by))
		if !strings.Contains(text, name+"; 3; 30; ") || strings.Contains(text, "33") {
			t.Errorf("the comparison by %s says\n%s", by, text)
		}
	}
	// What is compared when the rule is off: the three are in it.
	if n := w.count(`SELECT count(*) FROM held_answer`) + w.count(`SELECT sum(persons) FROM atom`); n != 33 {
		t.Errorf("%d answers are there: the search proves nothing", n)
	}
}

func (w *results) dossierIsWhole() {
	t := w.t
	t.Helper()
	w.tx(func(ctx context.Context, tx *storage.Tx) error {
		_, err := tx.GiveReport(ctx, w.batches[0], "Praktik ditambah 2 JP.", w.ids["Bambang"], w.clock.Now())
		return err
	})
	files := unzipped(t, w.must("training_dossier", w.batches[0], ""))
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{"daftar-hadir-1.pdf", "hasil-evaluasi.pdf", "kegiatan.txt", "peserta.xlsx"}) {
		t.Errorf("the papers are %q", got)
	}
	for _, words := range []string{"Surat usulan: 800/77, 1 April 2027 (1 orang)", "Surat tugas: 800/90, 9 April 2027 (1 orang)", "Peserta tanpa surat tugas: 9",
		"Evaluasi: 10 dari 10 peserta menjawab", "Praktik ditambah 2 JP.", "Tindak lanjut disampaikan"} {
		if !strings.Contains(string(files["kegiatan.txt"]), words) {
			t.Errorf("the cover does not say %q:\n%s", words, files["kegiatan.txt"])
		}
	}
	if page := printedText(t, files["hasil-evaluasi.pdf"]); !strings.Contains(page, "Praktik ditambah 2 JP.") {
		t.Errorf("the results do not hold the report-back:\n%s", page)
	}
	files = unzipped(t, w.must("training_dossier", w.small, ""))
	if cover := string(files["kegiatan.txt"]); files["hasil-evaluasi.pdf"] != nil || !strings.Contains(cover, "Penjawab kurang dari 5 orang") || decimal.MatchString(cover) {
		t.Errorf("the papers of a batch that is too small: %q\n%s", slices.Sorted(maps.Keys(files)), cover)
	}
}
