// Plays development plans in a running `bangkom demo` in headless Chromium at 390 px: somebody
// goes from the result to a plan that is submitted, a superior agrees to seven plans at once, and
// the personnel office takes the agency's plan for the budget, as a spreadsheet and on paper.
// The PDF is saved beside the screenshots; with pdftoppm each page is a picture too.
//
//   DATABASE='<what the demo prints behind "psql">' node plan.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own. Exit code 1: something was not as it should be.
import { AHEAD, database, done, open as openAs, openPhone, played, player } from './browser.mjs'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node plan.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const HR = 'Petugas kepegawaian (HR)'
const PERSON = 'Arsiparis, sudah mengirim'
const BOSS = 'Atasan langsung, menyetujui rencana'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(90_000)
const { count, said, last, press, type, shot, check, cost } = player(phone, folder)
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}
// fetched saves the newest file of that name.
const fetched = async (name, file) => {
  await page.locator(`[data-document="${name}"]`).last().waitFor()
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-document="${name}"]`).last().click()])
  await download.saveAs(`${folder}/${file}`)
}
// The year that is planned: from December on the next one.
const year = sql(`SELECT extract(year FROM (now() + ${AHEAD}) AT TIME ZONE 'Asia/Jakarta' + interval '1 month')`)
const state = (of = '') => sql(`SELECT count(DISTINCT l.employee_id) FROM plan_line l JOIN employee e ON e.id = l.employee_id JOIN unit u ON u.id = e.unit_id WHERE l.year = ${year} AND ${of}`)

await played(sql)

// From the result to a plan that is submitted.
await as(PERSON)
await type('/asesmen')
await press('Lihat hasil')
await page.waitForTimeout(1500)
await shot('rencana-1-hasil')
count.begin()
await press('Rencana saya')
await shot('rencana-2-usulan')
await press('Pilih semua usulan')
await shot('rencana-3-dipilih')
await press('Ajukan')
await shot('rencana-4-ajukan')
await press('Ya, ajukan')
await shot('rencana-5-diajukan')
cost('from the result to a plan that is submitted', 5)
check('lines are submitted', sql(`SELECT count(*) > 0 FROM plan_line WHERE year = ${year} AND state = 'submitted' AND submitted_at > now() + ${AHEAD} - interval '10 minutes'`), 't')

// The superior agrees to seven plans.
const waiting = `u.name = 'SMP Negeri 1 Tirta Raya' AND l.state = 'submitted'`
check('seven plans wait', state(waiting), '7')
await as(BOSS)
await type('/tugas')
await shot('rencana-6-tugas')
await press(await page.locator('[data-button-label^="Rencana"]').last().getAttribute('data-button-label'))
await shot('rencana-7-tim', last(), 'start')
count.begin()
await press('Setujui semua 7')
await shot('rencana-8-yakin')
await press('Ya, setujui')
await shot('rencana-9-disetujui')
cost('a superior agrees to seven plans', 2)
check('none waits', state(waiting), '0')
await press('Kemajuan tim')
await shot('rencana-10-kemajuan')

// The agency's plan for the budget.
await as(HR)
await type('/laporan', 'Analisis kebutuhan')
await press('Kebutuhan dan usulan')
count.begin()
await press('Cakupan kebutuhan')
if (await last().locator(`[data-button-label="${year}"]`).count() > 0) await press(year)
await shot('rencana-11-cakupan', last(), 'start')
await press('Rencana XLSX')
await fetched('rencana-pengembangan.xlsx', 'rencana-pengembangan.xlsx')
await press('Rencana PDF')
await said('disiapkan sebagai berkas').waitFor()
await fetched('rencana-pengembangan.pdf', 'rencana-pengembangan.pdf')
await shot('rencana-12-berkas')
cost('the plan for the budget, twice', 4)
check('it is a PDF', readFileSync(`${folder}/rencana-pengembangan.pdf`).subarray(0, 5).toString(), '%PDF-')
try {
  execFileSync('pdftoppm', ['-r', '90', '-png', `${folder}/rencana-pengembangan.pdf`, `${folder}/rencana-pengembangan`])
} catch (e) {
  console.log(`no pictures of the plan: ${e.message}`)
}
await done(browser, faults)
