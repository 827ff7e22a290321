package handlers_test

import (
	"regexp"
	"strconv"
)

// What transcripts about the sign-off say of the agency: who is the head of a unit of it,
// who prepares what it needs, and that a small unit stands below one.
var (
	headOf   = regexp.MustCompile(`^(\p{L}+) memimpin (Bagian \p{L})$`)
	prepares = regexp.MustCompile(`^(\p{L}+) menyiapkan kebutuhan (Bagian \p{L})$`)
	small    = regexp.MustCompile(`^(\d+) pegawai di (UPT \p{L}+) di bawah (Bagian \p{L})$`)
	headless = regexp.MustCompile(`^(UPT \p{L}+) (tanpa|mendapat) kepala$`)
)

// signoffEvent plays a line of a transcript about the sign-off.
func (p *play) signoffEvent(what string) bool {
	p.t.Helper()
	if m := headOf.FindStringSubmatch(what); m != nil {
		p.leads(m[1], m[2])
		return true
	}
	if m := prepares.FindStringSubmatch(what); m != nil {
		p.exec(`INSERT INTO role_grant (employee_id, role, unit_id, granted_at) SELECT $1, 'officer', id, $3 FROM unit WHERE name = $2`, p.ids[m[1]], m[2], p.clock.Now())
		return true
	}
	if m := small.FindStringSubmatch(what); m != nil {
		n, _ := strconv.Atoi(m[1])
		p.smallUnit(m[2], m[3], n)
		return true
	}
	if m := headless.FindStringSubmatch(what); m != nil {
		p.exec(`UPDATE employee e SET supervisor_id = b.id FROM unit u LEFT JOIN employee b ON $2 AND b.unit_id = u.id AND b.name = 'Zainal 9-1'
			WHERE u.name = $1 AND e.unit_id = u.id AND e.name <> 'Zainal 9-1'`, m[1], m[2] == "mendapat")
		return true
	}
	return false
}

// leads makes one of the cast the head of a unit of the agency: whoever led it before is led
// by that one, and everybody else by the one before, so that nobody leads most of it.
func (w *world) leads(name, unit string) {
	w.t.Helper()
	w.exec(`UPDATE employee SET unit_id = u.id FROM unit u WHERE u.name = $2 AND employee.id = $1`, w.ids[name], unit)
	w.exec(`UPDATE employee e SET supervisor_id = $1 FROM unit u WHERE u.name = $2 AND e.unit_id = u.id AND e.name LIKE 'Zainal %-1'`, w.ids[name], unit)
	w.exec(`UPDATE employee e SET supervisor_id = b.id FROM unit u, employee b WHERE u.name = $1 AND e.unit_id = u.id AND b.unit_id = u.id AND e.name LIKE 'Zainal %'
		AND b.name = split_part(e.name, '-', 1) || '-' || (split_part(e.name, '-', 2)::int - 1)`, unit)
}

// smallUnit has people of its own below a unit of the agency.
func (w *world) smallUnit(name, above string, people int) {
	w.t.Helper()
	w.exec(`INSERT INTO unit (code, name, parent_id) SELECT 'K' || id, $1, id FROM unit WHERE name = $2`, name, above)
	w.exec(`INSERT INTO employee (nip, name, sex, unit_id, class_code)
		SELECT '198507202010011' || to_char(900 + i, 'FM000'), 'Zainal 9-' || i, 1, (SELECT id FROM unit WHERE name = $1), 'PELAKSANA' FROM generate_series(1, $2::int) i`, name, people)
	w.exec(`UPDATE employee e SET supervisor_id = b.id FROM employee b WHERE e.name LIKE 'Zainal 9-%' AND b.name = 'Zainal 9-' || (split_part(e.name, '-', 2)::int - 1)`)
	w.exec(`UPDATE employee e SET supervisor_id = b.id FROM employee b JOIN unit u ON u.id = b.unit_id WHERE e.name = 'Zainal 9-1' AND u.name = $1 AND b.name LIKE 'Zainal %-1'`, above)
}
