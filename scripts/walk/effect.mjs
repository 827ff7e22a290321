// Plays what comes after a training in a running `bangkom demo` in headless Chromium at
// 390 px. The personnel office names a comparison, imports the survey after it and opens the
// effect picture with its sentence; a participant writes a resolve, and it comes back a month
// later, by the clock of the demo. On day 30 participant and superior answer, both see the
// pair, and the rest is passed on; then day 90, and the groups of the personnel office.
// Ends with the taps.
//
//   DATABASE='<what the demo prints behind "psql">' node effect.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock by weeks.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node effect.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const PARTICIPANT = 'Mendaftar pelatihan'
const UNIT = 'Kecamatan Muara Indah'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, last, said, press: pressOne, type, shot, cost, drawn } = player(phone, folder)
const press = async (...labels) => { for (const label of labels) await pressOne(label) }
const expect = (what, got, want) => {
  const ok = got.includes(want)
  console.log(`${ok ? 'as it should be' : 'WRONG'}: ${what}`)
  if (!ok) faults.push(`${what}: no "${want}" in: ${got}`)
}
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}

await played(sql)
if (sql('SELECT count(*) FROM comparison') !== '0') stop('A comparison was named in this demo already.')
const year = Number(sql(`SELECT extract(year FROM (now() + ${AHEAD}) AT TIME ZONE 'Asia/Jakarta')`)) - 1

// The comparison is named before the figure after the training is there.
await as(HR)
count.begin()
await type('/layanan', 'Unit yang perlu didampingi')
expect('units to be helped come first, by name', await last().innerText(), 'Unit yang perlu didampingi, menurut abjad')
await shot('layanan-1-papan')
await press('Perbandingan', 'Perbandingan baru')
await shot('layanan-2-program')
await type('komunikasi', '')
await shot('layanan-3-angka')
await press('Nilai SKM', `Semester I ${year}`, `Semester II ${year}`)
await shot('layanan-4-yakin')
await press('Ya, tetapkan')
expect('the figure after it is not there yet', await last().innerText(), `Angka Semester II ${year} belum masuk`)
await shot('layanan-5-menunggu')

// The survey comes as a file; what is about a respondent is not read.
const survey = Buffer.from(await (await fetch(new URL('/contoh/survei-kepuasan.xlsx', address))).arrayBuffer())
await page.locator('#file').setInputFiles({ name: 'survei-kepuasan.xlsx', buffer: survey, mimeType: 'application/octet-stream' })
await said('Pratinjau survei').waitFor()
await page.waitForTimeout(400)
expect('all units are accepted', await last().innerText(), 'Diterima 8: 8 baru')
await shot('layanan-6-pratinjau')
await press('Terapkan')
await said('8 diterima').waitFor()
await type('/layanan', 'Unit yang perlu didampingi')
await press('Perbandingan', '1')
await drawn()
expect('the sentence of the effect', await last().innerText(), 'Selisih sebesar ini jarang muncul kebetulan (3 dari 100 pembagian acak). Pelatihan mungkin ikut berperan; ini bukan bukti.')
await shot('layanan-7-gambar', last(), 'start')
await shot('layanan-8-kalimat')
await type('/layanan', 'Unit yang perlu didampingi')
await press('1')
await shot('layanan-9-unit')
console.log(`comparison, survey and picture: ${count.said()}`)

