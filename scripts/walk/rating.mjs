// Plays the rating of teams in a running `bangkom demo` in headless Chromium at
// 390 px: a superior rates two people, both sides are open, the talk is recorded;
// another rates fourteen competency by competency. Counts taps and minutes.
//
//   DATABASE='<what the demo prints behind "psql">' node rating.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { database, done as finish, inTime, open as openAs, openPhone, played, player, run, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node rating.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
const { count, said, last, press, type, shot, cost, drawn } = player(phone, folder)
const bot = text => said(text).waitFor()
const open = role => openAs(page, address, role)

await played(sql)
inTime(sql, 'rating_due_at', 'the ratings')
const done = () => Number(sql("SELECT count(*) FROM task WHERE kind = 'rating' AND state = 'done'"))
const before = done()
const begun = sql("SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN employee e ON e.id = t.subject_id JOIN unit u ON u.id = e.unit_id WHERE t.kind = 'rating' AND t.state <> 'open' AND (u.name LIKE 'Bagian Umum%' OR u.name LIKE 'Kelurahan%')")
if (begun !== '0') stop('The two superiors of this walk have begun to rate in this demo already.')

// A superior of two.
await open('Atasan langsung 2 pegawai')
await type('/tim')
await bot('Mohon diperiksa')
await shot('atasan-1-daftar')
await press('Daftar sudah benar')
await shot('atasan-2-undangan')
count.begin()
await press('Mulai menilai')
await shot('atasan-3-pertanyaan')
for (const answer of ['4', '2', '1', '2', '1', '3', '2', '1', '2']) await press(answer)
await bot('Periksa penilaian')
await shot('atasan-4-periksa')
await press('Kirim')
await shot('atasan-5-terkirim')
await press('Lanjutkan menilai')
for (const answer of ['1', '2', 'Belum tahu', '1', '1', 'Belum', '1', '1', '2']) await press(answer)
await press('Kirim')
await bot('orang, sisa 0')
cost('two people', 9 * 2 + 4)
await press('‹ Kembali ke tim')
await press((await last().innerText()).match(/^(\d+)\. .*: selesai/m)[1]) // both sides have sent
await shot('atasan-6-pegawai')
await press('Buka perbandingan')
await drawn()
await bot('tingkat akhir')
await shot('atasan-7-gambar', page.locator('[data-message-id] img').last())
await shot('atasan-8-perbandingan')
await press('Catat hasil dialog')
await shot('atasan-9-dialog')
await press('2')
await press('Beda pemahaman')
await shot('atasan-10-tindak-lanjut')
await press('Bimbingan')

// The person whom it is about. What the bot starts waits for the morning; the
// button of the page moves the clock of the demo there.
await open('Dinilai atasan, sudah mengirim')
const told = page.locator('[data-message-id][data-from="bot"]', { hasText: 'sudah terbuka bagi berdua' }).last()
if (!await told.waitFor({ timeout: 5_000 }).then(() => true, () => false)) {
  console.log(await run(page, address, 'Pengingat'))
  await open('Dinilai atasan, sudah mengirim')
  await told.waitFor()
}
await shot('atasan-11-pegawai')

// A superior of fourteen.
await open('Atasan langsung 14 pegawai')
await type('/tim')
await bot('Mohon diperiksa')
await shot('atasan-12-daftar-14')
count.begin()
await press('Daftar sudah benar')
await press('Mulai menilai')
for (let k = 0; k < 9; k++) {
  for (let i = 0; i < 14; i++) {
    if (k === 2 && i === 4) await shot('atasan-13-per-kompetensi')
    if (k === 1 && i === 0) await shot('atasan-14-kompetensi-selesai')
    await press(['1', '2', '2', '3', 'Belum'][(k + i) % 5])
  }
}
await bot('Periksa penilaian 14 pegawai')
await shot('atasan-15-periksa-14')
await press('Kirim')
await bot('14 penilaian terkirim')
await shot('atasan-16-terkirim-14')
cost('fourteen people', 14 * 9 + 3)
if (done() - before !== 16) faults.push(`${done() - before} ratings more are done, not 16`)
await finish(browser, faults)
