// Plays the sign-off of what a unit needs in a running `bangkom demo` in headless Chromium at
// 390 px: the personnel office begins it, the officer of a unit proposes a training and passes
// the unit's needs on, the head moves a priority with a reason and approves, the personnel office
// validates and reads the one page for those who decide. The PDFs are saved beside the
// screenshots; with pdftoppm each page is a picture too.
//
//   DATABASE='<what the demo prints behind "psql">' node signoff.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own. Exit code 1: something was not as it should be.
import { AHEAD, database, done as finish, open as openAs, openPhone, played, player, run as runJob } from './browser.mjs'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node signoff.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const OFFICER = 'Petugas dinas, menyiapkan kebutuhan'
const HEAD = 'Kepala unit, menyetujui kebutuhan'
const UNIT = 'Dinas Kearsipan dan Perpustakaan'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, bots, said, last, press, type, shot, check, cost } = player(phone, folder)
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
const year = Number(sql(`SELECT extract(year FROM (now() + ${AHEAD}) AT TIME ZONE 'Asia/Jakarta')`)) + 1
const due = sql(`SELECT to_char((now() + ${AHEAD} + interval '60 days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const state = () => sql(`SELECT s.state FROM signoff s JOIN unit u ON u.id = s.unit_id WHERE u.name = '${UNIT}'`)
// paper saves the newest file of that name, and draws its pages.
const paper = async (name, as) => {
  await page.locator(`[data-document="${name}"]`).last().waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-document="${name}"]`).last().click()])
  await download.saveAs(`${folder}/${as}.pdf`)
  check(`${as} is a PDF`, readFileSync(`${folder}/${as}.pdf`).subarray(0, 5).toString(), '%PDF-')
  try {
    execFileSync('pdftoppm', ['-r', '90', '-png', `${folder}/${as}.pdf`, `${folder}/${as}`])
  } catch (e) {
    console.log(`no pictures of ${as}: ${e.message}`)
  }
}
// number is the button of the unit in the list on show.
const number = async () => (await last().innerText()).split('\n').find(line => line.includes(UNIT)).split('.')[0].trim()

await played(sql)

// The personnel office begins the sign-off of the next plan year.
await as(HR)
count.begin()
await type('/laporan', 'Analisis kebutuhan')
await press('Kebutuhan dan usulan')
await press('Pengesahan kebutuhan')
await press('Mulai pengesahan')
await press(String(year))
await type(due, 'dimulai untuk')
await shot('pengesahan-1-dimulai')
cost('to begin the sign-off', 4, 2)

// The officer proposes a training and passes the unit's needs on.
await as(OFFICER)
count.begin()
await type('/unit', 'Usulan')
await press('Usulan pelatihan')
await press('Usulan baru')
await press(String(year))
await type('Alih media arsip', 'Untuk berapa orang')
await type('4', 'Apa alasannya')
await press('Tugas baru')
await type('/unit', 'belum disiapkan')
await shot('pengesahan-2-unit')
await press('Pengesahan kebutuhan')
await shot('pengesahan-3-daftar')
await press(await number())
await shot('pengesahan-4-sebelum', last(), 'start')
await press('Teruskan ke kepala')
await shot('pengesahan-5-diteruskan', last(), 'start')
check('it is with the head', state(), 'prepared')
cost('to propose a training and pass the needs on', 7, 5)

// The head sees one screen, moves a competency with a reason, and approves.
await as(HEAD)
count.begin()
await type('/tugas', 'Menunggu persetujuan')
await shot('pengesahan-6-tugas')
await press('Pengesahan kebutuhan')
await shot('pengesahan-7-layar', last(), 'start')
const third = (await last().innerText()).match(/^3\. ([^:]+):/m)[1]
await press('Ubah prioritas')
await shot('pengesahan-8-mana')
await press('3')
await press('Paling atas')
await type('Layanan arsip digital dibuka bulan Juli.', 'tersimpan')
await shot('pengesahan-9-diubah', last(), 'start')
check('the competency stands first', (await last().innerText()).match(/^1\. ([^:]+):/m)[1], third)
await press('Setujui')
await shot('pengesahan-10-disetujui', last(), 'start')
check('it is approved', state(), 'approved')
cost('to move a priority and approve', 5, 2)
await press('Rekap PDF')
await paper('rekap-kebutuhan.pdf', 'rekap-disetujui')

// The personnel office validates.
await as(HR)
count.begin()
await type('/kelola', 'menunggu validasi')
await shot('pengesahan-11-kelola')
await type('/laporan', 'Analisis kebutuhan')
await press('Kebutuhan dan usulan')
await press('Pengesahan kebutuhan')
await shot('pengesahan-12-papan')
await press(await number())
await press('Validasi')
await shot('pengesahan-13-divalidasi', last(), 'start')
check('it is validated', state(), 'validated')
cost('to validate', 4, 2)
await press('Rekap PDF')
await paper('rekap-kebutuhan.pdf', 'rekap-divalidasi')
await shot('pengesahan-14-rekap')

// The page for those who decide.
await type('/laporan', 'Analisis kebutuhan')
await press('Satu halaman')
await page.locator('[data-document$=".pdf"]').last().waitFor()
await paper(await page.locator('[data-document$=".pdf"]').last().getAttribute('data-document'), 'satu-halaman')

// Who prepared it is told in the next hours of work.
console.log(await runJob(page, address, 'Pengingat'))
await as(OFFICER)
await said('sudah divalidasi').waitFor()
await shot('pengesahan-15-kabar')
await finish(browser, faults)
