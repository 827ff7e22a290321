// A phone-sized page in headless Chromium, for the scripts beside this file.
import { chromium } from 'playwright-core'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const READ = 200 // words a minute
const TAP = 4 // seconds to think of a person and tap
const AHEAD = "COALESCE((SELECT text::bigint FROM bot_state WHERE name = 'demo_ahead'), 0) * interval '1 second'"

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

// meter counts taps, and the minutes that they take: a line is read once.
export function meter() {
  let taps = 0
  let words = 0
  const lines = new Set()
  return {
    begin() { taps = 0; words = 0; lines.clear() },
    tap() { taps++ },
    read(text) {
      for (const line of text.split('\n')) {
        if (line.length > 30 && !lines.has(line)) {
          lines.add(line)
          words += line.split(/\s+/).length
        }
      }
    },
    taps: () => taps,
    said: () => `${taps} taps, about ${(words / READ + taps * TAP / 60).toFixed(1)} minutes`,
  }
}
