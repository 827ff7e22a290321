// Plays the weekly summary in a running `bangkom demo` in headless Chromium at
// 390 px: the job is run by the button of the page, then the superior reminds,
// excuses, hands a rating over and rates from the summary, which changes in place;
// its counts are compared with those of /tim and of the database.
//
//   DATABASE='<what the demo prints behind "psql">' node summary.mjs http://127.0.0.1:8080/ [folder for screenshots]
//
// It ends in the week of the summary; weeks.mjs plays the weeks after.
// Exit code 1: something was not as it should be.
import { database, done, inTime, open as openAs, openPhone, played, player, run as runJob, stop } from './browser.mjs'
import { mkdirSync } from 'node:fs'

const [address, folder = 'screenshots'] = process.argv.slice(2)
if (!address || !process.env.DATABASE) {
  console.error('usage: DATABASE=... node summary.mjs ADDRESS [FOLDER]')
  process.exit(2)
}
const ROLE = 'Atasan langsung, ringkasan mingguan'
mkdirSync(folder, { recursive: true })
const sql = database(process.env.DATABASE)
const phone = await openPhone()
const { browser, page, faults } = phone
const { count, bots, last, press, type, shot, check, cost, drawn } = player(phone, folder)
const open = role => openAs(page, address, role)

await played(sql)

// The button of the page.
inTime(sql, 'due_at', 'the self-assessments')
const touched = sql("SELECT count(*) FROM task t JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN employee e ON e.id = t.subject_id JOIN unit u ON u.id = e.unit_id WHERE u.name = 'Dinas Perhubungan' AND (t.kind = 'rating' AND t.state <> 'open' OR t.state = 'excused')")
if (touched !== '0') stop('The superior of this walk has used the summary in this demo already.')
const run = async (job = 'Ringkasan mingguan') => {
  const said = await runJob(page, address, job)
  console.log(said)
  return said
}
const said = await run()
if (!/^\d+ pesan dikirim\. Jam ruang coba: /.test(said)) faults.push(`the button says: ${said}`)
await page.screenshot({ path: `${folder}/ringkasan-1-tombol.png` })

await open(ROLE)
const card = () => bots().filter({ has: page.locator('[data-button-label="Atur ringkasan"]') }).last()
await card().waitFor()
const withButton = () => bots().filter({ has: page.locator('[data-button-label="Atur ringkasan"]') }).count()
const id = await card().getAttribute('data-message-id')
const summary = page.locator(`[data-message-id="${id}"]`)
const text = () => summary.innerText()
// updated does something that ends with another summary and waits for that.
async function updated(act) {
  const shown = await summary.innerHTML()
  await act()
  await page.waitForFunction(([id, was]) => document.querySelector(`[data-message-id="${id}"]`).innerHTML !== was, [id, shown])
}
const numbers = async () => {
  const t = await text()
  const n = re => Number((t.match(re) || [0, 0])[1])
  return { done: n(/(\d+) dari \d+ pegawai selesai/), people: n(/\d+ dari (\d+) pegawai selesai/), waiting: n(/(\d+) hal menunggu/),
    excused: n(/(\d+) tidak perlu mengisi/), rated: n(/(\d+) terkirim/) }
}
// team reads the same numbers from /tim.
async function team() {
  await type('/tim')
  const t = await bots().last().innerText()
  const lines = t.split('\n').filter(l => /^\d+\. /.test(l))
  const rated = t.match(/(\d+) orang, sisa (\d+)/)
  return { done: Number(t.match(/mandiri selesai: (\d+)/)[1]), people: lines.length, excused: lines.filter(l => l.includes('tidak perlu mengisi')).length,
    rated: rated ? rated[1] - rated[2] : null }
}
async function agree(when) {
  const s = await numbers()
  const t = await team()
  if (t.rated === null) { await press('Daftar sudah benar'); t.rated = (await team()).rated ?? 0 }
  check(`${when}: the counts of the summary are those of /tim`, { done: s.done, people: s.people, excused: s.excused, rated: s.rated }, t)
}
const numberOf = async what => (await text()).match(new RegExp(`^(\\d+)\\. .*${what}`, 'm'))?.[1]
await drawn()
await shot('ringkasan-2-gambar', summary, 'start')
await shot('ringkasan-3-tindakan', summary)
check('the picture is as wide as it is drawn', await summary.locator('img').evaluate(i => i.naturalWidth), 800)
await agree('as it came')
const before = await withButton()
let was = await numbers()
count.begin() // only what acts on the team, not the comparisons with /tim
count.read(await text())

// Remind: everybody who can be.
const remind = summary.locator('[data-button-label^="Ingatkan"]')
check('how many can be reminded', await remind.innerText(), 'Ingatkan 2 pegawai')
await press('Ingatkan 2 pegawai', summary)
await shot('ringkasan-4-ingatkan', summary)
await updated(() => press('Kirim', summary))
check('after the reminder nobody can be reminded again', await remind.count(), 0)
// The job of the reminders may have written to one of the two a moment before; then
// the superior's reminder waits for that person's next day.
if (!/engingat kepada (2 pegawai|1 pegawai\. Kepada 1 lainnya)/.test(await text())) faults.push(`after the reminder: ${await text()}`)
await shot('ringkasan-5-sudah-diingatkan', summary)
await agree('after reminding')
check('reminders in the database', sql("SELECT count(*) FROM notice WHERE kind = 'nudge' AND action <> 'drop'"), '2')

