// Plays partners in a running `bangkom demo` in headless Chromium at 390 px: the personnel office
// opens the sheet of what is needed for a partner, imports an offer that covers it, plans a batch
// from the offer and takes the page with the partner's results. The PDF is saved beside the
// screenshots; with pdftoppm each page is a picture too.
//
//   DATABASE='<what the demo prints behind "psql">' node partners.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own. Exit code 1: something was not as it should be.
import { database, done, open as openAs, openPhone, played, player } from './browser.mjs'
import ExcelJS from 'exceljs'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node partners.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const PARTNER = 'Balai Pelatihan Aparatur Sagara'
const TITLE = 'Kerja Sama Antarunit'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, said, last, press, type, shot, check, cost } = player(phone, folder)
// fetched saves the newest file of that name.
const fetched = async (name, file) => {
  await page.locator(`[data-document="${name}"]`).last().waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-document="${name}"]`).last().click()])
  await download.saveAs(`${folder}/${file}`)
}
// number is the button of a line that begins with a number and holds the words.
const number = async words => (await last().innerText()).split('\n').find(line => /^\d+\./.test(line) && line.includes(words)).split('.')[0]
const offers = "SELECT count(*) FROM partner_offer WHERE withdrawn_at IS NULL"

await played(sql)
if (sql(offers) !== '0') throw new Error('Offers were imported in this demo already. Start the demo anew.')
// Three trainings of the partner were held and evaluated in the year before (internal/demo).
check('three batches of the partner were evaluated', sql(`SELECT count(*) FROM evaluation v JOIN partner p ON p.id = v.partner_id WHERE p.name = '${PARTNER}' AND v.state = 'published'`), '3')

// The sheet of what is needed, for the partner.
await openAs(page, address, HR)
await last().waitFor()
count.begin()
await type('/kelola', 'terhubung')
await press('Mitra')
await shot('mitra-1-daftar')
await press(await number(PARTNER))
await shot('mitra-2-kartu')
await press('Lembar kebutuhan')
await fetched('kebutuhan-untuk-mitra.xlsx', 'kebutuhan-untuk-mitra.xlsx')
await shot('mitra-3-lembar')
cost('the sheet of what is needed', 3, 1)
const book = new ExcelJS.Workbook()
await book.xlsx.readFile(`${folder}/kebutuhan-untuk-mitra.xlsx`)
console.log(`the sheet for the partner: ${book.worksheets.map(s => `${s.name} ${s.rowCount}`).join(', ')}`)
check('what is needed stands in it', book.worksheets.some(s => s.getSheetValues().some(row => row?.includes?.('rencana_pegawai'))), true)

// What the partner offers comes as a file.
const table = Buffer.from(await (await fetch(new URL('/contoh/penawaran-mitra.xlsx', address))).arrayBuffer())
await page.locator('#file').setInputFiles({ name: 'penawaran-mitra.xlsx', buffer: table, mimeType: 'application/octet-stream' })
await said('Pratinjau').waitFor()
await page.waitForTimeout(400)
await shot('mitra-4-pratinjau')
await press('Terapkan')
await said('3 diterima').waitFor()
check('three offers are stored', sql(offers), '3')
await shot('mitra-5-diterapkan')
const year = sql(`SELECT extract(year FROM starts_on) FROM partner_offer WHERE title = '${TITLE}'`)

// They stand beside what is needed, and a batch is planned from one.
await type('/laporan', 'Analisis kebutuhan')
await press('Kebutuhan dan usulan')
count.begin()
await press('Cakupan kebutuhan')
if (await last().locator(`[data-button-label="${year}"]`).count() > 0) await press(year)
await shot('mitra-6-cakupan', last(), 'start')
check('an offer stands beside a need', /ditawarkan [1-9]/.test(await last().innerText()), true)
await press(await number('Kerja Sama'))
await shot('mitra-7-kompetensi', last(), 'start')
await press('Rencanakan 1')
await shot('mitra-8-angkatan', last(), 'start')
await press('Simpan')
await shot('mitra-9-tersimpan')
cost('from the coverage to a batch that is planned', 5)
check('a batch of the offer is planned', sql(`SELECT count(*) FROM batch b JOIN partner_offer o ON o.id = b.offer_id WHERE o.title = '${TITLE}' AND b.state = 'planned' AND b.seats = o.seats`), '1')
await type('/laporan', 'Analisis kebutuhan')
await press('Kebutuhan dan usulan')
await press('Cakupan kebutuhan')
if (await last().locator(`[data-button-label="${year}"]`).count() > 0) await press(year)
const line = (await last().innerText()).split('\n').find(l => l.includes('Kerja Sama'))
check('its seats stand as planned and not as offered', /ditawarkan 0, direncanakan 55/.test(line), true)
await shot('mitra-10-cakupan', last(), 'start')
await press('Rencana PDF')
await fetched('rencana-pengembangan.pdf', 'rencana-dengan-harga.pdf')

// What the trainings of the partner were worth, on paper.
await type('/kelola', 'terhubung')
count.begin()
await press('Mitra')
await press(await number(PARTNER))
await press('Hasil pelatihannya')
await shot('mitra-11-hasil')
await press('PDF untuk mitra')
const paper = page.locator('[data-document$=".pdf"]').last()
await paper.waitFor()
await page.waitForTimeout(1500)
await fetched(await page.locator('[data-document$=".pdf"]').last().getAttribute('data-document'), 'hasil-mitra.pdf')
await shot('mitra-12-pdf')
cost('the page for the partner', 4)
for (const name of ['hasil-mitra', 'rencana-dengan-harga']) {
  check(`${name} is a PDF`, readFileSync(`${folder}/${name}.pdf`).subarray(0, 5).toString(), '%PDF-')
  try {
    execFileSync('pdftoppm', ['-r', '90', '-png', `${folder}/${name}.pdf`, `${folder}/${name}`])
  } catch (e) {
    console.log(`no pictures of ${name}: ${e.message}`)
  }
}
await done(browser, faults)
