// Plays readiness in a running `bangkom demo` in headless Chromium at 390 px: the personnel office
// asks a unit, without names, about one change; its people answer; the clock of the demo closes the
// survey. The head of the unit reads class and stage, the office the groups. The last reminder of the
// self-assessment says what fits that stage; somebody presses Ada kendala, agrees to be called, and the
// helper of the unit gets a card that names whom to call, until it was pressed that this was done.
//
//   DATABASE='<what the demo prints behind "psql">' node readiness.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock by two weeks.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done, inTime, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node readiness.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const HEAD = 'Atasan langsung 14 pegawai'
const HELPER = 'Arsiparis, sudah mengirim'
const TEAM = [2, 3, 4, 5, 6, 7].map(n => `Anggota tim, pendaftar ${n}`)
const CHANGE = 'Surat masuk dan keluar memakai aplikasi persuratan mulai bulan depan'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, last, said, press: pressOne, type, shot, check, cost } = player(phone, folder)
const press = async (...labels) => { for (const label of labels) await pressOne(label) }
const expect = async (what, want, card = last()) => {
  const got = await card.innerText()
  console.log(`${got.includes(want) ? 'as it should be' : 'WRONG'}: ${what}`)
  if (!got.includes(want)) faults.push(`${what}: no "${want}" in: ${got}`)
}
const absent = async (what, never, card = last()) => {
  const got = await card.innerText()
  console.log(`${got.includes(never) ? 'WRONG' : 'as it should be'}: ${what}`)
  if (got.includes(never)) faults.push(`${what}: "${never}" stands in: ${got}`)
}
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
const number = async words => (await last().innerText()).split('\n').find(line => /^\d+\./.test(line) && line.includes(words)).split('.')[0]
const day = n => sql(`SELECT to_char((now() + ${AHEAD} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const nth = n => sql(`SELECT name FROM (SELECT e.name, row_number() OVER (ORDER BY e.id) - 1 AS n FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Bagian Umum Sekretariat Daerah') x WHERE n = ${n}`).split(',')[0]

await played(sql)
if (sql('SELECT count(*) FROM staff_survey') !== '0') stop('A survey was started in this demo already.')
inTime(sql, 'due_at', 'the self-assessment')
console.log(await runJob(page, address, 'Survei')) // to the hours of work

// The personnel office asks about one change.
await as(HR)
count.begin()
await type('/kelola', 'terhubung')
await press('Kuesioner')
await press(await number('Kesiapan Perubahan'))
await shot('kesiapan-1-kuesioner')
await press('Mulai survei')
await type(CHANGE, 'Unit kerja mana')
await type('bagian umum', 'Untuk apa')
await type('Menyiapkan pendampingan sebelum aplikasi dipakai.', 'Batas waktu')
await type(day(4), 'Kapan paling lambat')
await type(day(18), 'Pratinjau survei')
await expect('the eight of the unit who have an account', 'Dikirim sekaligus kepada 8 pegawai')
await shot('kesiapan-2-periksa')
await press('Kirim')
await expect('until the close nothing is seen', 'Sebelum ditutup tidak ada angka lain')
await shot('kesiapan-3-dimulai')
cost('to a survey of readiness', 5, 6)

// One of them answers in the chat, the others by the button of the page.
await as(TEAM[0])
count.begin()
await type('/tugas', 'Survei yang dapat diisi') // the invitation may wait for a week with fewer messages
await shot('kesiapan-4-tugas')
await press('Isi survei')
await expect('how answers are kept stands above the first', 'tidak melihat jawaban perorangan')
await expect('and the change', CHANGE)
await shot('kesiapan-5-pertanyaan', last(), 'start')
for (const level of ['4', '4', '4', '4', '5']) await press(level)
await absent('above the others the change alone', 'tidak melihat jawaban perorangan')
await shot('kesiapan-6-kemampuan')
await press('2', '4', '2')
await shot('kesiapan-7-periksa')
await press('Kirim')
await shot('kesiapan-8-terkirim')
cost('eight statements', 10, 1)
console.log(await runJob(page, address, 'Jawaban rekan kerja'))
check('eight answers are sealed', sql('SELECT count(*) FROM held_answer'), '8')
await as(HR)
await press('Keadaan terbaru')
await expect('and nobody reads how many', 'Sebelum ditutup tidak ada angka lain', said('Penanggung jawab')) // a weekly recap may stand below

// The clock passes the close.
const closed = () => sql('SELECT count(*) FROM staff_survey WHERE closed_at IS NOT NULL') === '1'
for (let i = 0; i < 8 && !closed(); i++) console.log(await runJob(page, address, 'Survei'))
check('the clock closes it', closed(), true)
check('no single answer is left', sql('SELECT count(*) FROM held_answer'), '0')
await as(HEAD)
const ready = said('Kesiapan Bagian Umum')
await ready.waitFor()
await expect('the head reads the stage', 'cara kerja baru belum dikuasai', ready)
await absent('and nothing about the support of leaders', 'Dukungan pimpinan', ready)
await shot('kesiapan-9-kepala', ready)
await as(HR)
await press('Keadaan terbaru', 'Hasil per unit')
await shot('kesiapan-10-kelompok')
await press('1')
const result = said('Angka dibulatkan') // the news of the close may stand below
await expect('the office reads the support of leaders', 'hanya terlihat oleh petugas kepegawaian', result)
await shot('kesiapan-11-hasil', result, 'start')

// The last reminder of the self-assessment says what fits the stage; a quarter reads the neutral text.
const LAST = 'Ini pengingat terakhir'
const HELPS = 'Wajar bila'
let persuaded
for (let i = 0; i < 12 && !persuaded; i++) {
  const toast = await runJob(page, address, 'Pengingat')
  console.log(toast)
  for (const role of TEAM) {
    await as(role)
    const text = (await page.locator('[data-message-id][data-from="bot"]').allInnerTexts()).join('\n')
    if (text.includes(LAST)) persuaded ??= text.includes(HELPS) ? role : undefined
    if (!text.includes(LAST)) break
  }
  if (toast.includes('tidak dimajukan')) break
}
if (!persuaded) {
  faults.push('nobody of the unit reads what fits its stage')
  await done(browser, faults)
}
await as(persuaded)
const reminder = said(LAST)
await expect('the last reminder fits the stage', HELPS, reminder)
await shot('kesiapan-12-pengingat', reminder)
count.begin()
await pressOne('Ada kendala', reminder)
await shot('kesiapan-13-kendala')
await press('Belum paham caranya')
const helper = nth(1)
await expect('the helper is named', helper)
await shot('kesiapan-14-cara')
check('the choice is stored nowhere', sql('SELECT count(*) FROM help_request'), '0')
await press(await last().locator('[data-button-label]').first().getAttribute('data-button-label'))
await shot('kesiapan-15-setuju')
cost('from the reminder to a helper', 3)
check('the request is there', sql('SELECT count(*) FROM help_request WHERE contacted_at IS NULL'), '1')

// The helper calls.
await as(HELPER)
const news = last()
const name = sql('SELECT e.name FROM help_request r JOIN employee e ON e.id = r.employee_id').split(',')[0]
await absent('what comes first names nobody', name, news)
await shot('kesiapan-16-pendamping')
count.begin()
await press('Lihat')
await expect('whom to call', name)
await shot('kesiapan-17-siapa')
await press('Sudah saya hubungi')
await absent('the card forgets the name', name)
await shot('kesiapan-18-selesai')
cost('a helper', 2)
check('the call is noted', sql('SELECT count(*) FROM help_request WHERE contacted_at IS NOT NULL'), '1')
await done(browser, faults)