// A training that has just ended; how it is held is played by training.mjs.
sql(`WITH o AS (INSERT INTO occasion (kind) VALUES ('batch') RETURNING id), at AS (SELECT date_trunc('minute', now() + ${AHEAD}) - interval '10 minutes' AS ends),
  b AS (INSERT INTO batch (id, programme_id, number, name, seats, funding, journey, state, starts_at, ends_at, changed_at)
    SELECT o.id, p.id, 2, p.title || ', angkatan 2', 40, 'free', 'none', 'running', at.ends - interval '6 hours', at.ends, at.ends FROM o, at, programme p WHERE p.code = 'KLP-1' RETURNING id, ends_at),
  s AS (INSERT INTO training_session (batch_id, n, starts_at, ends_at, place) SELECT id, 1, ends_at - interval '6 hours', ends_at, 'Aula' FROM b RETURNING id, batch_id, ends_at),
  n AS (INSERT INTO enrolment (batch_id, employee_id, way, state, applied_at, changed_at, told) SELECT s.batch_id, e.id, 'nominated', 'seated', s.ends_at, s.ends_at, true
    FROM s, employee e JOIN unit u ON u.id = e.unit_id JOIN chat c ON c.employee_id = e.id WHERE u.name = '${UNIT}' RETURNING employee_id)
  INSERT INTO attendance (session_id, employee_id, present, way, at) SELECT s.id, n.employee_id, true, 'committee', s.ends_at FROM s, n`)

// The offer, a resolve, and a month later its question.
const offers = () => sql("SELECT count(*) FROM notice WHERE kind = 'resolve' AND key LIKE 'resolve-offer:%' AND action IN ('send', 'merge')")
const attended = () => sql('SELECT count(*) FROM enrolment WHERE batch_id = (SELECT max(id) FROM batch)')
for (let i = 0; i < 4 && offers() === '0'; i++) console.log(await runJob(page, address, 'Pelatihan berikutnya'))
expect('all who attended got the offer at once', `${offers()} of ${attended()}`, `${attended()} of ${attended()}`)
await as(PARTICIPANT)
await said('Niat sesudah pelatihan').waitFor()
await shot('niat-1-tawaran')
count.begin()
await press('Tulis niat')
await shot('niat-2-tulis')
await type('Jika warga belum paham syaratnya, maka saya akan menjelaskan dengan contoh berkas')
await shot('niat-3-tersimpan')
console.log(`a resolve: ${count.said()}`)
const asked = () => sql("SELECT count(*) FROM notice WHERE key LIKE 'resolve-ask:%' AND action IN ('send', 'merge')")
for (let i = 0; i < 6 && asked() === '0'; i++) console.log(await runJob(page, address, 'Pelatihan berikutnya'))
await as(PARTICIPANT)
await said('Sudah sebulan sejak pelatihan').waitFor()
await shot('niat-4-kembali', said('Sudah sebulan sejak pelatihan'))
count.begin()
await press('Buka niat')
await shot('niat-5-pertanyaan', said('Jika warga belum paham'))
await press('Sebagian')
await said('sebagian').waitFor()
await shot('niat-6-jawaban', said('sebagian'))
console.log(`its answer: ${count.said()}`)

// Day 30: the participant answers on the message that asks, the superior about everybody on one.
const SUPERIOR = 'Atasan langsung, izin pelatihan'
const participant = sql('SELECT employee_id FROM resolve')
const superior = sql(`SELECT supervisor_id FROM employee WHERE id = ${participant}`)
const isAsked = (day, who) => sql(`SELECT count(*) FROM notice n JOIN task t ON t.id = n.task_id JOIN follow_up f ON f.id = t.occasion_id AND f.day = ${day} AND f.closed_at IS NULL
  WHERE t.kind = '${who === superior ? 'follow_up_superior' : 'follow_up'}' AND n.kind = 'follow_up' AND n.action = 'send' AND t.employee_id = ${who}`) !== '0'
const untilAsked = async (day, who, job) => {
  for (let i = 0; i < 6 && !isAsked(day, who); i++) console.log(await runJob(page, address, job))
  expect(`day ${day}: ${who === superior ? 'the superior' : 'the participant'} is asked`, String(isAsked(day, who)), 'true')
}
const followUp = day => said(`angkatan 2, ${day} hari setelah pelatihan`)
await untilAsked(30, participant, 'Pelatihan berikutnya')
await as(PARTICIPANT)
await followUp(30).waitFor()
await shot('terap-1-peserta', followUp(30), 'start')
count.begin()
await press('3')
await shot('terap-2-seberapa-sering')
await press('Sering')
await shot('terap-3-yang-diperlukan')
await press('Sarana')
await shot('terap-4-periksa')
await press('Kirim')
cost('a participant answers', 4)
await shot('terap-5-terkirim')

