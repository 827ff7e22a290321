// A phone-sized page in headless Chromium, for the scripts beside this file.
import { chromium } from 'playwright-core'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const READ = 200 // words a minute
const TAP = 4 // seconds to think of a person and tap
const LETTERS = 2 // typed in a second on a phone
const PACE_MS = 550 // the bot reads at most twenty presses of a person in ten seconds
// AHEAD is by how much the clock of the demo is ahead, in SQL.
export const AHEAD = "COALESCE((SELECT text::bigint FROM bot_state WHERE name = 'demo_ahead'), 0) * interval '1 second'"

export async function openPhone() {
  const executablePath = process.env.CHROMIUM ??
    ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync)
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-quic',
    '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'] })
  const page = await browser.newPage({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, acceptDownloads: true })
  page.setDefaultTimeout(15_000)
  const faults = []
  page.on('pageerror', e => faults.push(`page error: ${e.message}`))
  const noOverflow = async where => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (wide > 0) faults.push(`${where}: ${wide} px wider than the screen`)
  }
  return { browser, page, faults, noOverflow }
}

// database runs a query in the demo's database, named as `psql` takes it.
export const database = name => q => execFileSync('psql', [name, '-Atc', q], { encoding: 'utf8' }).trim()

// played waits until the demo has played its sample people, however slow the machine is.
export async function played(sql) {
  while (sql("SELECT count(*) FROM bot_state WHERE name = 'demo_played'") === '0') await new Promise(r => setTimeout(r, 300))
}

// stop ends a walk that this demo cannot show any more.
export function stop(sentence) {
  console.error(`${sentence} Start the demo anew.`)
  process.exit(1)
}

// inTime ends the walk when the demo's clock has passed a deadline of the period.
export function inTime(sql, column, what) {
  if (sql(`SELECT count(*) FROM period WHERE closed_at IS NULL AND ${column} > now() + ${AHEAD}`) === '0') {
    stop(`The clock of this demo has passed the deadline of ${what}.`)
  }
}

// inside finds something in the list and opens the part that it stands in.
async function inside(page, target) {
  await target.waitFor({ state: 'attached' })
  if (!await target.isVisible()) await target.evaluate(t => t.closest('details').querySelector('summary').click())
  return target
}

// persona is the person of that role in the list, or the first of all.
export async function persona(page, address, role = '') {
  await page.goto(address)
  return inside(page, page.locator('[data-persona]', { hasText: role }).first())
}

// open opens the chat of the person of that role.
export const open = async (page, address, role) => (await persona(page, address, role)).click()

// run presses the button of a job and returns what the page says.
export async function run(page, address, job) {
  await page.goto(address)
  await (await inside(page, page.locator(`[data-job="${job}"]`))).click()
  await page.locator('#toast:not([hidden])').waitFor()
  return page.locator('#toast').innerText()
}

// clear takes away what the page shows beside the chat itself, for a picture.
export const clear = page => page.evaluate(() => { for (const id of ['toast', 'tip']) document.getElementById(id).hidden = true })

// meter counts taps and messages, and the minutes that they take: a line is read once,
// and a message is typed and then sent as a tap is made.
export function meter() {
  let taps = 0
  let messages = 0
  let letters = 0
  let words = 0
  const lines = new Set()
  const seconds = () => words / READ * 60 + (taps + messages) * TAP + letters / LETTERS
  return {
    begin() { taps = messages = letters = words = 0; lines.clear() },
    tap() { taps++ },
    write(text) { messages++; letters += text.length },
    read(text) {
      for (const line of text.split('\n')) {
        if (line.length > 30 && !lines.has(line)) {
          lines.add(line)
          words += line.split(/\s+/).length
        }
      }
    },
    taps: () => taps,
    messages: () => messages,
    seconds,
    said: () => `${taps} taps, ${messages > 0 ? `${messages} messages, ` : ''}about ${(seconds() / 60).toFixed(1)} minutes`,
  }
}

// looks is how the chat looks, without what a button shows while it waits for its answer.
const looks = page => page.evaluate(() => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join().replaceAll(' aria-busy="true"', ''))

// changes does something and waits until the chat looks different: a reminder may stand below
// the card that is pressed. What only flashes a word leaves the chat as it is: then it is
// waited for that, and for six seconds more.
export async function changes(page, act, patience = 60_000) {
  const before = await looks(page)
  await act()
  let answered = 0
  for (const end = Date.now() + patience; await looks(page) === before; await page.waitForTimeout(50)) {
    const waits = await page.locator('[data-message-id] [aria-busy="true"]').count() > 0
    if (waits || !answered) answered = Date.now()
    if (!waits && Date.now() > answered + 6000) return
    if (Date.now() > end) throw new Error('the chat has not changed')
  }
}

// player is what a person does in the chat that is open, with what it costs: each press
// and each message is counted, and what the bot answers is read.
export function player({ page, faults, noOverflow }, folder) {
  const count = meter()
  const bots = () => page.locator('[data-message-id][data-from="bot"]')
  const last = () => bots().last()
  const said = words => bots().filter({ hasText: words }).last()
  async function changed(act) {
    await page.waitForTimeout(PACE_MS)
    await changes(page, act)
    await page.waitForTimeout(300)
  }
  const press = async (label, within = page) => {
    const button = within.locator(`[data-button-label="${label}"]`).last()
    await button.waitFor()
    await changed(async () => { count.tap(); await button.click() })
    count.read(await (within === page ? last() : within).innerText())
  }
  // type writes and sends; with an answer it waits until the bot has said that.
  const type = async (text, answer = '') => {
    await changed(async () => {
      count.write(text)
      await page.locator('#text').fill(text)
      await page.locator('#send').click()
    })
    await said(answer).waitFor()
    await page.waitForTimeout(300)
    count.read(await last().innerText())
  }
  const shot = async (name, locator = last(), block = 'end') => {
    await page.waitForTimeout(400)
    await clear(page)
    if (locator && await locator.count() > 0) await locator.evaluate((m, block) => m.scrollIntoView({ block }), block)
    await page.screenshot({ path: `${folder}/${name}.png` })
    await noOverflow(name)
  }
  const check = (what, got, want) => {
    const same = JSON.stringify(got) === JSON.stringify(want)
    console.log(`${same ? 'as it should be' : 'WRONG'}: ${what}: ${JSON.stringify(got)}`)
    if (!same) faults.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
  }
  // cost tells what was done since begin, which may not take more than that.
  const cost = (what, taps, messages = 0) => {
    console.log(`${what}: ${count.said()}`)
    if (count.taps() > taps || count.messages() > messages) {
      faults.push(`${what} takes ${count.taps()} taps and ${count.messages()} messages, want at most ${taps} and ${messages}`)
    }
  }
  // drawn waits until the newest picture is there.
  const drawn = () => page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
  return { count, bots, last, said, changed, press, type, shot, check, cost, drawn }
}

// done ends the walk with what was not as it should be.
export async function done(browser, faults) {
  for (const f of faults) console.error(f)
  await browser.close()
  process.exit(faults.length ? 1 : 0)
}
