// Plays the personnel office at its desk in a running `bangkom demo` in headless
// Chromium at 390 px: who has not filled, by unit and by name, as a picture and as a
// spreadsheet; slips of a unit; a period is extended; a request is answered; and every
// card leads back. Counts taps. What the board says is counted again in the database.
//
//   DATABASE='<what the demo prints behind "psql">' node office.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// The files are kept beside the screenshots. Exit code 1: something was not as it should be.
import { database, done, inTime, open as openAs, openPhone, played, player, run } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync, readFileSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node office.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const ASKER = 'Sudah terhubung, sudah mengirim'
const ANSWER = 'Nomor HP baru sudah dicatat.'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
const { count, last, said, press, type, shot, check, cost, drawn } = player(phone, folder)
const says = words => said(words).waitFor()
// desk opens what the office looks after, from where taps are counted.
async function desk() {
  await type('/kelola')
  await page.locator('[data-button-label="Pengiriman, kalender"]').last().waitFor()
  count.begin()
}
// fetched keeps the newest file of that name.
async function fetched(name) {
  const file = page.locator(`[data-document="${name}"]`).last()
  await file.waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
  await download.saveAs(`${folder}/${name}`)
  return `${folder}/${name}`
}

await played(sql)
inTime(sql, 'due_at', 'the self-assessments')
await openAs(page, address, HR)
await last().waitFor()
await desk()
await shot('kelola-1-meja')

// Who has not filled: two taps.
await press('Kemajuan unit')
await drawn()
check('the picture is as wide as it is drawn', await page.locator('[data-message-id] img').last().evaluate(i => i.naturalWidth), 800)
await shot('kelola-2-kemajuan', last(), 'start')
await shot('kelola-3-kemajuan-teks')
const sent = (await last().innerText()).match(/Terkirim ([\d.]+) dari ([\d.]+) pegawai/).slice(1).map(n => n.replace('.', '')).join('|')
const self = "FROM task t JOIN employee e ON e.id = t.employee_id AND e.active JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL WHERE t.kind = 'self_assessment' AND t.state <> 'excused'"
check('the board says what the database says', sent, sql(`SELECT count(*) FILTER (WHERE t.state = 'done'), count(*) ${self}`))
await press('1')
await says('belum mengirim penilaian mandiri')
cost('who of a unit has not filled', 2)
await shot('kelola-4-nama')
await page.locator('[data-button-label="Berkas XLSX"]').last().click()
await says('Berkas ini memuat nama')
const book = new ExcelJS.Workbook()
await book.xlsx.readFile(await fetched('kemajuan.xlsx'))
check('the sheets', book.worksheets.map(s => s.name), ['Kemajuan', 'Belum mengirim'])
check('a row for everybody who has not sent', String(book.worksheets[1].rowCount - 1), sql(`SELECT count(*) ${self} AND t.state <> 'done'`))

// Slips of a unit: three taps.
await desk()
await press('Cetak lembar unit')
await shot('kelola-5-unit')
await press('1')
await shot('kelola-6-lembar')
const fresh = page.locator('[data-button-label^="Cetak "][data-button-label$=" lembar"]').last()
const print = await fresh.isVisible() ? await fresh.getAttribute('data-button-label') : ''
if (print) await press(print)
else { // all hold a code that works
  await press(await page.locator('[data-button-label^="Cetak ulang"]').last().getAttribute('data-button-label'))
  await press('Ya, cetak ulang')
}
await says('lembar undangan')
cost('slips of a unit', print ? 3 : 4)
await shot('kelola-7-berkas')
check('the slips are a PDF', readFileSync(await fetched('lembar.pdf')).subarray(0, 5).toString(), '%PDF-')

// One code.
const codeless = sql("SELECT split_part(e.name, ',', 1) FROM employee e LEFT JOIN chat c ON c.employee_id = e.id WHERE e.active AND c.employee_id IS NULL ORDER BY e.name LIMIT 1")
await desk()
await press('Cari pegawai')
await type(codeless, 'NIP berakhiran')
await press('Kode baru')
await says('Kode untuk')
cost('one code by the office', 2, 1)
await shot('kelola-15-kode')

// A period is extended: four taps.
const due = () => sql('SELECT extract(epoch FROM due_at)::bigint FROM period WHERE closed_at IS NULL')
const before = Number(due())
await desk()
await press('Periode')
await shot('kelola-8-periode')
await press('Perpanjang')
await shot('kelola-9-perpanjang')
await press('Satu pekan')
await shot('kelola-10-perpanjang-periksa')
await press('Ya, perpanjang')
await says('diperpanjang sampai')
cost('a period is extended', 4)
await shot('kelola-11-diperpanjang')
check('the deadline is a week later, or on the working day behind it', (d => d >= 7 && d < 14)((Number(due()) - before) / 86_400), true)

// Every card leads back.
for (const [label, words] of [['Plt. dan Plh.', 'Plh.'], ['Pergantian atasan', 'ergantian atasan'], ['Pengiriman, kalender', 'Kalender: hari libur'], ['Pelatihan', 'angkatan'], ['Permintaan', 'permintaan']]) {
  await desk()
  await press(label)
  await says(words)
  await shot(`kelola-kartu-${label.split(/[ ,.]/)[0].toLowerCase()}`)
  await press('‹ Kembali')
  check(`${label} leads back`, await last().locator('[data-button-label="Cari pegawai"]').count(), 1)
}

// A request is answered in one line.
await openAs(page, address, ASKER)
await type('/privasi')
await press('Perbaiki data')
await type('Nomor HP saya berganti.')
await says('Diteruskan kepada petugas kepegawaian')
await openAs(page, address, HR)
await last().waitFor()
await desk()
await press('Permintaan')
await shot('kelola-12-permintaan')
await press('1 Jawab')
await type(ANSWER)
await says('Jawaban diteruskan')
cost('a request is answered', 2, 1)
await shot('kelola-13-dijawab')
await openAs(page, address, ASKER)
if (!await said(ANSWER).waitFor({ timeout: 5_000 }).then(() => true, () => false)) { // it waits for the morning
  console.log(await run(page, address, 'Pengingat'))
  await openAs(page, address, ASKER)
  await says(ANSWER)
}
await shot('kelola-14-kabar')

await done(browser, faults)
