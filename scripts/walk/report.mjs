// Plays the personnel office that reads the analysis of needs in a running `bangkom demo`
// in headless Chromium at 390 px: the map, a unit, a competency, its importance, trainings
// that fit, the spreadsheet. Counts taps. What is said is counted again in the database.
//
//   DATABASE='<what the demo prints behind "psql">' node report.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { clear, database, open as openAs, openPhone, played } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node report.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const PACE_MS = 550 // the bot reads at most twenty presses of a person in ten seconds
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const { browser, page, faults, noOverflow } = await openPhone()
const bots = () => page.locator('[data-message-id][data-from="bot"]')
const last = () => bots().last()
const check = (what, got, want) => {
  const same = JSON.stringify(got) === JSON.stringify(want)
  console.log(`${same ? 'as it should be' : 'WRONG'}: ${what}: ${JSON.stringify(got)}`)
  if (!same) faults.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}
const shot = async (name, block = 'end') => {
  await page.waitForTimeout(400)
  await clear(page)
  await last().evaluate((m, block) => m.scrollIntoView({ block }), block)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await noOverflow(name)
}
let taps = 0
const chat = () => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join()
async function changed(act) {
  await page.waitForTimeout(PACE_MS)
  const before = await page.evaluate(chat)
  await act()
  await page.waitForFunction(was => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join() !== was, before)
  await page.waitForTimeout(300)
}
const press = label => changed(() => { taps++; return page.locator(`[data-button-label="${label}"]`).last().click() })
const type = text => changed(async () => {
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
})
const says = words => bots().filter({ hasText: words }).last().waitFor()

await played(sql)
await openAs(page, address, 'Petugas kepegawaian (HR)')
await last().waitFor()
await type('/laporan')
await page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
check('the picture is as wide as it is drawn', await page.locator('[data-message-id] img').last().evaluate(i => i.naturalWidth), 800)
await shot('laporan-1-peta', 'start')
await shot('laporan-2-teks')
const said = (await last().innerText()).match(/Dari (\d+) pegawai, (\d+) mengisi dan (\d+) dinilai atasan/).slice(1).join('|')
check('how many, as the database has it', said, sql('SELECT count(*), count(*) FILTER (WHERE filled), count(*) FILTER (WHERE rated) FROM need_person'))
await press('A')
await says('Kebutuhan terbanyak:')
await shot('laporan-3-unit')
await press('‹ Kembali')
await says('Ketuk huruf untuk membuka unit')
taps = 0
await press('1')
await says('kepentingan: penting')
await shot('laporan-4-kompetensi')
await press('Ubah kepentingan')
await press('3 mutlak')
await says('Tersimpan. Kepentingan: mutlak.')
check('the importance is kept', sql('SELECT count(*) FROM competency WHERE importance = 3'), '1')
await press('Pelatihan terkait')
await says('Pelatihan yang mengembangkan')
await shot('laporan-5-pelatihan')
console.log(`from the map to the trainings, with another importance: ${taps} taps`)
await type('/laporan')
await says('Ketuk huruf untuk membuka unit')
await page.waitForTimeout(PACE_MS)
await page.locator('[data-button-label="Berkas XLSX"]').last().click()
const file = page.locator('[data-document="analisis-kebutuhan.xlsx"]').last()
await file.waitFor()
const [download] = await Promise.all([page.waitForEvent('download'), file.click()])
await download.saveAs(`${folder}/analisis-kebutuhan.xlsx`)
const book = new ExcelJS.Workbook()
await book.xlsx.readFile(`${folder}/analisis-kebutuhan.xlsx`)
check('the sheets', book.worksheets.map(s => s.name), ['Kebutuhan', 'Unit', 'Kelas dan status', 'Ingin dipelajari', 'Kamus'])
const rows = []
book.worksheets[0].eachRow(r => rows.push(r.values))
check('no row is about fewer than five', rows.slice(1).filter(r => r[9] && Number(r[9]) < 5), [])
check('some rows are hidden', rows.some(r => r[15] === 'tidak ditampilkan'), true)
await browser.close()
for (const f of faults) console.error(f)
process.exit(faults.length ? 1 : 0)
