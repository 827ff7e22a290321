// Plays the weekly summaries of a running `bangkom demo` until after the deadline,
// in headless Chromium at 390 px. It moves the clock of the demo by weeks, so it
// comes after the other walks: they need a period that is open.
//
//   DATABASE='<what the demo prints behind "psql">' node weeks.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { AHEAD, clear, database, done, inTime, open, openPhone, played, run } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node weeks.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const { browser, page, faults, noOverflow } = await openPhone()
await played(sql)
inTime(sql, 'due_at', 'the self-assessments')

const card = () => page.locator('[data-message-id][data-from="bot"]').filter({ has: page.locator('[data-button-label="Atur ringkasan"]') }).last()
// Until the deadline has passed, which the office may have moved.
const before = () => sql(`SELECT count(*) FROM period WHERE closed_at IS NULL AND due_at > now() + ${AHEAD}`) !== '0'
for (let week = 1; week <= 4 || before() && week < 9; week++) {
  console.log(await run(page, address, 'Ringkasan mingguan'))
  await open(page, address, 'Atasan langsung, ringkasan mingguan')
  await card().waitFor()
  await page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
  await card().evaluate(m => m.scrollIntoView({ block: 'end' }))
  await page.waitForTimeout(400)
  await clear(page)
  await page.screenshot({ path: `${folder}/ringkasan-pekan-${week}.png` })
  await noOverflow(`week ${week}`)
  console.log((await card().innerText()).split('\n\n')[0])
}
const late = Number(sql("SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN employee e ON e.id = t.employee_id JOIN employee b ON b.id = e.supervisor_id JOIN unit u ON u.id = b.unit_id WHERE u.name = 'Dinas Perhubungan' AND t.kind = 'self_assessment' AND t.state NOT IN ('done', 'excused')"))
const named = Number((await card().innerText()).match(/(\d+) pegawai tidak mengisi sampai batas waktu/)?.[1] ?? 0)
if (named !== late || late === 0) faults.push(`${named} people are counted as late after the deadline, not ${late}`)
console.log(`after the deadline ${named} people are counted as late`)
await done(browser, faults)
