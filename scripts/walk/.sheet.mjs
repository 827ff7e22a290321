import { chromium } from 'playwright-core'
const [out, ...files] = process.argv.slice(2)
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--allow-file-access-from-files'] })
const p = await b.newPage({ viewport: { width: files.length * 400, height: 850 }, deviceScaleFactor: 1 })
const { readFileSync } = await import('node:fs')
await p.setContent('<body style="margin:0;background:#c00;display:flex;gap:8px">' + files.map(f => `<img style="width:390px" src="data:image/png;base64,${readFileSync(f).toString('base64')}">`).join(''))
await p.waitForTimeout(300)
await p.screenshot({ path: out })
await b.close()
