// Plays the officer of a unit in a running `bangkom demo` in headless Chromium at 390 px,
// all that stands in /unit: who has no account, a code, slips, a sheet of paper printed and
// typed in, leave, another superior, an account to be freed, stand-ins, progress,
// announcements and trainings. Counts taps and messages.
//
//   DATABASE='<what the demo prints behind "psql">' node unit.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { database, done, inTime, open as openAs, openPhone, played, player, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node unit.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const OFFICER = 'Petugas kepegawaian unit'
const UNIT = 'Kecamatan Muara Indah'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
const { count, last, said, press, type, shot, check, cost, drawn } = player(phone, folder)
const unlinked = () => sql(`SELECT split_part(e.name, ',', 1) FROM employee e JOIN unit u ON u.id = e.unit_id LEFT JOIN chat c ON c.employee_id = e.id
  WHERE u.name = '${UNIT}' AND e.active AND c.employee_id IS NULL ORDER BY e.name`).split('\n').filter(Boolean)
const desk = async () => {
  await type('/unit', 'Isi jawaban pegawai tidak tampil')
  count.begin()
}
// find opens the card of a person from the desk.
const find = async name => {
  await desk()
  await press('Cari pegawai')
  await type(name, 'NIP berakhiran')
}

await played(sql)
inTime(sql, 'due_at', 'the self-assessments')
const [first] = unlinked()
if (!first) stop('Everybody of this unit is connected already.')
await openAs(page, address, OFFICER)
await last().waitFor()
await desk()
await shot('unit-1-meja')

// Who has no account, and a code.
await press('Belum terhubung')
await shot('unit-5-belum')
await press('1')
await shot('unit-6-pegawai')
await press('Kode baru')
await said('Kode untuk').waitFor()
cost('one code from the list', 3)
await shot('unit-7-kode')
await find(first)
await press('Kode baru')
cost('one code of somebody by name', 2, 1)

// Paper.
await find(first)
await press('Cetak isian')
await page.locator('[data-document$=".pdf"]').last().waitFor()
cost('a sheet to fill in', 2, 1)
await shot('unit-8-cetak-isian')
await find(first)
await press('Isian kertas')
await shot('unit-9-isian-kertas')
for (let n = 0; n < 12 && await last().locator('[data-button-label="Kirim"]').count() === 0; n++) await press('2')
await shot('unit-10-periksa-kertas')
await press('Kirim')
cost('a sheet of nine answers typed in', 12, 1)
await shot('unit-11-kertas-tersimpan')
check('the sheet is stored', Number(sql(`SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN employee e ON e.id = t.employee_id WHERE e.name LIKE '${first.replaceAll("'", "''")}%' AND t.kind = 'self_assessment' AND t.state = 'done'`)), 1)

// Slips of the unit.
await desk()
await press('Cetak lembar unit')
await shot('unit-12-lembar')
const print = await last().locator('[data-button-label^="Cetak "]').first().getAttribute('data-button-label')
await press(print)
const again = last().locator('[data-button-label="Ya, cetak ulang"]')
const renewed = await again.count() > 0 // all hold a code that works
if (renewed) await press('Ya, cetak ulang')
await said('lembar undangan').waitFor()
cost('slips of the own unit', renewed ? 3 : 2)
await shot('unit-13-lembar-berkas')

// Leave, and another superior.
const someone = sql(`SELECT split_part(e.name, ',', 1) FROM employee e JOIN unit u ON u.id = e.unit_id JOIN chat c ON c.employee_id = e.id WHERE u.name = '${UNIT}' ORDER BY e.id OFFSET 5 LIMIT 1`)
await find(someone)
await shot('unit-14-pegawai-terhubung')
await press('Cuti, dinas luar')
await shot('unit-15-cuti')
await type('besok', 'Sampai tanggal')
await type('lusa', 'Karena')
await shot('unit-16-karena')
await press('Dinas luar')
cost('leave of two days', 3, 3)
await shot('unit-17-cuti-tersimpan')
await find(someone)
await press('Atasan langsung')
await shot('unit-18-atasan')
await press('Batal')
await shot('unit-18-batal')
await find(someone)
await press('Lepas akun')
await shot('unit-19-lepas')
await press('Ya, minta')
await shot('unit-20-lepas-diminta')

// The other lists.
for (const [label, name] of [['Tanpa atasan', 'unit-21-tanpa-atasan'], ['Plt. dan Plh.', 'unit-22-plt'], ['Kemajuan unit', 'unit-23-kemajuan'], ['Pengumuman', 'unit-24-pengumuman'], ['Pelatihan', 'unit-25-pelatihan']]) {
  await desk()
  await press(label)
  if (label === 'Kemajuan unit') await drawn()
  await shot(name)
  if (await last().locator('[data-button-label="‹ Kembali"]').count() > 0) {
    await press('‹ Kembali')
    check(`${label} leads back`, await last().locator('[data-button-label="Cari pegawai"]').count(), 1)
  } else faults.push(`${label} does not lead back`)
}
await desk()
await press('Kemajuan unit')
await press('1')
cost('who of the unit has not filled', 2)
await shot('unit-26-nama')
await done(browser, faults)
