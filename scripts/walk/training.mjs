// Plays a training in a running `bangkom demo` in headless Chromium at 390 px, from the
// programme to the report-back: the personnel office makes a programme and a batch and
// announces it; an officer nominates five, one without an account, and replaces one; three
// register, of whom one waits; the superior permits from the summary; two check in by
// code, the committee ticks the rest; people answer the evaluation; after its close the
// office reads the results and reports back.
//
//   DATABASE='<what the demo prints behind "psql">' node training.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock by weeks.
// Exit code 1: something was not as it should be.
import { clear, database, meter, open as openAs, openPhone, run as runJob, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node training.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const PACE_MS = 550 // the bot reads at most twenty presses of a person in ten seconds
const WAIT_MS = 90_000
const HR = 'Petugas kepegawaian (HR)'
const OFFICER = 'Petugas kepegawaian unit'
const COMMITTEE = 'Dapat ikut menilai'
const FIRST = 'Mendaftar pelatihan'
const SECOND = 'Dinilai atasan, sudah mengirim'
const THIRD = 'Sudah terhubung, sudah mengirim'
const NOMINATED = ['Dapat diusulkan, sudah mengirim', 'Dapat diusulkan unit kerja', 'Dapat diusulkan, peserta kedua', 'Dapat diusulkan, peserta ketiga']
const UNIT = 'Kecamatan Muara Indah'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const { browser, page, faults, noOverflow } = await openPhone()
page.setDefaultTimeout(WAIT_MS)
const bots = () => page.locator('[data-message-id][data-from="bot"]')
const last = () => bots().last()
const said = text => bots().filter({ hasText: text }).last()
const check = (what, got, want) => {
  const same = JSON.stringify(got) === JSON.stringify(want)
  console.log(`${same ? 'as it should be' : 'WRONG'}: ${what}: ${JSON.stringify(got)}`)
  if (!same) faults.push(`${what}: ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}
const shot = async (name, locator = last()) => {
  await page.waitForTimeout(400)
  await clear(page)
  await locator.evaluate(m => m.scrollIntoView({ block: 'end' }))
  await page.screenshot({ path: `${folder}/${name}.png` })
  await noOverflow(name)
}
const count = meter()
const chat = () => page.evaluate(() => [...document.querySelectorAll('[data-message-id]')].map(m => m.innerHTML).join())
// still waits until the chat has stopped to change.
async function still() {
  for (let was = ''; was !== await chat(); await page.waitForTimeout(250)) was = await chat()
}
async function changed(act) {
  await page.waitForTimeout(PACE_MS)
  const before = await chat()
  await act()
  for (const end = Date.now() + WAIT_MS; await chat() === before; await page.waitForTimeout(50)) {
    if (Date.now() > end) throw new Error('the chat has not changed')
  }
  await still()
}
const press = async (...labels) => {
  for (const label of labels) {
    await changed(async () => {
      count.tap()
      await page.locator(`[data-button-label="${label}"]`).last().click()
    })
    count.read(await last().innerText())
  }
}
// type writes and sends, and waits until the bot has answered below it.
const type = async (...lines) => {
  for (const text of lines) {
    await page.waitForTimeout(PACE_MS)
    await page.locator('#text').fill(text)
    await page.locator('#send').click()
    await page.waitForFunction(t => {
      const all = [...document.querySelectorAll('[data-message-id]')]
      return all.at(-1)?.dataset.from === 'bot' && all.some(m => m.dataset.from !== 'bot' && m.innerText.includes(t))
    }, text)
    await still()
    count.read(await last().innerText())
  }
}
const as = async role => {
  await openAs(page, address, role)
  await last().waitFor()
  await still()
}
const until = async (what, query, want) => {
  for (const end = Date.now() + 2 * WAIT_MS; sql(query) !== want; await page.waitForTimeout(250)) {
    if (Date.now() > end) {
      faults.push(`${what}: ${sql(query)}, want ${want}`)
      return
    }
  }
  console.log(`as it should be: ${what}: ${want}`)
}
const taps = (what, most) => {
  console.log(`${what}: ${count.said()}`)
  if (count.taps() > most) faults.push(`${count.taps()} taps: ${what}, at most ${most}`)
}
const ahead = "COALESCE((SELECT text::bigint FROM bot_state WHERE name = 'demo_ahead'), 0) * interval '1 second'"
const day = n => sql(`SELECT to_char((now() + ${ahead} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const people = sql(`SELECT e.nip FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = '${UNIT}' ORDER BY e.id`).split('\n')
const nameOf = nip => sql(`SELECT split_part(name, ',', 1) FROM employee WHERE nip = '${nip}'`)
const seated = "SELECT count(*) FROM enrolment WHERE state = 'seated' AND way <> 'walk_in'"

// The demo plays its sample people first.
const linked = () => sql(`SELECT count(*) FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id WHERE u.name IN ('${UNIT}', 'Dinas Perhubungan')`)
while (Number(linked()) < 13) await page.waitForTimeout(300)
await page.waitForTimeout(1000)
if (sql('SELECT count(*) FROM batch') !== '0') stop('A batch was made in this demo already.')
// A Wednesday in the third week from now.
const weekday = Number(sql(`SELECT extract(isodow FROM (now() + ${ahead}) AT TIME ZONE 'Asia/Jakarta')`))
const away = 17 - weekday

// The programme, with two competencies, and a batch of it.
await as(HR)
count.begin()
await type('/kelola')
await press('Pelatihan', 'Program', 'Program baru')
await shot('pelatihan-1-program')
await type('Pengolahan Data dengan Lembar Kerja', 'PDLK-1', 'Data layanan diolah tanpa salah hitung.', 'menyusun laporan bulanan dengan lembar kerja')
await press('Bimbingan teknis')
await type('8')
await press('80%', 'Urutan pendaftaran', '15', '3')
await shot('pelatihan-2-kompetensi')
await press('5', '2', 'Selesai')
await shot('pelatihan-3-periksa-program')
await press('Simpan', 'Angkatan baru')
await type(day(away))
await press('Hari yang sama')
await type('08.30-15.30', 'Aula Badan Kepegawaian Daerah', 'Rahmat Hidayat', '7', 'Muara Indah 6')
await shot('pelatihan-4-kuota')
await press('Selesai')
await type('hari ini', day(away - 8), day(away - 5))
await press('Tanpa biaya', 'Tidak ada perjalanan')
await type('Subbidang Pengembangan Kompetensi, 0800-000-000')
await press('Lewati', 'Lewati', 'Lewati', 'Lewati', 'Lewati')
await shot('pelatihan-5-periksa-angkatan')
await press('Simpan', 'Tampilkan ke pegawai')
await shot('pelatihan-6-angkatan')
console.log(`a programme and a batch: ${count.said()}`)
check('the batch is open with its quota', sql('SELECT b.state, q.seats FROM batch b JOIN batch_quota q ON q.batch_id = b.id'), 'open|6')
check('the programme develops two competencies', sql('SELECT count(*) FROM programme_competency'), '2')
await press('Panitia', 'Tambah panitia')
await type(sql("SELECT e.nip FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Dinas Perhubungan' ORDER BY e.id OFFSET 3 LIMIT 1"))
await shot('pelatihan-7-panitia')

// It is announced.
await type('/siaran')
await press('Tulis baru')
await type('Pelatihan pengolahan data\nPendaftaran dibuka hari ini di /pelatihan.')
await press('Sasaran', 'Unit kerja')
await type('muara')
await press('1', '‹ Selesai memilih', 'Kirim', 'Ya, kirim')
console.log(await runJob(page, address, 'Pengumuman dan tempat'))

// The officer nominates five, one of them without an account.
await as(OFFICER)
await type('/unit')
await press('Pelatihan', '1', 'Usulkan peserta')
await type('800/41/KMI/2026', 'hari ini')
await shot('usulan-1-siapa')
await type(people[3])
check('one without an account', /belum terhubung/.test(await last().innerText()), true)
await shot('usulan-2-tanpa-akun')
for (const n of [5, 6, 7, 8]) {
  await press('Usulkan peserta', 'Surat yang sama')
  await type(people[n])
}
check('five are nominated', sql(`${seated} AND way = 'nominated'`), '5')
await shot('usulan-3-peserta')

// Three register: two get a seat that waits for permission, one waits for a seat.
for (const [role, want, name] of [[FIRST, 'menunggu izin atasan', '1-daftar'], [SECOND, 'menunggu izin atasan', ''], [THIRD, 'daftar tunggu', '3-menunggu']]) {
  await as(role)
  await type('/pelatihan')
  if (name) await shot(`ikut-${name}`)
  count.begin()
  await press('1', 'Saya ikut')
  taps('to register', 2)
  if (!(await last().innerText()).includes(want)) faults.push(`${role}: ${await last().innerText()}, want ${want}`)
  await shot(`ikut-${role === FIRST ? '2-izin' : role === SECOND ? '2-izin-kedua' : '4-menunggu'}`)
}
check('seven seats, none more', [sql(seated), sql("SELECT count(*) FROM enrolment WHERE state = 'waiting'")], ['7', '1'])

// A superior permits from the summary, another one from the list.
console.log(await runJob(page, address, 'Ringkasan mingguan'))
await as('Atasan langsung, izin pelatihan')
await type('/ringkasan') // the summary of this week may have come before they registered
const permits = bots().filter({ has: page.locator('[data-button-label^="Beri izin"]') }).last()
await permits.waitFor()
await shot('izin-1-ringkasan', permits)
count.begin()
await press(await permits.locator('[data-button-label^="Beri izin"]').last().getAttribute('data-button-label'))
await shot('izin-2-tanya')
await press('Ya, beri izin')
taps('all permissions that wait', 2)
await shot('izin-3-diberi')
check('the permission is stored', sql("SELECT count(*) FROM enrolment WHERE permission = 'given'"), '1')
await as('Atasan langsung 2 pegawai')
await type('/pelatihan')
await press('Izin menunggu: 1')
await shot('izin-4-daftar')
await press('Beri izin')
check('both are permitted', sql("SELECT count(*) FROM enrolment WHERE permission = 'given'"), '2')

// The officer replaces one, and notes the surat tugas.
await as(OFFICER)
await type('/unit')
count.begin()
await press('Pelatihan', '1')
const numbered = (await last().innerText()).match(new RegExp(`^(\\d+)\\. .*${nameOf(people[3])}`, 'm'))?.[1]
await press(numbered, 'Ganti peserta')
await type(people[9])
taps('to replace a participant, besides the name', 4)
check('one was replaced', sql("SELECT count(*) FROM enrolment WHERE state = 'replaced'"), '1')
await press('Surat tugas')
await type('800/52/KMI/2026', 'hari ini')
await shot('usulan-4-surat-tugas')

// The day: two check in by code, the committee ticks the rest.
console.log(await runJob(page, address, 'Pelatihan berikutnya'))
await as(COMMITTEE)
await type('/pelatihan')
await press('Panitia')
await shot('hadir-1-kegiatan')
await press('Kode hadir')
await said('Kode hadir').waitFor()
const code = (await said('berlaku sampai').innerText()).match(/\d{3} ?\d{3}/)[0]
await page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
await shot('hadir-2-kode')
for (const role of [FIRST, SECOND]) {
  await as(role)
  await said('Kode hadir ditampilkan panitia').waitFor()
  count.begin()
  await press('Isi kode hadir')
  count.tap()
  await type(code)
  taps('to check in', 2)
  await shot(`hadir-3-tercatat-${role === FIRST ? 1 : 2}`)
}
check('two came by code', sql("SELECT count(*) FROM attendance WHERE way = 'code' AND present"), '2')
await as(COMMITTEE)
await type('/pelatihan')
count.begin()
await press('Panitia', 'Semua hadir, kecuali')
const absent = (await last().innerText()).match(new RegExp(`^(\\d+)\\. .*${nameOf(people[9])}`, 'm'))?.[1]
await press(absent)
await shot('hadir-4-kecuali')
await press('Simpan')
taps('all present except one (and one for each further)', 4)
await shot('hadir-5-tersimpan')
check('six of seven were there', sql('SELECT count(*) FROM attendance WHERE present'), '6')

// They are asked, and answer.
console.log(await runJob(page, address, 'Pelatihan berikutnya'))
for (const role of [FIRST, SECOND, ...NOMINATED]) {
  await as(role)
  await said('Boleh tidak diisi').waitFor()
  if (role === FIRST) await shot('evaluasi-1-undangan')
  count.begin()
  await press('Mulai')
  for (let n = 0; n < 15; n++) {
    const has = label => last().locator(`[data-button-label="${label}"]`).count()
    if (await has('Kirim') > 0) break
    if (n === 4 && role === FIRST) await shot('evaluasi-2-kemampuan')
    const answers = last().locator('[data-button-label]')
    await press(await has('Lewati') > 0 ? 'Lewati' : await answers.nth(n === 4 ? 1 : 3).getAttribute('data-button-label'))
  }
  if (role === FIRST) await shot('evaluasi-3-periksa')
  await press('Kirim')
  taps('the evaluation', 9)
}
check('six have answered', sql("SELECT count(*) FROM task WHERE kind = 'training_evaluation' AND state = 'done'"), '6')

// It closes: results, and what was done about them.
console.log(await runJob(page, address, 'Pelatihan berikutnya'))
await until('the evaluation is counted', 'SELECT state FROM evaluation', 'published')
await as(HR)
await type('/umpanbalik')
await shot('hasil-1-daftar')
await press('Lihat hasil 1')
await page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
await shot('hasil-2-gambar')
await press('Tulis tindak lanjut')
await type('Materi ditambah contoh dari kecamatan, dan waktu praktik diperpanjang pada angkatan berikutnya.')
await shot('hasil-3-tindak-lanjut')
await runJob(page, address, 'Pengumuman dan tempat')
await as(FIRST)
await said('Masukan peserta, dan yang dilakukan').waitFor()
await shot('hasil-4-kabar')

for (const f of faults) console.error(f)
await browser.close()
process.exit(faults.length ? 1 : 0)
