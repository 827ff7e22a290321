// Plays a training in a running `bangkom demo` in headless Chromium at 390 px, from the
// programme to the report-back: the personnel office makes a programme and a batch and
// announces it, and a second officer approves; it seats people by a spreadsheet; an officer
// nominates five, one without an account, and replaces one; ten register, of whom one waits
// for a seat; superiors permit, one of them seven at once from the summary; two check in by
// code, the committee ticks the rest of forty; people answer the evaluation; after its close
// the office reads the comments and the results and reports back. Ends with a table of taps.
//
//   DATABASE='<what the demo prints behind "psql">' node training.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It wants a demo of its own: it moves the clock by weeks.
// Exit code 1: something was not as it should be.
import { changes, clear, database, meter, open as openAs, openPhone, run as runJob, stop } from './browser.mjs'
import ExcelJS from 'exceljs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node training.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const PACE_MS = 550 // the bot reads at most twenty presses of a person in ten seconds
const WAIT_MS = 90_000
const HR = 'Petugas kepegawaian (HR)'
const HR2 = 'Petugas kedua (HR)'
const OFFICER = 'Petugas kepegawaian unit'
const COMMITTEE = 'Dapat ikut menilai'
const FIRST = 'Mendaftar pelatihan'
const SECOND = 'Dinilai atasan, sudah mengirim'
const THIRD = 'Sudah terhubung, sudah mengirim'
const NOMINATED = ['Dapat diusulkan, sudah mengirim', 'Dapat diusulkan unit kerja', 'Dapat diusulkan, peserta kedua', 'Dapat diusulkan, peserta ketiga']
const TEAM = ['Arsiparis, sudah mengirim', ...[2, 3, 4, 5, 6, 7].map(n => `Anggota tim, pendaftar ${n}`)]
const TEAM_BOSS = 'Atasan langsung 14 pegawai'
const UNIT = 'Kecamatan Muara Indah'
const SEATS = 40
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
const shot = async (name, locator = last(), block = 'end') => {
  await page.waitForTimeout(400)
  await clear(page)
  await locator.evaluate((m, block) => m.scrollIntoView({ block }), block)
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
  await changes(page, act, WAIT_MS)
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
const table = []
// taps notes how many taps something took, and how many it may take.
const taps = (what, want) => {
  table.push([what, count.taps(), want ?? '', count.said().match(/about (.*) minutes/)[1]])
  if (want && count.taps() !== want) faults.push(`${count.taps()} taps: ${what}, want ${want}`)
}
const pictured = () => page.waitForFunction(() => [...document.querySelectorAll('[data-message-id] img')].at(-1)?.naturalWidth > 0)
const ahead = "COALESCE((SELECT text::bigint FROM bot_state WHERE name = 'demo_ahead'), 0) * interval '1 second'"
const day = n => sql(`SELECT to_char((now() + ${ahead} + interval '${n} days') AT TIME ZONE 'Asia/Jakarta', 'DD-MM-YYYY')`)
const people = sql(`SELECT e.nip FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = '${UNIT}' ORDER BY e.id`).split('\n')
const nameOf = nip => sql(`SELECT split_part(name, ',', 1) FROM employee WHERE nip = '${nip}'`)
const BATCH = "batch b JOIN programme g ON g.id = b.programme_id AND g.code = 'PDLK-1'" // the demo has planned another one
// The demo begins with a batch that was held the year before.
const HELD = "(SELECT id FROM batch WHERE ends_at < now() - interval '60 days')"
const seated = `SELECT count(*) FROM enrolment WHERE batch_id NOT IN ${HELD} AND state = 'seated' AND way <> 'walk_in'`

// The demo plays its sample people first.
const linked = () => sql(`SELECT count(*) FROM chat c JOIN employee e ON e.id = c.employee_id JOIN unit u ON u.id = e.unit_id WHERE u.name IN ('${UNIT}', 'Bagian Umum Sekretariat Daerah')`)
while (Number(linked()) < 16) await page.waitForTimeout(300)
await page.waitForTimeout(1000)
if (sql("SELECT count(*) FROM batch WHERE state <> 'planned' AND ends_at > now()") !== '0') stop('A batch was made in this demo already.')
// A Wednesday in the fourth week: between today and the training lie the announcement, a
// working day until registration opens, and a Monday with a summary.
const weekday = Number(sql(`SELECT extract(isodow FROM (now() + ${ahead}) AT TIME ZONE 'Asia/Jakarta')`))
const away = 24 - weekday

// The programme, with two competencies, and a batch of it.
await as(HR)
count.begin()
await type('/kelola')
await press('Pelatihan', 'Program', 'Program baru')
await type('Pengolahan Data dengan Lembar Kerja', 'PDLK-1', 'Data layanan diolah tanpa salah hitung.', 'menyusun laporan bulanan dengan lembar kerja')
await press('Bimbingan teknis')
await type('8')
await press('80%', 'Urutan pendaftaran', '15', '3')
await shot('pelatihan-2-kompetensi')
await press('5', '2', 'Selesai')
if (await last().locator('[data-button-label="Tanpa mitra"]').count() > 0) await press('Tanpa mitra')
await shot('pelatihan-3-periksa-program')
await press('Simpan', 'Angkatan baru')
await type(day(away))
await press('Hari yang sama')
await type('08.30-15.30', 'Aula Badan Kepegawaian Daerah', 'Rahmat Hidayat', String(SEATS), 'Muara Indah 6', 'Bagian Umum 7')
await shot('pelatihan-4-kuota')
await press('Selesai')
await type('hari ini', day(away - 8), day(away - 5))
await press('Tanpa biaya', 'Tidak ada perjalanan')
await type('Subbidang Pengembangan Kompetensi, 0800-000-000')
await press('Lewati', 'Lewati')
await type('Pakaian dinas harian')
await press('Lewati', 'Lewati')
await shot('pelatihan-5-periksa-angkatan')
await press('Simpan', 'Tampilkan ke pegawai')
await shot('pelatihan-6-angkatan')
taps('a programme and a batch')
check('the batch is open with its quotas', sql(`SELECT b.state, sum(q.seats) FROM ${BATCH} JOIN batch_quota q ON q.batch_id = b.id GROUP BY b.state`), 'open|13')
check('the programme develops two competencies', sql("SELECT count(*) FROM programme_competency a JOIN programme g ON g.id = a.programme_id WHERE g.code = 'PDLK-1'"), '2')

// It is announced from its card, to the units that have a share of the seats: more than
// one officer may tell alone.
count.begin()
await press('Tulis pengumuman')
await page.locator('[data-button-label="Minta persetujuan"]').waitFor()
await shot('umumkan-1-naskah')
await press('Minta persetujuan')
taps('to announce the batch')
await as(HR2)
await type('/siaran')
await press('Periksa permintaan')
await said('Contoh penerima').waitFor()
await shot('umumkan-2-periksa')
await press('Setujui')
check('registration waits until all have been told', sql(`SELECT b.state, b.opens_at > now() FROM ${BATCH}`), 'open|t')
await as(HR)
await type('/kelola')
await press('Pelatihan', '1', 'Panitia', 'Tambah panitia')
await type(sql("SELECT e.nip FROM employee e JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Dinas Perhubungan' ORDER BY e.id OFFSET 3 LIMIT 1"))
await shot('pelatihan-7-panitia')

// Other units have sent a list: they are seated by a spreadsheet.
const listed = sql(`SELECT e.nip FROM employee e JOIN unit u ON u.id = e.unit_id
  WHERE u.name IN ('Dinas Pelayanan Terpadu', 'SMP Negeri 1 Tirta Raya', 'Dinas Pekerjaan Umum') ORDER BY u.name, e.id DESC LIMIT 26`).split('\n')
const book = new ExcelJS.Workbook()
const sheet = book.addWorksheet('Peserta')
sheet.addRow(['NIP', 'KODE PROGRAM', 'ANGKATAN', 'NOMOR SURAT', 'TANGGAL SURAT'])
for (const nip of listed) sheet.addRow([nip, 'PDLK-1', 1, '800/17/2026', day(0)])
count.begin()
await changed(async () => page.locator('#file').setInputFiles({ name: 'peserta.xlsx', buffer: Buffer.from(await book.xlsx.writeBuffer()), mimeType: 'application/octet-stream' }))
await said('Pratinjau').waitFor()
await still()
await shot('usulan-0-berkas')
await press('Terapkan')
check('26 are seated by a spreadsheet', sql(seated), '26')
console.log(await runJob(page, address, 'Pengumuman dan tempat'))

// The officer nominates five, one of them without an account.
await as(OFFICER)
await shot('umumkan-3-diterima', said('Pendaftaran dibuka'))
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
check('five are nominated beside them', sql(`${seated} AND way = 'nominated'`), '31')
await shot('usulan-3-peserta')

// Registration opens. One registers from the announcement, the others from /pelatihan: all
// but the last one get a seat that waits for permission, that one waits for a seat.
console.log(await runJob(page, address, 'Pelatihan berikutnya'))
console.log(await runJob(page, address, 'Pengumuman dan tempat'))
await as(FIRST)
await shot('ikut-0-pengumuman')
count.begin()
await press('Saya ikut')
taps('to register from the announcement', 1)
await shot('ikut-2-izin')
for (const role of [SECOND, ...TEAM, THIRD]) {
  await as(role)
  await type('/pelatihan')
  if (role === SECOND) await shot('ikut-1-daftar')
  count.begin()
  await press('1', 'Saya ikut')
  if (role === SECOND) taps('to register', 2)
  if (count.taps() !== 2) faults.push(`${count.taps()} taps to register as ${role}`)
  const want = role === THIRD ? 'daftar tunggu' : 'menunggu izin atasan'
  // A reminder may have come below it.
  await said(want).waitFor().catch(async () => faults.push(`${role}: ${await last().innerText()}, want ${want}`))
}
await shot('ikut-4-menunggu')
check('forty seats, none more, and one waits', [sql(seated), sql("SELECT count(*) FROM enrolment WHERE state = 'waiting'")], [String(SEATS), '1'])

// A superior permits seven at once from the summary; others one from the list.
console.log(await runJob(page, address, 'Ringkasan mingguan'))
await as(TEAM_BOSS)
await shot('izin-0-daftar', said('izin pelatihan menunggu'))
await type('/ringkasan') // the list of the day has the button too
const permits = bots().filter({ has: page.locator('[data-button-label="Beri izin 7"]') }).last()
await permits.waitFor()
await shot('izin-1-ringkasan', permits)
count.begin()
await press('Beri izin 7')
await shot('izin-2-tanya')
await press('Ya, beri izin')
taps('seven permissions', 2)
await shot('izin-3-diberi')
check('seven permissions are stored', sql("SELECT count(*) FROM enrolment WHERE permission = 'given'"), '7')
for (const role of ['Atasan langsung, izin pelatihan', 'Atasan langsung 2 pegawai']) {
  await as(role)
  await type('/pelatihan')
  await press('Izin menunggu: 1')
  if (role === 'Atasan langsung 2 pegawai') await shot('izin-4-daftar')
  await press('Beri izin')
}
check('all are permitted', sql("SELECT count(*) FILTER (WHERE permission = 'given'), count(*) FILTER (WHERE permission = 'asked') FROM enrolment WHERE state = 'seated'"), '9|0')

// The officer replaces one, and notes the surat tugas.
await as(OFFICER)
await type('/unit')
count.begin()
await press('Pelatihan', '1')
const numberIn = async name => {
  await last().filter({ hasText: name }).waitFor()
  return (await last().innerText()).match(new RegExp(`^(\\d+)\\. .*${name}`, 'm'))?.[1]
}
await press(await numberIn(nameOf(people[3])), 'Ganti peserta')
await shot('usulan-5-ganti')
await type(people[9])
taps('to replace a participant, and the name', 4)
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
await pictured()
await shot('hadir-2-kode')
for (const role of [FIRST, SECOND]) {
  await as(role)
  await said('Kode hadir ditampilkan panitia').waitFor()
  if (role === FIRST) await shot('hadir-0-pengingat')
  count.begin()
  await press('Isi kode hadir')
  count.tap()
  await type(code)
  taps(`to check in, and the code${role === FIRST ? '' : ' (another one)'}`, 2)
  if (role === FIRST) await shot('hadir-3-tercatat')
}
check('two came by code', sql("SELECT count(*) FROM attendance WHERE way = 'code' AND present"), '2')
await as(COMMITTEE)
await type('/pelatihan')
count.begin()
await press('Panitia', 'Semua hadir, kecuali')
await shot('hadir-4-kecuali')
for (const name of [nameOf(people[9]), nameOf(listed[0]), nameOf(listed[1])]) await press(await numberIn(name))
await shot('hadir-4-kecuali-tiga')
await press('Simpan')
taps('forty present except three', 6)
await shot('hadir-5-tersimpan')
check('37 of 40 were there', sql(`SELECT count(*) FILTER (WHERE present), count(*) FROM attendance a JOIN training_session s ON s.id = a.session_id WHERE s.batch_id NOT IN ${HELD}`), '37|40')

// They are asked, and answer.
console.log(await runJob(page, address, 'Pelatihan berikutnya'))
const comments = ['Contoh kasus diambil dari laporan kecamatan.', 'Waktu praktik ditambah satu jam.', 'Berkas latihan dibagikan sehari sebelumnya.',
  'Ruang dibagi dua supaya layar terlihat dari belakang.', 'Jaringan internet di aula diperiksa sebelum mulai.', 'Materi rumus dibuat lebih pelan.']
let nth = 0
for (const role of [FIRST, SECOND, ...NOMINATED, ...TEAM]) {
  await as(role)
  await said('Boleh tidak diisi').waitFor()
  const told = Number((await said('Boleh tidak diisi').innerText()).match(/sekitar (\d+) menit/)[1])
  if (role === FIRST) await shot('evaluasi-1-undangan', last(), 'center')
  count.begin()
  await press('Mulai')
  for (let n = 0; n < 15; n++) {
    const has = label => last().locator(`[data-button-label="${label}"]`).count()
    if (await has('Kirim') > 0) break
    if (n === 4 && role === FIRST) await shot('evaluasi-2-kemampuan')
    if (await has('Lewati') > 0) {
      if (role === FIRST) await shot('evaluasi-4-saran')
      if (nth % 2 === 1) {
        count.tap()
        await type(comments[(nth - 1) / 2])
      } else await press('Lewati')
      continue
    }
    const answers = last().locator('[data-button-label]')
    const pick = n === 4 ? nth % 3 : n === 5 ? 2 + nth % 3 : 3 - (nth + n) % (n === 2 ? 3 : 2)
    await press(await answers.nth(pick).getAttribute('data-button-label'))
  }
  if (role === FIRST) await shot('evaluasi-3-periksa')
  await press('Kirim')
  if (role === FIRST) {
    taps('an evaluation', 9)
    check('its invitation tells as many minutes as it takes', told >= count.seconds() / 60, true)
  }
  if (count.taps() !== 9) faults.push(`${count.taps()} taps for the evaluation as ${role}`)
  if (role === SECOND) await shot('evaluasi-5-terkirim')
  nth++
}
const answers = String(nth)
check('who has answered', sql("SELECT count(*) FROM task WHERE kind = 'training_evaluation' AND state = 'done'"), answers)

// It closes, after other things that come in these days: comments, results, and what was
// done about them. The demo has evaluations of earlier batches.
const evaluated = `evaluation WHERE batch_id = (SELECT b.id FROM ${BATCH})`
for (let n = 0; n < 5 && sql(`SELECT count(*) FROM ${evaluated} AND closes_at > now() + ${ahead}`) !== '0'; n++) {
  console.log(await runJob(page, address, 'Pelatihan berikutnya'))
}
await until('the evaluation is counted', `SELECT state, answered FROM ${evaluated}`, `published|${answers}`)
check('nothing tells any more who has answered', sql("SELECT count(DISTINCT state), count(started_at) + count(done_at) FROM task WHERE kind = 'training_evaluation'"), '1|0')
console.log(await runJob(page, address, 'Pengumuman dan tempat'))
await as(HR)
await type('/umpanbalik')
await shot('hasil-1-daftar')
await press('Lihat hasil 1')
await pictured()
await shot('hasil-2-gambar', bots().filter({ has: page.locator('img') }).last(), 'start')
await press('Baca saran')
await shot('hasil-5-saran')
for (let n = 0; n < comments.length; n++) await press('Tampilkan')
await said('dibaca').waitFor()
await press('Lihat hasil')
await pictured()
check('all comments may be read', (await said('Saran peserta').innerText()).match(/•/g)?.length, comments.length)
await shot('hasil-6-dengan-saran')
await press('Tulis tindak lanjut')
await type('Materi ditambah contoh dari kecamatan, dan waktu praktik diperpanjang pada angkatan berikutnya.')
await shot('hasil-3-tindak-lanjut')
await runJob(page, address, 'Pengumuman dan tempat')
await as(FIRST)
await said('Masukan peserta, dan yang dilakukan').waitFor()
await shot('hasil-4-kabar')

const wide = Math.max(...table.map(([what]) => what.length))
console.log(`\n${'what'.padEnd(wide)}  taps  want  minutes`)
for (const [what, n, want, minutes] of table) console.log(`${what.padEnd(wide)}  ${String(n).padStart(4)}  ${String(want).padStart(4)}  ${minutes.padStart(7)}`)
for (const f of faults) console.error(f)
await browser.close()
process.exit(faults.length ? 1 : 0)
