// Plays a superior who names a stand-in (Plt. or Plh.), and somebody who was rated and
// says something about it, in a running `bangkom demo` in headless Chromium at 390 px,
// after rating.mjs. Counts taps and messages.
//
//   DATABASE='<what the demo prints behind "psql">' node standin.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { clear, database, open as openAs, openPhone } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node standin.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const PACE_MS = 550 // the bot reads at most twenty presses of a person in ten seconds
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const { browser, page, faults, noOverflow } = await openPhone()
let taps = 0
let messages = 0
const chat = () => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join()
async function changed(act) {
  await page.waitForTimeout(PACE_MS)
  const before = await page.evaluate(chat)
  await act()
  await page.waitForFunction(was => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join() !== was, before)
  await page.waitForTimeout(250)
}
const press = label => changed(() => { taps++; return page.locator(`[data-button-label="${label}"]`).last().click() })
const type = text => changed(async () => {
  messages++
  await page.locator('#text').fill(text)
  await page.locator('#send').click()
})
const shot = async name => {
  await page.waitForTimeout(300)
  await clear(page)
  await page.screenshot({ path: `${folder}/${name}.png` })
  await noOverflow(name)
}
// expect waits until the bot has said it.
const expect = async (what, words) => {
  const said = page.locator('[data-message-id][data-from="bot"]', { hasText: words }).last()
  if (!await said.waitFor().then(() => true, () => false)) faults.push(`${what}: nobody says "${words}"`)
}

// From the menu to the record: who, then dates and letter in one message.
await openAs(page, address, 'Atasan langsung 2 pegawai')
await type('menu')
await shot('plt-1-menu')
taps = messages = 0
const before = sql('SELECT count(*) FROM delegation')
await press('Plt. dan Plh.')
await shot('plt-2-siapa')
await press('1')
await shot('plt-3-kapan')
await type('besok sampai lusa, 800/12/BKD/2027')
await expect('a stand-in', 'Tercatat:')
await shot('plt-4-tercatat')
console.log(`a stand-in: ${taps} taps, ${messages} message`)
if (taps > 2 || messages > 1) faults.push(`a stand-in takes ${taps} taps and ${messages} messages`)
if (Number(sql('SELECT count(*) FROM delegation')) !== Number(before) + 1) faults.push('no stand-in was stored')

// What somebody says who was rated.
await openAs(page, address, 'Dinilai atasan, sudah mengirim')
taps = messages = 0
await press('Tulis tanggapan')
await shot('tanggapan-1-tulis')
await type('Sejak Oktober saya melayani dua loket, jadi target berubah.')
await expect('a reply', 'kabar bahwa ada tanggapan dikirim')
await shot('tanggapan-2-tersimpan')
console.log(`a reply: ${taps} tap, ${messages} message`)
await press('Tanggapan saya')
await shot('tanggapan-3-milik')
await press('Kirim ke petugas')
await shot('tanggapan-4-petugas')
await press('Batal')
await press('Buka perbandingan')
await shot('tanggapan-5-perbandingan')
for (const f of faults) console.error(f)
await browser.close()
process.exit(faults.length ? 1 : 0)
