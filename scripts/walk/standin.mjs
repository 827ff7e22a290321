// Plays a superior who names a stand-in (Plt. or Plh.), and somebody who was rated and
// says something about it, in a running `bangkom demo` in headless Chromium at 390 px,
// after rating.mjs. Counts taps and messages.
//
//   DATABASE='<what the demo prints behind "psql">' node standin.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// Exit code 1: something was not as it should be.
import { database, done, open as openAs, openPhone, played, player } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node standin.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
const { count, press, type, shot, cost } = player(phone, folder)

await played(sql)

// From the menu to the record: who, then dates and letter in one message.
await openAs(page, address, 'Atasan langsung 2 pegawai')
await type('menu')
await shot('plt-1-menu')
count.begin()
const before = sql('SELECT count(*) FROM delegation')
await press('Plt. dan Plh.')
await shot('plt-2-siapa')
await press('1')
await shot('plt-3-kapan')
await type('besok sampai lusa, 800/12/BKD/2027', 'Tercatat:')
await shot('plt-4-tercatat')
cost('a stand-in', 2, 1)
if (Number(sql('SELECT count(*) FROM delegation')) !== Number(before) + 1) faults.push('no stand-in was stored')

// What somebody says who was rated.
await openAs(page, address, 'Dinilai atasan, sudah mengirim')
count.begin()
await press('Tulis tanggapan')
await shot('tanggapan-1-tulis')
await type('Sejak Oktober saya melayani dua loket, jadi target berubah.', 'kabar bahwa ada tanggapan dikirim')
await shot('tanggapan-2-tersimpan')
cost('a reply', 1, 1)
await press('Tanggapan saya')
await shot('tanggapan-3-milik')
await press('Kirim ke petugas')
await shot('tanggapan-4-petugas')
await press('Batal')
await press('Buka perbandingan')
await shot('tanggapan-5-perbandingan')
await done(browser, faults)
