// Plays an announcement with a training in a running `bangkom demo` in headless Chromium at
// 390 px: the personnel office imports a batch, shows it and announces it from its card to
// one unit; an employee registers from the announcement. Counts taps and messages.
//
//   DATABASE='<what the demo prints behind "psql">' node carry.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: nobody gets more than one of these messages in a day.
// Exit code 1: something was not as it should be.
import { AHEAD, database, done, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node carry.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const UNIT = 'Kecamatan Muara Indah'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
page.setDefaultTimeout(60_000)
const { count, last, said, press, type, shot, check, cost } = player(phone, folder)
const day = n => sql(`SELECT to_char((now() + ${AHEAD} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await page.waitForTimeout(400)
}

await played(sql)
if (sql("SELECT count(*) FROM batch WHERE state <> 'planned' AND ends_at > now()") !== '0') stop('A batch was made in this demo already.')

// A batch from a file.
const batch = { 'KODE PROGRAM': 'PDLK-1', 'JUDUL PROGRAM': 'Pengolahan Data dengan Lembar Kerja', 'KEMAMPUAN': 'menyusun laporan bulanan dengan lembar kerja',
  'BENTUK': 'Bimbingan teknis', 'JP': '8', 'CARA PENGISIAN': 'urutan', 'ANGKATAN': '1', 'JUMLAH TEMPAT': '15', 'TANGGAL MULAI': day(28), 'TANGGAL SELESAI': day(28),
  'JAM MULAI': '08.30', 'JAM SELESAI': '15.30', 'LOKASI': 'Aula Badan Kepegawaian Daerah', 'PENDAFTARAN DIBUKA': day(0), 'PENDAFTARAN SAMPAI': day(21),
  'IZIN ATASAN SAMPAI': day(24), 'NARAHUBUNG': 'Subbidang Pengembangan Kompetensi, 0800-000-000' }
await as('Petugas kepegawaian (HR)')
await type('/impor', 'contohnya terlampir')
const csv = [Object.keys(batch), Object.values(batch)].map(row => row.map(cell => `"${cell}"`).join(';')).join('\r\n')
await page.locator('#file').setInputFiles({ name: 'pelatihan.csv', buffer: Buffer.from(csv), mimeType: 'text/csv' })
await said('Pratinjau').waitFor()
await shot('pelatihan-siaran-0-impor')
await press('Terapkan')
await said('Diterapkan pukul').waitFor()

// It is shown, and announced from its card.
await type('/kelola', 'Permintaan menunggu')
count.begin()
await press('Pelatihan')
await press('1')
if (await last().locator('[data-button-label="Tampilkan ke pegawai"]').count() > 0) await press('Tampilkan ke pegawai')
await press('Tulis pengumuman')
await press('Sasaran')
await press('Unit kerja')
await type('muara', 'Yang cocok')
await press('1')
await press('‹ Selesai memilih')
await shot('pelatihan-siaran-1-kartu')
await press('Kirim')
await shot('pelatihan-siaran-1-tanya')
await press('Ya, kirim')
cost('a training announced to one unit', 10, 1)
console.log(await runJob(page, address, 'Pengumuman dan tempat'))

// An employee registers from it.
await as('Mendaftar pelatihan')
await said('Lihat pelatihan').or(page.locator('[data-button-label="Lihat pelatihan"]')).last().waitFor()
const message = page.locator('[data-message-id][data-from="bot"]').filter({ has: page.locator('[data-button-label="Lihat pelatihan"]') }).last()
await shot('pelatihan-siaran-2-diterima', message)
count.begin()
const join = message.locator('[data-button-label="Saya ikut"]')
check('the announcement leads to the registration', await join.count(), 1)
await press('Saya ikut', message)
await shot('pelatihan-siaran-3-ikut')
cost('to register from the announcement', 1)
await done(browser, faults)
