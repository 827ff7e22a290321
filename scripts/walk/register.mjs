// Plays the register in a running `bangkom demo` in headless Chromium at 390 px:
// the personnel office sends a messy file, mends what was refused and applies
// both; a new person links with the QR code of a slip, another by NIP and phone.
// It goes before unit.mjs, which voids the slip of the new person.
//
//   DATABASE='<what the demo prints behind "psql">' node register.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { clear, database, done, open as openAs, openPhone, played, stop } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node register.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const { browser, page, faults, noOverflow } = await openPhone()
const shot = async name => {
  await page.waitForTimeout(300)
  await clear(page)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await noOverflow(name)
}
const bot = text => page.locator('[data-message-id][data-from="bot"]', { hasText: text }).last().waitFor()
const press = label => page.locator(`[data-button-label="${label}"]`).last().click()
const type = async text => {
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
}
const upload = (name, buffer) => page.locator('#file').setInputFiles({ name, buffer, mimeType: 'application/octet-stream' })
const open = role => openAs(page, address, role)

// The personnel office.
await played(sql)
if (sql("SELECT count(*) FROM employee WHERE name LIKE 'BUDI CONTOH%'") !== '0') {
  stop('The file with the new person was imported in this demo already.')
}
await open('Petugas kepegawaian (HR)')
await type('/impor')
await bot('contohnya terlampir')
await shot('hr-1-impor')
const messy = Buffer.from(await (await fetch(new URL('/contoh/data-pegawai.xlsx', address))).arrayBuffer())
await upload('data-pegawai.xlsx', messy)
await bot('Pratinjau data pegawai')
await shot('hr-2-pratinjau')
await press('Lihat 4 ditolak')
const link = page.locator('[data-document="ditolak.xlsx"]').last()
await link.waitFor()
await shot('hr-3-ditolak')
const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
const book = new ExcelJS.Workbook()
await book.xlsx.readFile(await download.path())
const sheet = book.worksheets[0]
const columns = sheet.getRow(1).values
const at = name => columns.indexOf(name)
sheet.eachRow((row, n) => {
  if (n === 1) return
  const name = String(row.getCell(at('NAMA')).value ?? '').replaceAll("'", "''")
  if (name) row.getCell(at('NIP')).value = sql(`SELECT nip FROM employee WHERE name = '${name}'`)
  else row.getCell(at('NAMA')).value = sql(`SELECT name FROM employee WHERE nip = '${row.getCell(at('NIP')).value}'`)
})
await page.locator('[data-button-label="Terapkan"]').last().scrollIntoViewIfNeeded()
await press('Terapkan')
await bot('Diterapkan pukul')
await shot('hr-4-diterapkan')
await upload('ditolak-diperbaiki.xlsx', Buffer.from(await book.xlsx.writeBuffer()))
await bot('Diterima 4: 0 baru, 0 berubah, 4 tetap. Ditolak 0.')
await press('Terapkan')
await bot('4 diterima')
await type('/kelola')
await bot('Permintaan menunggu')
await shot('hr-5-kelola')
if (sql("SELECT count(*) FROM employee WHERE name LIKE 'BUDI CONTOH%'") !== '1') faults.push('the new person is not in the register')

// A new person with the QR code of a slip: it opens the chat with its code.
await open('Pelaksana')
await page.locator('[data-action="start"]').waitFor()
await shot('qr-1-mulai')
await page.locator('[data-action="start"]').click()
await bot('Kode ini untuk')
await shot('qr-2-pemberitahuan')
await press('Setuju')
await bot('Akun ini sudah terhubung')
await shot('qr-3-terhubung')

// Another by NIP and the own phone number.
await open('NIP dan nomor HP')
await page.locator('[data-action="start"]').waitFor() // the note stands in the empty chat
const nip = (await page.locator('body').innerText()).match(/Ketik NIP (\d{18})/)?.[1]
await page.locator('[data-action="start"]').click()
await bot('Belum punya kode')
await type(nip)
await bot('Satu langkah lagi')
await shot('hp-1-bagikan')
await page.locator('[data-request-contact]').last().click()
await page.locator('[data-contact="other"]').click()
await bot('kontak orang lain')
await page.locator('[data-request-contact]').last().click()
await page.locator('[data-contact="own"]').click()
await bot('NIP dan nomor HP ini milik')
await shot('hp-2-cocok')
await press('Setuju')
await bot('Akun ini sudah terhubung')
await type('/privasi')
await bot('di Bangkom')
await shot('hp-3-privasi')
await press('Salinan data')
await page.locator('[data-document="data-saya.json"]').waitFor()
await shot('hp-4-salinan')

// The officer of a unit.
await open('Petugas kepegawaian unit')
await type('/unit')
await bot('Isi jawaban pegawai tidak tampil')
await shot('unit-1')
await press('Belum terhubung')
await bot('Belum terhubung. Ketuk')
await shot('unit-2-belum')

console.log(`linked: ${sql('SELECT count(*) FROM chat WHERE employee_id IS NOT NULL')}, people: ${sql('SELECT count(*) FROM employee')}`)
await done(browser, faults)
