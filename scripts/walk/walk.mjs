// Plays one person of a running `bangkom demo` in headless Chromium at 390 px,
// from the code to the picture, and counts the taps.
//
//   node walk.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// With DATABASE set to what the demo prints behind "psql", the answers are
// looked up there. Exit code 1: more than 13 taps, no picture, something
// overflowed, or not nine more answers in the database.
import { clear, database, done, inTime, openPhone, persona, played, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const MAX_TAPS = 13
const PACE_MS = 550
const sql = process.env.DATABASE && database(process.env.DATABASE)
const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address) {
  console.error('usage: node walk.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const { browser, page, faults, noOverflow } = await openPhone()

let taps = 0
const shot = async name => {
  await clear(page)
  await page.screenshot({ path: `${folder}/${name}.png` })
}
const lastOfBot = () => page.locator('[data-message-id][data-from="bot"]').last()

async function tap(target) {
  await target.click()
  taps++
}

// press taps a button of the newest message and waits until the chat changed.
async function press(label) {
  const button = page.locator(`[data-button-label="${label}"]`).last()
  await button.waitFor()
  await page.waitForTimeout(PACE_MS) // what came of the press before is drawn
  const before = await lastOfBot().innerHTML()
  const count = await page.locator('[data-message-id]').count()
  await tap(button)
  await page.waitForFunction(([html, n]) => {
    const all = document.querySelectorAll('[data-message-id]')
    const bot = [...all].filter(m => m.dataset.from === 'bot').at(-1)
    return all.length !== n || bot.innerHTML !== html
  }, [before, count])
}

if (sql) await played(sql)
if (sql) inTime(sql, 'due_at', 'the self-assessments')
const first = await persona(page, address)
const person = Number(await first.getAttribute('data-persona'))
// Of this person and the open period only.
const stored = () => sql ? Number(sql(`SELECT count(*) FROM answer a JOIN response r ON r.id = a.response_id JOIN task t ON t.id = r.task_id JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN chat c ON c.employee_id = t.employee_id WHERE t.kind = 'self_assessment' AND c.id = ${person}`)) : 0
const answersBefore = stored()
await noOverflow('list')
await shot('1-daftar')
await first.click() // opening the chat is not a tap inside it
await page.locator('#start:not([hidden]), #messages > li').first().waitFor()
if (!await page.locator('#start').isVisible()) stop('The first person of this demo is connected already.')
await shot('2-mulai')

await tap(page.locator('[data-action="start"]'))
await page.locator('[data-button-label="Setuju"]').waitFor()
await noOverflow('notice')
await shot('3-pemberitahuan')
await press('Setuju')
await press('Mulai')
const answers = ['2', '3', '1', '2', 'Belum', '3', '2', '1', '2']
for (const [i, answer] of answers.entries()) {
  if (i === 0) { await noOverflow('question'); await shot('4-pertanyaan') }
  await press(answer)
}
await page.locator('[data-button-label="Kirim"]').waitFor()
await noOverflow('review')
await shot('5-periksa')
const sent = Date.now()
await press('Kirim')
const picture = page.locator('[data-message-id] img').last()
await picture.waitFor()
await page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
const seconds = (Date.now() - sent) / 1000
const width = await picture.evaluate(i => i.naturalWidth)
await noOverflow('result')
await picture.scrollIntoViewIfNeeded()
await shot('6-hasil')
await page.locator('[data-message-id]').last().scrollIntoViewIfNeeded()
await shot('7-minat')

if (sql && stored() !== answersBefore + answers.length) {
  faults.push(`${stored() - answersBefore} answers came into the database, want ${answers.length}`)
}
if (taps > MAX_TAPS) faults.push(`${taps} taps, at most ${MAX_TAPS} are allowed`)
if (width !== 800) faults.push(`the picture is ${width} px wide, want 800`)
if (sql) console.log(`${stored() - answersBefore} answers more in the database`)
console.log(`${taps} taps from the code to the picture; the result came ${seconds.toFixed(2)} s after Kirim`)
await done(browser, faults)
