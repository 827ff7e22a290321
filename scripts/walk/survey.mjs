// Plays a survey in a running `bangkom demo` in headless Chromium at 390 px: the personnel office
// sends a questionnaire that was drafted elsewhere, tries it, takes it out, changes it in the sheet
// and sends it back, and starts a named survey. The first few answer, then everybody is asked; the
// clock of the demo closes it. The office reads the figures, takes the answers out as a file and
// writes what was done, which everybody reads who was asked. Ends with the taps.
//
//   DATABASE='<what the demo prints behind "psql">' node survey.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock by two weeks.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node survey.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const TITLE = 'Jam Belajar Bersama'
const DONE = 'Jam belajar bersama diadakan setiap Jumat pagi mulai bulan depan, di ruang rapat lantai dua.'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, last, said, press: pressOne, type, shot, check, cost } = player(phone, folder)
const press = async (...labels) => { for (const label of labels) await pressOne(label) }
const expect = async (what, want) => {
  const got = await last().innerText()
  console.log(`${got.includes(want) ? 'as it should be' : 'WRONG'}: ${what}`)
  if (!got.includes(want)) faults.push(`${what}: no "${want}" in: ${got}`)
}
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
// number is the button of a line that begins with a number and holds the words.
const number = async words => (await last().innerText()).split('\n').find(line => /^\d+\./.test(line) && line.includes(words)).split('.')[0]
// fetched saves the newest file of that name and opens it.
const fetched = async name => {
  await page.locator(`[data-document="${name}"]`).last().waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-document="${name}"]`).last().click()])
  await download.saveAs(`${folder}/${name}`)
  const book = new ExcelJS.Workbook()
  await book.xlsx.readFile(`${folder}/${name}`)
  return book
}
const upload = async (name, book) => {
  await page.locator('#file').setInputFiles({ name, buffer: Buffer.from(await book.xlsx.writeBuffer()), mimeType: 'application/octet-stream' })
  await said('Pratinjau kuesioner').waitFor()
  await page.waitForTimeout(400)
}
const day = n => sql(`SELECT to_char((now() + ${AHEAD} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const ofSurvey = `FROM task t JOIN staff_survey s ON s.id = t.occasion_id WHERE s.name = '${TITLE}'`

await played(sql)
if (sql('SELECT count(*) FROM staff_survey') !== '0') stop('A survey was started in this demo already.')
console.log(await runJob(page, address, 'Survei')) // to the hours of work

// A form that was drafted elsewhere.
const form = new ExcelJS.Workbook()
form.addWorksheet('survey').addRows([['type', 'name', 'label', 'required', 'relevant'],
  ['select_one kapan', 'KAPAN', 'Kapan {sapaan} paling mudah belajar?', 'yes', ''],
  ['select_one sebab', 'SEBAB', 'Apa sebabnya sore lebih mudah?', '', "${KAPAN}='sore'"],
  ['select_one cara', 'CARA', 'Cara belajar apa yang paling sesuai?', '', '']])
form.addWorksheet('choices').addRows([['list_name', 'name', 'label'],
  ['kapan', 'pagi', 'Pagi hari, sebelum pelayanan dibuka'], ['kapan', 'sore', 'Sore hari, setelah pelayanan ditutup'],
  ['sebab', 'layanan', 'Pelayanan ramai'], ['sebab', 'rapat', 'Rapat pagi'],
  ['cara', 'kelas', 'Tatap muka'], ['cara', 'mandiri', 'Belajar mandiri']])
form.addWorksheet('settings').addRows([['form_title', 'form_id'], [TITLE, 'jam-belajar-bersama']])
await as(HR)
count.begin()
await upload('jam-belajar.xlsx', form)
await expect('it is a new questionnaire', `${TITLE}: kuesioner baru, versi 1.`)
await shot('survei-1-pratinjau')
await press('Coba dahulu', 'Mulai')
await shot('survei-2-coba')
await press('2', 'Pelayanan ramai', 'Tatap muka', 'Selesai mencoba')
await shot('survei-3-dicoba')
await press('Terapkan')
await said('sekarang versi 1').waitFor()

// Taken out, changed in the sheet, sent back.
await type('/kelola', 'terhubung')
await press('Kuesioner')
await press(await number(TITLE))
await press('Lembar Excel')
const sheet = await fetched('kuesioner.xlsx')
const questions = sheet.getWorksheet('PERTANYAAN')
const column = questions.getRow(1).values.indexOf('PERTANYAAN')
questions.getRow(4).getCell(column).value = 'Cara belajar mana yang paling sesuai bagi {sapaan}?'
await upload('kuesioner.xlsx', sheet)
await expect('the difference is shown', 'menggantikan versi 1')
check('nothing but the one sentence has changed', (await last().innerText()).match(/ berubah/g).length, 2) // "Belum ada yang berubah", and the sentence
await shot('survei-4-perubahan')
await press('Terapkan')
await said('sekarang versi 2').waitFor()
cost('to a questionnaire that is tried and changed', 11, 1)

// A named survey to everybody; twenty first.
count.begin()
await type('/kelola', 'terhubung')
await press('Kuesioner')
await press(await number(TITLE))
await press('Mulai survei')
await shot('survei-5-siapa')
await press('Bernama', 'Semua pegawai')
await type('Menentukan jam belajar bersama tahun ini.', 'Batas waktu')
await type(day(6), 'Kapan paling lambat')
await type(day(20), 'Pratinjau survei')
await shot('survei-6-periksa')
await press('Kirim')
await expect('it goes to the first few', 'dikirim ke kelompok awal')
await shot('survei-7-dimulai')
cost('to a survey that goes out', 6, 4)
check('twenty are asked', sql(`SELECT count(*) ${ofSurvey}`), '20')
console.log(await runJob(page, address, 'Survei'))

// Three of them who are on the page answer; one leaves.
const shown = await page.locator('[data-persona]').allTextContents()
const asked = sql(`SELECT string_agg(e.name, '|' ORDER BY t.id) FROM task t JOIN staff_survey s ON s.id = t.occasion_id JOIN employee e ON e.id = t.employee_id WHERE s.name = '${TITLE}'`)
  .split('|').map(name => name.split(',')[0]).filter(name => shown.some(line => line.includes(name)) && sql(`SELECT count(*) FROM role_grant g JOIN employee e ON e.id = g.employee_id WHERE g.role = 'hr' AND e.name LIKE '${name}%'`) === '0')
console.log(`of the first few on the page: ${asked.length}`)
const [first, second, third] = asked
await as(first)
count.begin()
await type('/tugas', 'Survei yang dapat diisi')
await press('Isi survei')
await expect('who reads it stands above the first question', 'dapat membaca jawaban beserta nama')
await shot('survei-8-pertanyaan')
await press('1', 'Tatap muka')
await shot('survei-9-periksa')
await press('Kirim')
await shot('survei-10-terkirim')
cost('a survey of three questions', 4, 1)
await as(second)
await type('/tugas', 'Survei yang dapat diisi')
await press('Isi survei', '2', 'Rapat pagi', 'Lewati', 'Kirim')
await as(third)
await type('/tugas', 'Survei yang dapat diisi')
await press('Isi survei', '2', 'Nanti')
await shot('survei-11-ditunda')

// Everybody; the others answer while nobody looks.
await as(HR)
await type('/kelola', 'terhubung')
await press('Kuesioner', 'Survei', '1', 'Kirim ke semua')
await shot('survei-12-semua')
await press('Ya, kirim')
await shot('survei-13-terbuka')
sql(`WITH of AS (SELECT t.id, t.questionnaire_code, t.questionnaire_version, row_number() OVER (ORDER BY t.id) AS n ${ofSurvey} AND t.state = 'open'),
  gone AS (UPDATE task SET state = 'done', started_at = now() + ${AHEAD}, done_at = now() + ${AHEAD} WHERE id IN (SELECT id FROM of WHERE n <= 24)),
  r AS (INSERT INTO response (task_id, revision, questionnaire_code, questionnaire_version, after_result, sent_at)
    SELECT id, 1, questionnaire_code, questionnaire_version, false, now() + ${AHEAD} FROM of WHERE n <= 24 RETURNING id)
  INSERT INTO answer (response_id, item_code, value) SELECT r.id, v.code, v.value FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM r) r
    CROSS JOIN LATERAL (VALUES ('KAPAN', CASE WHEN r.n % 3 = 0 THEN 'sore' ELSE 'pagi' END), ('SEBAB', CASE WHEN r.n % 3 = 0 THEN 'layanan' END), ('CARA', CASE WHEN r.n % 4 = 0 THEN '-' WHEN r.n % 4 = 1 THEN 'mandiri' ELSE 'kelas' END)) v (code, value)
    WHERE v.value IS NOT NULL`)
const isClosed = () => sql(`SELECT count(*) FROM staff_survey WHERE name = '${TITLE}' AND closed_at IS NOT NULL`) === '1'
for (let i = 0; i < 10 && !isClosed(); i++) console.log(await runJob(page, address, 'Survei'))
check('the clock closes it', isClosed(), true)

// Read, taken out, answered for.
await as(HR)
count.begin()
await type('/kelola', 'terhubung')
await press('Kuesioner', 'Survei', '1')
const figures = said('kira-kira dari setiap 10 orang')
check('the figures are there', await figures.count() > 0, true)
await shot('survei-14-angka', figures, 'start')
await press('Unduh jawaban')
const file = await fetched('jawaban-survei.xlsx')
await shot('survei-15-berkas')
const answers = file.getWorksheet('Jawaban')
check('the columns', answers.getRow(1).values.slice(1), ['_version', '_nip', '_nama', '_unit_kerja', 'KAPAN', 'SEBAB', 'CARA'])
check('a row for each person', answers.rowCount - 1, 26)
const row = answers.getSheetValues().find(r => r?.[3]?.startsWith(first))
check('what did not apply says so', row.slice(5), ['pagi', '(tidak ditanyakan)', 'kelas'])
console.log(`the codebook: ${file.getWorksheet('Kamus').getSheetValues().slice(1).map(r => r.slice(1).join(' / ')).join(' // ')}`)
await press('Tulis tindak lanjut')
await shot('survei-16-tulis')
await type(DONE, 'Pratinjau tindak lanjut')
await shot('survei-17-periksa')
await press('Kirim')
await said('Tercatat').waitFor() // a reminder may stand below
await shot('survei-18-tercatat')
cost('figures, file and report', 6, 2)
console.log(await runJob(page, address, 'Survei'))
await as(first)
await said('Masukan pegawai, dan yang dilakukan').waitFor()
await shot('survei-19-masukan')
await type('/privasi', 'Data ')
await press('Siapa yang membuka')
await expect('the opening stands there', `Survei bernama ${TITLE}`)
await shot('survei-20-pembuka')
await as(third)
await said('Masukan pegawai, dan yang dilakukan').waitFor()
await shot('survei-21-belum-mengirim')
await done(browser, faults)
