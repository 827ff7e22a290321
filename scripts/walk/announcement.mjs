// Plays announcements in a running `bangkom demo` in headless Chromium at 390 px:
// the personnel office writes one to a unit in few taps and one to all that a second
// officer approves, pauses it, lets it go and corrects it; an employee reads and asks;
// the office answers; the officer of a unit sees who has none and ticks; the list of
// recipients is downloaded and read.
//
//   DATABASE='<what the demo prints behind "psql">' node announcement.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: nobody gets more than one of these messages in a day.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node announcement.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const WAIT_MS = 60_000
const HR = 'Petugas kepegawaian (HR)'
const SECOND = 'Petugas kedua (HR)'
const OFFICER = 'Petugas kepegawaian unit'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(WAIT_MS)
const { count, bots, last, said, press, type, shot, check, cost } = player(phone, folder)
// as opens the chat of a role; where the bot answers, at its end.
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
const until = async (what, query, want) => {
  for (const end = Date.now() + 2 * WAIT_MS; sql(query) !== want; await page.waitForTimeout(250)) {
    if (Date.now() > end) {
      faults.push(`${what}: ${sql(query)}, want ${want}`)
      return
    }
  }
  console.log(`as it should be: ${what}: ${want}`)
}
const newest = 'SELECT max(id) FROM announcement'
const delivered = state => `SELECT count(*) FROM announcement_recipient WHERE announcement_id = (${newest}) AND state = '${state}'`

await played(sql)
if (sql('SELECT count(*) FROM announcement') !== '0') stop('An announcement was written in this demo already.')

// One to a unit, with a sign that it was read.
await as(HR)
count.begin()
await type('/siaran', 'Konsep 0')
await press('Tulis baru')
await type('Apel gabungan\nRabu pukul 07.30 WIB di halaman kantor kecamatan. Mohon memakai seragam Korpri.', 'Sasaran ')
await shot('siaran-1-kartu')
await press('Minta tanda baca')
await press('Sasaran')
await shot('siaran-2-sasaran')
await press('Unit kerja')
await type('muara', 'Yang cocok')
await press('1')
await press('‹ Selesai memilih')
await shot('siaran-3-siap')
await press('Kirim')
await shot('siaran-4-tanya')
await press('Ya, kirim')
await shot('siaran-5-kemajuan')
cost('an announcement to one unit', 8, 3)
const members = sql("SELECT count(*) FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Kecamatan Muara Indah'")
check('it was frozen for the whole unit', sql('SELECT frozen FROM announcement'), members)
console.log(await runJob(page, address, 'Pengumuman dan tempat'))
await shot('siaran-6-jam', page.locator('#messages').first())
await until('its linked people have it, or had another message today', `SELECT count(*) FROM announcement_recipient WHERE announcement_id = (${newest}) AND (state = 'sent' OR state = 'held' AND reason = 'cap_day')`,
  sql("SELECT count(*) FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Kecamatan Muara Indah'"))

// One to all: a second officer has to approve. It is scheduled a minute ahead, so that
// it can be paused at every hour of the day.
await as(HR)
await shot('siaran-7-selesai', said('Apel gabungan'))
await type('/siaran', 'Konsep 0')
await press('Tulis baru')
await type('Rapat koordinasi kepegawaian\nKamis pukul 09.00 WIB di Aula Badan Kepegawaian Daerah.', 'Sasaran belum dipilih')
await press('Sasaran')
await press('Semua pegawai')
await press('‹ Selesai memilih')
await said('persetujuan petugas kedua').waitFor()
await press('Minta tanda baca')
await press('Jadwalkan')
await shot('siaran-8-hari')
await bots().filter({ has: page.locator('[data-button-label="Batal"]') }).last().locator('[data-button-label]').first().click() // a reminder may stand below it
await said('Pukul berapa').waitFor()
await type(sql(`SELECT to_char((now() + ${AHEAD} + interval '95 seconds') AT TIME ZONE 'Asia/Jakarta', 'HH24.MI')`), 'persetujuan petugas kedua')
await shot('siaran-9-terjadwal')
await press('Minta persetujuan')
await shot('siaran-10-menunggu')

await as(SECOND)
await type('/siaran', 'Pengumuman')
await press('Periksa permintaan')
await said('Contoh penerima').waitFor()
await shot('setuju-1-periksa')
await press('Setujui')
await shot('setuju-2-disetujui')
await press('Lihat pengiriman')
await shot('setuju-3-terjadwal')
await press('Jeda')
await shot('setuju-4-dijeda')
check('it is paused', sql(`SELECT state FROM announcement WHERE id = (${newest})`), 'paused')

