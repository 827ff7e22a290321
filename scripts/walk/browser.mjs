// A phone-sized page in headless Chromium, for the scripts beside this file.
import { chromium } from 'playwright-core'
import { existsSync } from 'node:fs'

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