// Who is asked as a participant too gets the superior's question the next day.
await untilAsked(30, superior, 'Pengingat')
await as(SUPERIOR)
const asked30 = said('Dua pertanyaan untuk tiap pegawai')
await asked30.waitFor()
const people = Number(sql(`SELECT count(*) FROM task t JOIN follow_up f ON f.id = t.occasion_id AND f.closed_at IS NULL WHERE t.kind = 'follow_up_superior' AND t.employee_id = ${superior}`))
await shot('terap-6-atasan', asked30, 'start')
count.begin()
for (let k = 0; k < people; k++) {
  if (k === 0) await press('4')
  else await press(k % 4 === 3 ? 'Belum terlihat' : '3')
  if (k === 0) await shot('terap-7-tugas')
  await press('Beberapa kali')
}
await shot('terap-8-periksa-atasan')
await press('Kirim')
console.log(`about ${people} people`)
cost('a superior answers', 3 * people)
await shot('terap-9-terkirim-atasan')
await press('Lihat keduanya')
expect('the superior sees the level that the participant told', await last().innerText(), 'Menurut pegawai: 3.')
expect('and nothing else of it', String((await last().innerText()).includes('Sarana')), 'false')
await shot('terap-10-pasangan-atasan')

// The participant sees the same, and passes the rest on.
await as(PARTICIPANT)
await said('juga sudah menjawab').or(said('sudah menjawab')).last().waitFor()
await shot('terap-11-kabar')
await press('Lihat keduanya')
expect('the participant sees the level that the superior saw', await last().innerText(), 'Menurut atasan langsung: ')
await shot('terap-12-pasangan')
count.begin()
await press('Sampaikan ke atasan')
await shot('terap-13-yakin')
await press('Ya, sampaikan')
cost('the rest is passed on', 2)
await shot('terap-14-disampaikan')
await as(SUPERIOR)
await said('menyampaikan apa yang diperlukan').waitFor()
await pressOne('Lihat', said('menyampaikan apa yang diperlukan'))
expect('the superior sees what was passed on', await last().innerText(), 'Sarana')
await shot('terap-15-yang-disampaikan')

// Day 90, when what was asked on day 30 is closed.
await untilAsked(90, participant, 'Pelatihan berikutnya')
expect('what was asked on day 30 is closed, each pair with its ending', sql("SELECT count(*) FROM follow_up f JOIN follow_up_pair k ON k.follow_up_id = f.id WHERE f.closed_at IS NOT NULL AND k.ended = ''"), '0')
await as(PARTICIPANT)
await followUp(90).waitFor()
count.begin()
await press('4', 'Selalu', 'Tidak ada', 'Kirim')
cost('a participant answers on day 90', 4)
await type('/umpanbalik', 'Yang dapat diisi atau dibaca')
await shot('terap-16-umpanbalik')

// The personnel office reads groups.
await as(HR)
count.begin()
await type('/umpanbalik')
await shot('terap-17-hr')
await press('Penerapan pelatihan')
cost('the groups', 1, 1)
expect('the groups of day 30', await last().innerText(), 'Kemampuan menurut atasan')
await shot('terap-18-kelompok')
await press('Setelah 90 hari')
await shot('terap-19-kelompok-90')
await press('1')
await shot('terap-20-program')
await press('Lihat gambar')
await drawn()
await shot('terap-21-gambar')
await press('Menurut program', 'Menurut mitra')
await shot('terap-22-mitra')
await press('Unduh XLSX')
await said('Pengambilan berkas ini dicatat').waitFor()
await shot('terap-23-berkas')

await done(browser, faults)
