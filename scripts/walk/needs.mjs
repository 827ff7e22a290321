// Plays the way from the map of needs to an announced training in a running `bangkom demo`
// in headless Chromium at 390 px: the personnel office opens the map, the competency that
// most lack, the trainings that develop it, plans a batch of one for the units that need it
// most, shows it and announces it; a second officer approves where that is asked, and
// somebody of those units gets the announcement. Counts taps: at most twelve.
//
//   DATABASE='<what the demo prints behind "psql">' node needs.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock to the next hours of work.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done as finish, open as openAs, openPhone, player, run as runJob } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node needs.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const HR2 = 'Petugas kedua (HR)'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, bots, said, last, press, type, shot, check, cost, drawn } = player(phone, folder)
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
const has = label => last().locator(`[data-button-label="${label}"]`).count()
// A Wednesday in the seventh week: nobody has a holiday then by the calendar of the demo.
const weekday = Number(sql(`SELECT extract(isodow FROM (now() + ${AHEAD}) AT TIME ZONE 'Asia/Jakarta')`))
const day = n => sql(`SELECT to_char((now() + ${AHEAD} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)

// The demo plays its sample people first.
const linked = () => Number(sql(`SELECT count(*) FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id
  WHERE u.name IN ('Kecamatan Muara Indah', 'Bagian Umum Sekretariat Daerah')`))
while (linked() < 16) await page.waitForTimeout(300)
await page.waitForTimeout(1000)
const batches = () => Number(sql('SELECT count(*) FROM batch'))
const before = batches()

// From the map to the trainings that develop what is lacking most.
await as(HR)
count.begin()
await type('/laporan', 'Analisis kebutuhan')
await drawn()
await shot('kebutuhan-1-peta', bots().filter({ has: page.locator('img') }).last(), 'start')
await press('1')
await shot('kebutuhan-2-kompetensi')
await press('Pelatihan terkait')
await shot('kebutuhan-3-pelatihan')

// A batch of the first of them: only its first day is asked.
await press('Rencanakan 1')
await shot('kebutuhan-4-hari')
await type(day(49 + 3 - weekday), 'Simpan')
await shot('kebutuhan-5-periksa')
await press('Simpan')
await shot('kebutuhan-6-angkatan')
check('a batch was planned', batches() - before, 1)
const target = sql('SELECT target FROM batch ORDER BY id DESC LIMIT 1')
check('its target group are units, or none is large enough to be named', sql(`SELECT '${target}' = '' OR bool_and(u.id IS NOT NULL) FROM unnest(string_to_array('${target}', '; ')) t LEFT JOIN unit u ON u.name = t`), 't')
await press('Tampilkan ke pegawai')
await press('Tulis pengumuman')
await shot('kebutuhan-7-pengumuman')
if (target === '') { // nobody may be named: the audience is chosen
  await press('Sasaran')
  await press('Semua pegawai')
  await press('‹ Selesai memilih')
}
if (await has('Minta persetujuan') > 0) {
  await press('Minta persetujuan')
  await as(HR2)
  await type('/siaran', 'Pengumuman')
  await press('Periksa permintaan')
  await shot('kebutuhan-8-setujui')
  await press('Setujui')
} else {
  await press('Kirim')
  await press('Ya, kirim')
}
await shot('kebutuhan-9-terkirim')
cost('from the map of needs to an announced batch', 12, 3)

// It reaches those units.
console.log(await runJob(page, address, 'Pengumuman dan tempat'))
check('it is open, and carried by an announcement', sql(`SELECT b.state, count(a.id) FROM batch b JOIN announcement a ON a.batch_id = b.id GROUP BY b.id, b.state`), 'open|1')
const told = () => sql(`SELECT count(*) > 0 FROM announcement_recipient r JOIN employee e ON e.id = r.employee_id JOIN unit u ON u.id = e.unit_id
  WHERE '${target}' = '' OR u.name = ANY(string_to_array('${target}', '; '))`)
check('people of the target group are among its recipients', told(), 't')
await finish(browser, faults)