await as(HR)
const progress = bots().filter({ has: page.locator('[data-button-label="Lanjutkan"]') }).last()
await progress.waitFor() // what the second officer has done shows where the author looks
await until('its time has come', `SELECT now() + ${AHEAD} > send_at FROM announcement WHERE id = (${newest})`, 't')
await page.waitForTimeout(3000)
check('nothing goes while it is paused', sql(delivered('sent')), '0')
const card = page.locator(`[data-message-id="${await progress.getAttribute('data-message-id')}"]`)
const bar = async () => (await card.innerText()).match(/\d+%/)?.[0]
const paused = await bar()
await card.evaluate(m => m.scrollIntoView({ block: 'end' }))
await card.locator('[data-button-label="Lanjutkan"]').click()
const bars = new Set([paused])
for (const end = Date.now() + WAIT_MS; Date.now() < end; await page.waitForTimeout(50)) {
  bars.add(await bar())
  if (sql(delivered('sent')) !== '0' && sql(`SELECT count(*) FROM announcement_recipient WHERE announcement_id = (${newest}) AND state IN ('waiting', 'queued')`) === '0' && await bar() !== paused) break
}
bars.add(await bar())
console.log(`the bar showed ${[...bars].join(', ')}`)
if (bars.size < 2) faults.push('the bar has not moved')
await page.waitForTimeout(2500)
await shot('siaran-11-terkirim', card)
const got = sql(delivered('sent'))
console.log(`${got} people have it`)
await as(SECOND)
await press('Perbarui')
const theirs = bots().filter({ has: page.locator('[data-button-label="Perbarui"]') }).last()
check('the second officer sees the same', (await theirs.innerText()).match(/\d+%/)?.[0], [...bars].at(-1))
await shot('setuju-5-diperbarui', theirs)

// A correction of the place.
await as(HR)
await press('Ralat', card)
await shot('ralat-2-jenis')
await press('Waktu atau tempat')
await type('Rapat koordinasi kepegawaian\nKamis pukul 09.00 WIB di Pendopo Kabupaten.', 'Apa yang baru')
await type('Rapat pindah ke Pendopo Kabupaten, tetap Kamis pukul 09.00.', 'Naskah pengganti')
await shot('ralat-3-periksa')
await press('Kirim ralat')
await until('the correction is with all who have it', `SELECT count(*) FROM announcement_recipient WHERE announcement_id = (${newest}) AND state = 'sent' AND version = 2 AND fact_version = 2`, got)
await page.waitForTimeout(2000)
await shot('ralat-4-selesai', card)

// An employee reads and asks, the office answers.
let reader
await page.goto(address)
for (const name of sql(`SELECT split_part(e.name, ',', 1) FROM announcement_recipient r JOIN employee e ON e.id = r.employee_id WHERE r.announcement_id = (${newest}) AND r.state = 'sent' ORDER BY e.name`).split('\n')) {
  if (!reader && await page.locator('[data-persona]', { hasText: name }).count() > 0) reader = name
}
if (!reader) stop('Everybody whom one can play had another message today.')
await as(reader)
await shot('pengumuman-1-diterima')
await press('Sudah saya baca')
await until('the sign is stored', `SELECT count(*) FROM announcement_recipient WHERE announcement_id = (${newest}) AND read_version = 2`, '1')
await shot('pengumuman-2-dibaca', said('Pendopo Kabupaten'))
await press('Tanya')
await shot('pengumuman-3-tanya')
await type('Apakah peserta membawa laptop?', 'Pertanyaan diteruskan')
await as(HR)
await type('/siaran', 'pertanyaan 1')
await press('Pertanyaan')
await shot('tanya-1-kotak')
await press('Jawab')
await type('Tidak perlu. Bahan rapat dibagikan di tempat.', 'Jawaban diteruskan')
await press('Terbitkan jawaban')
await shot('tanya-2-diumumkan')
await as(reader)
await said('Tidak perlu. Bahan rapat').waitFor()
await shot('pengumuman-4-jawaban')
await type('/pengumuman', 'pengumuman untuk')
await shot('pengumuman-5-daftar')

// The officer of the unit sees by name who has none, and ticks one.
await as(OFFICER)
await type('/unit', 'Kecamatan Muara Indah')
await last().locator('[data-button-label^="Pengumuman ("]').click()
await said('belum diterima atau belum dibaca').waitFor()
await shot('unit-2-pengumuman')
await press('1')
await shot('unit-3-nama')
await press('1')
await shot('unit-4-disampaikan')
check('one was told in person', sql('SELECT count(*) FROM announcement_recipient WHERE told_at IS NOT NULL'), '1')

// The list of recipients opens.
await as(HR)
await type('/siaran', 'Pengumuman')
await page.locator('[data-button-label="Laporan XLSX"]').last().click()
const file = page.locator('[data-document$=".xlsx"]').last()
await file.waitFor()
await shot('siaran-12-laporan')
const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
const book = new ExcelJS.Workbook()
await book.xlsx.readFile(await download.path())
const rows = book.worksheets.map(s => `${s.name}: ${s.rowCount}`)
console.log(`the list of recipients has ${rows.join(', ')} rows`)
const people = Number(sql(`SELECT frozen FROM announcement WHERE id = (${newest})`))
if (!book.worksheets.some(s => s.rowCount > people)) faults.push(`the list has ${rows.join(', ')} rows, want ${people} people and a heading`)

await done(browser, faults)
