package config

import (
	"strings"
	"unicode/utf8"

	"bangkom/internal/advice"
)

// Exports are the forms of files: an agency's own AKPK forms have other columns, or other
// titles, than those of the program.
type Exports struct {
	// Needs is the form of the file of groups, NeedsPeople that of people: the columns in
	// their order with semicolons between them, each a name of NeedsColumns or
	// NeedsPeopleColumns, with = and a title behind it where it is called otherwise; "" = all.
	Needs       string `koanf:"needs"`
	NeedsPeople string `koanf:"needs_people"`
}

// NeedsColumns are the columns of the file of groups.
func NeedsColumns() []string {
	return []string{"periode", "unit_induk", "unit_kerja", "kode_kompetensi", "kompetensi", "pegawai", "mengisi", "dinilai", "n", "kesenjangan", "kekurangan", "bagian_pegawai",
		"kepentingan", "prioritas", "keterangan"}
}

// NeedsPeopleColumns are the columns of the file of people.
func NeedsPeopleColumns() []string {
	return []string{"periode", "nip", "nama", "unit_kerja", "jabatan", "kelas_jabatan", "status", "kode_kompetensi", "kompetensi", "tingkat_standar", "mandiri", "atasan",
		"tingkat", "selisih", "jpm", "jpm_tanpa_batas", "keterangan"}
}

// Form reads the columns of a form, each with its name and its title; nil = the form of the
// program.
func Form(form string) (columns [][2]string) {
	for _, one := range strings.Split(form, ";") {
		name, title, named := strings.Cut(one, "=")
		name, title = strings.TrimSpace(name), strings.Join(strings.Fields(title), " ")
		if name == "" && title == "" {
			continue
		}
		if !named {
			title = name
		}
		columns = append(columns, [2]string{name, title})
	}
	return columns
}

// longestTitle is of how many characters a title has at most.
const longestTitle = 80

// formProblems is what is wrong with a form, a sentence for each column.
func formProblems(key, form string, known []string) (errs []error) {
	wrong := func(bad bool, sentence, format string, args ...any) {
		if bad {
			errs = append(errs, advice.New(sentence, format, append([]any{key}, args...)...))
		}
	}
	is, names, titles := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, name := range known {
		is[name] = true
	}
	for _, c := range Form(form) {
		name, title := c[0], c[1]
		wrong(!is[name], "config.form_unknown", "%s names the column %q, which there is not: did you mean %s? The columns are %s", name, nearest(name, known), strings.Join(known, ", "))
		wrong(names[name], "config.form_twice", "%s names the column %q twice, leave one of them out", name)
		wrong(title == "" || utf8.RuneCountInString(title) > longestTitle, "config.form_title", "%s gives the column %q no title of 1 to %d characters", name, longestTitle)
		wrong(title != "" && !names[name] && titles[strings.ToLower(title)], "config.form_same", "%s gives two columns the title %q, write two", title)
		names[name], titles[strings.ToLower(title)] = true, true
	}
	return errs
}