// Help first: a code from the officer, for whom there is no account.
const codes = summary.locator('[data-button-label^="Mintakan"]')
if (await codes.count() > 0) {
  await press(await codes.innerText(), summary)
  await shot('ringkasan-6-mintakan-kode', summary)
  await updated(() => press('Kirim', summary))
  check('codes were asked for', [await codes.count(), sql("SELECT count(*) > 0 FROM audit WHERE action = 'codes.asked'")], [0, 't'])
  await shot('ringkasan-6-sudah-dimintakan', summary)
} else faults.push(`nobody can be asked for a code: ${await text()}`)

// Excuse: who cannot be reached. It is asked once more, and taken back from here.
const excuse = async () => {
  const unlinked = await numberOf('(?:tidak terjangkau|belum terhubung)')
  await press(`${unlinked} Tidak perlu`, summary)
  await press('Tugas belajar', summary)
  await shot('ringkasan-6-tidak-perlu', summary)
  await updated(() => press('Ya, tidak perlu', summary))
  await shot('ringkasan-6-tidak-perlu-dicatat', summary)
}
await excuse()
await updated(() => press('Tetap mengisi', summary))
check('taken back, nothing is different', await numbers(), was)
await excuse()
let is = await numbers()
check('after excusing one waits less and one is excused', [was.waiting - is.waiting, is.excused - was.excused], [1, 1])
await agree('after excusing')
was = is

// Delegate: somebody else rates the first who waits for it.
const first = await numberOf('menunggu penilaian')
const taps = count.taps()
const messages = count.messages()
const seconds = count.seconds()
const who1 = (await text()).match(/^\d+\. (.*): menunggu penilaian/m)[1]
const helper = sql(`SELECT split_part(e.name, ',', 1) FROM employee e JOIN employee s ON s.id = e.supervisor_id JOIN unit u ON u.id = s.unit_id JOIN chat c ON c.employee_id = e.id
  WHERE u.name = 'Dinas Perhubungan' AND s.supervisor_id IS DISTINCT FROM e.id AND strpos('${who1.replaceAll("'", "''")}', split_part(e.name, ',', 1)) = 0 ORDER BY e.id LIMIT 1`)
await press(`${first} Alihkan`, summary)
await shot('ringkasan-7-alihkan')
await updated(() => press('1'))
console.log(`handing over by two taps: ${Math.round(count.seconds() - seconds)} seconds, the list read for the first time`)
check('handing over takes no message and two taps', [count.taps() - taps, count.messages() - messages], [2, 0])
is = await numbers()
check('after handing over one waits less', was.waiting - is.waiting, 1)
await shot('ringkasan-8-dialihkan')
await agree('after handing over')
was = is
// Taken back, and once more with a name typed, as it was before there was a list.
await updated(() => press('Nilai sendiri'))
await press(`${await numberOf('menunggu penilaian')} Alihkan`, summary)
const typed = [count.taps(), count.messages()]
const asked = count.seconds()
await updated(() => type(helper, 'diserahkan kepada'))
console.log(`the name typed: ${Math.round(count.seconds() - asked)} seconds after the tap`)
check('or one tap and one message', [count.taps() - typed[0] + 1, count.messages() - typed[1]], [1, 1])
is = await numbers()
check('the same waits', is, was)

// Confirm: rate the other one, then the talk if the views differ.
const second = await numberOf('menunggu penilaian')
const who = (await text()).match(/^\d+\. (.*): menunggu penilaian/m)[1]
await press(`${second} Nilai`, summary)
if (!(await bots().last().innerText()).includes(who)) faults.push(`Nilai opens somebody else than ${who}: ${await bots().last().innerText()}`)
await shot('ringkasan-9-menilai')
// The sample people answer two levels in turn: five times the one, four times the other. So
// five views differ by two levels.
const [own, other] = sql(`SELECT a.value FROM answer a JOIN response r ON r.id = a.response_id JOIN task t ON t.id = r.task_id JOIN period p ON p.id = t.occasion_id AND p.closed_at IS NULL JOIN employee e ON e.id = t.employee_id
  WHERE t.kind = 'self_assessment' AND strpos('${who.replaceAll("'", "''")}', split_part(e.name, ',', 1)) > 0 GROUP BY a.value ORDER BY count(*) DESC`).split('\n')
for (let i = 0; i < 9; i++) await press(i % 2 ? other : String(Number(own) <= 2 ? Number(own) + 2 : Number(own) - 2))
await updated(() => press('Kirim'))
is = await numbers()
check('after the rating one more is sent', is.rated - was.rated, 1)
await agree('after the rating')
const talk = await numberOf('perlu dialog')
if (!talk) faults.push(`no talk is wanted: ${await text()}`)
await shot('ringkasan-10-perlu-dialog', summary)
was = await numbers()
const before5 = count.taps()
await press(`${talk} Catat dialog`, summary)
await shot('ringkasan-12-dialog')
await updated(async () => {
  for (let i = 0; i < 5; i++) {
    await press('3')
    await press('Beda pemahaman')
    await press('Bimbingan')
  }
})
is = await numbers()
check('a talk about five competencies takes 16 taps', count.taps() - before5, 16)
check('after the talk one waits less', was.waiting - is.waiting, 1)
await agree('after the talk')
await shot('ringkasan-11-akhir', summary)
check('it was one message all the time', await withButton(), before)
console.log(`four actions, a rating and a talk: ${count.said()}`)

// Reminders have a button too.
const reminders = () => Number(sql("SELECT count(*) FROM notice WHERE kind IN ('invitation', 'reminder') AND action = 'send'"))
const reminded = await run('Pengingat')
if (!/^\d+ pesan dikirim\./.test(reminded) || reminders() === 0) faults.push(`the button of reminders says: ${reminded}`)

await done(browser, faults)
