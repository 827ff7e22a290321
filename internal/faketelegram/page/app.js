// The chat page: a list of persons and the open chat, kept live by one stream
// of server-sent events. The address #ID opens a person.
import { el, message } from './render.js';

const $ = (id) => document.getElementById(id);
const state = {
  setup: null, user: 0, stream: null, chat: null,
  messages: new Map(), // by id, as the server sent them
  busy: new Map(), // query id -> button that waits for its answer
  done: new Set(), // queries answered before their press returned
  seen: new Map(), // person -> messages of the bot already looked at
  acted: new Set(), // persons as whom the visitor has done something: they need no note any more
  personas: [],
  lastDay: '',
  ahead: null, // milliseconds by which the clock of the chats is ahead of this one
};
const PRESS_WAIT = 15000;

// --- the server

async function post(path, body, headers = { 'Content-Type': 'application/json' }) {
  const res = await fetch(path, { method: 'POST', headers, body });
  if (!res.ok) {
    toast((await res.text()).trim() || 'Belum berhasil. Coba lagi.');
    return null;
  }
  return res.json();
}

function doAct(fields) {
  state.acted.add(state.user);
  $('tip').hidden = true;
  return post('api/act', JSON.stringify({ user: state.user, ...fields }))
    .catch(() => { toast('Server tidak terjangkau. Coba lagi.'); return null; });
}

function listen() {
  state.stream?.close();
  state.stream = new EventSource(`api/events?user=${state.user}&rev=0`);
  state.stream.onmessage = (event) => update(JSON.parse(event.data));
  state.stream.onerror = (event) => { // refused for good: another page has begun anew
    if (event.target.readyState === EventSource.CLOSED) toast('Ruang coba dimulai ulang. Muat ulang halaman ini.');
  };
}

function update(news) {
  $('botname').textContent = news.bot;
  $('botmark').textContent = news.bot.slice(0, 1).toUpperCase();
  state.personas = news.personas;
  if (news.now) { state.ahead = news.now - Date.now(); showNow(); }
  if (news.chat && news.chat.user === state.user) {
    const first = state.chat === null;
    state.chat = news.chat;
    showMessages(news.chat.messages, first);
    news.chat.alerts.forEach(showAnswer);
    showChat();
    const mine = news.personas.find((p) => p.id === state.user);
    if (mine && !document.hidden) state.seen.set(state.user, mine.bots);
  }
  showPersonas();
}

// --- times

const zone = () => state.setup?.zone || undefined;
const clock = (at) => new Date(at).toLocaleTimeString('id-ID', { hour: '2-digit', minute: '2-digit', timeZone: zone() });
const day = (at) => new Date(at).toLocaleDateString('id-ID', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: zone() });
const shortDay = (at) => new Date(at).toLocaleDateString('id-ID', { day: 'numeric', month: 'short', timeZone: zone() });

const now = () => Date.now() + (state.ahead || 0);
const brief = (at) => `${new Date(at).toLocaleDateString('id-ID', { weekday: 'short', day: 'numeric', month: 'short', timeZone: zone() })}, ${clock(at)}`;

// showNow shows the clock of the chats, in the list and beside whose screen it is.
function showNow() {
  if (state.ahead === null) return;
  $('now').hidden = false;
  $('now').textContent = brief(now());
  $('now').dateTime = new Date(now()).toISOString();
  showStatus();
}

function showStatus() {
  const p = persona();
  if (!p || !state.chat) return;
  const when = state.ahead === null ? 'bot' : brief(now());
  $('status').textContent = state.chat.typing ? 'sedang menulis ...' : `${when} · layar ${p.name}`;
}

// --- the list

const groups = () => [...new Set(state.setup.personas.map((p) => p.group))];

function personas() {
  $('personas').replaceChildren(...groups().map((name, n) => el('details', { class: 'group', 'data-group': name, open: n === 0 ? '' : null },
    el('summary', {}, name || 'Orang', el('span', { class: 'badge', hidden: '' })),
    el('ul', {}, ...state.setup.personas.flatMap((p, i) => (p.group === name ? [el('li', {}, personaButton(p, i))] : []))))));
}

function personaButton(p, i) {
  const initials = p.name.split(',')[0].split(/\s+/).filter((w) => !w.endsWith('.')).slice(0, 2).map((w) => w[0]).join('').toUpperCase();
  const button = el('button', { type: 'button', class: 'persona', 'data-persona': p.id },
    el('span', { class: `avatar av${i % 8}`, 'aria-hidden': 'true' }, initials),
    el('span', { class: 'mid' },
      el('span', { class: 'name' }, p.name), el('span', { class: 'role' }, p.role), el('span', { class: 'last' })),
    el('span', { class: 'end' }, el('time'), el('span', { class: 'badge', hidden: '' })));
  button.addEventListener('click', () => { location.hash = p.id; });
  return button;
}

function showBadge(badge, unread) {
  badge.hidden = unread <= 0;
  badge.textContent = unread;
  badge.setAttribute('aria-label', `${unread} pesan baru`);
}

function showPersonas() {
  const byGroup = new Map();
  for (const p of state.personas) {
    const row = document.querySelector(`[data-persona="${p.id}"]`);
    if (!row) continue;
    if (!state.seen.has(p.id)) state.seen.set(p.id, p.bots);
    row.setAttribute('aria-current', String(p.id === state.user));
    row.querySelector('.last').textContent = p.blocked ? 'Bot diblokir' : p.at ? (p.fromBot ? '' : 'Saya: ') + p.last : 'Belum ada percakapan';
    row.querySelector('time').textContent = p.at ? (day(p.at) === day(now()) ? clock(p.at) : shortDay(p.at)) : '';
    const unread = p.bots - state.seen.get(p.id);
    showBadge(row.querySelector('.badge'), unread);
    row.toggleAttribute('data-unread', unread > 0);
    const group = row.closest('details');
    byGroup.set(group, (byGroup.get(group) || 0) + unread);
  }
  for (const [group, unread] of byGroup) showBadge(group.querySelector('summary .badge'), unread);
}

// --- the chat

function open() {
  closeMenus();
  $('toast').hidden = true;
  const id = Number(location.hash.slice(1));
  const p = state.setup.personas.find((x) => x.id === id);
  state.user = p ? id : 0;
  state.chat = null;
  state.messages.clear();
  state.busy.clear();
  state.lastDay = '';
  document.body.dataset.view = p ? 'chat' : 'list';
  $('nobody').hidden = Boolean(p);
  $('phone').hidden = !p;
  $('messages').replaceChildren();
  for (const part of ['empty', 'tip', 'start', 'restart', 'write', 'keyboard', 'typing', 'down']) $(part).hidden = true;
  $('text').value = '';
  if (p) {
    remember();
    document.querySelector(`[data-persona="${id}"]`).closest('details').open = true;
    $('phone').dataset.user = id;
    $('note').textContent = p.note;
    $('tip').textContent = p.note;
    $('ownphone').textContent = p.phone;
    document.title = `${p.name} · ${state.setup.title}`;
  } else {
    document.title = state.setup.title;
  }
  listen();
}

const persona = () => state.setup.personas.find((p) => p.id === state.user);

function showChat() {
  const c = state.chat;
  const fresh = !c.started;
  showStatus();
  $('typing').hidden = !c.typing;
  $('empty').hidden = state.messages.size > 0;
  $('tip').hidden = !persona().note || !state.messages.size || state.acted.has(state.user);
  $('description').textContent = c.description || 'Tekan MULAI untuk membuka percakapan.';
  $('start').hidden = !fresh || c.blocked;
  $('restart').hidden = !c.blocked;
  $('write').hidden = fresh || c.blocked;
  $('block').textContent = c.blocked ? 'Buka blokir' : 'Blokir bot';
  $('commands').hidden = !c.commands?.length;
  showCommands(c.commands || []);
  showKeyboard(fresh || c.blocked ? null : c.keyboard);
  $('text').placeholder = c.keyboard?.placeholder || 'Tulis pesan';
}

// showCommands fills the menu, and leaves it alone while nothing changes: whoever goes
// through it with the arrow keys stays where he is.
let commandsShown = '';
function showCommands(commands) {
  const raw = JSON.stringify(commands);
  if (raw === commandsShown) return;
  commandsShown = raw;
  $('commandmenu').replaceChildren(...commands.map((k) => {
    const b = el('button', { type: 'button', role: 'menuitem', 'data-command': `/${k.command}` }, el('b', {}, `/${k.command}`), el('small', {}, k.description));
    b.addEventListener('click', () => { closeMenus(); act.send(`/${k.command}`); });
    return b;
  }));
}

let keyboardShown = '';
function showKeyboard(k) {
  const raw = JSON.stringify([state.user, k]);
  if (raw === keyboardShown) return;
  keyboardShown = raw;
  const stick = atEnd();
  $('keyboard').hidden = !k?.rows?.length;
  $('keyboard').replaceChildren(...(k?.rows || []).map((row) => el('div', { class: 'row' }, ...row.map((b) => {
    const node = el('button', { type: 'button', 'data-button-label': b.text, title: b.text, 'data-request-contact': b.contact ? 'true' : null }, b.text);
    node.addEventListener('click', () => (b.contact ? $('share').showModal() : act.send(b.text)));
    return node;
  }))));
  if (stick) toEnd();
}

const atEnd = () => $('log').scrollHeight - $('log').scrollTop - $('log').clientHeight < 120;
const toEnd = () => { $('log').scrollTop = $('log').scrollHeight; $('down').hidden = true; };

function showMessages(list, first) {
  const stick = first || atEnd() || list.some((m) => !m.bot && !m.deleted);
  $('messages').setAttribute('aria-live', first ? 'off' : 'polite');
  for (const m of list) {
    const old = $('messages').querySelector(`[data-message-id="${m.id}"]`);
    if (m.deleted) {
      state.messages.delete(m.id);
      old?.remove();
      continue;
    }
    state.messages.set(m.id, m);
    const node = message(m, clock(m.at), act);
    if (old) {
      const focused = old.contains(document.activeElement) ? document.activeElement.dataset.buttonLabel : null;
      old.replaceWith(node);
      if (focused) node.querySelector(`[data-button-label="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
      continue;
    }
    const d = day(m.at);
    if (d !== state.lastDay) {
      state.lastDay = d;
      $('messages').append(el('li', { class: 'day' }, d));
    }
    $('messages').append(node);
  }
  if (!list.length) return;
  if (stick) requestAnimationFrame(toEnd);
  else $('down').hidden = false;
}

// --- answers to presses

let toastTimer;
function toast(text) {
  $('toast').textContent = text;
  $('toast').hidden = false;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { $('toast').hidden = true; }, 3500);
}

function idle(query) {
  state.busy.get(query)?.removeAttribute('aria-busy');
  state.busy.delete(query);
}

function showAnswer(a) {
  if (!state.busy.has(a.query)) state.done.add(a.query);
  idle(a.query);
  if (a.url) act.follow(a.url);
  if (!a.text) return;
  if (!a.modal) { toast(a.text); return; }
  $('alerttext').textContent = a.text;
  if (!$('alert').open) $('alert').showModal();
}

// --- what the person does

const act = {
  send(text) {
    toEnd();
    return doAct({ do: 'text', text });
  },
  async press(id, data, button) {
    button.setAttribute('aria-busy', 'true');
    const res = await doAct({ do: 'press', message: id, data });
    if (!res || state.done.delete(res.query)) { button.removeAttribute('aria-busy'); return; }
    state.busy.set(res.query, button);
    setTimeout(() => idle(res.query), PRESS_WAIT);
  },
  // follow opens a deep link to this bot as a message; false means an ordinary link.
  follow(url) {
    const hit = /^(?:https?:\/\/t\.me\/|tg:\/\/resolve\?domain=)([A-Za-z0-9_]+)[?&]start=([A-Za-z0-9_-]{1,64})$/.exec(url);
    if (!hit || hit[1].toLowerCase() !== state.setup.username.toLowerCase()) return false;
    act.send(`/start ${hit[2]}`);
    return true;
  },
  async copy(text) {
    try { await navigator.clipboard.writeText(text); toast('Tersalin.'); } catch { toast(text); }
  },
  view(src, what) {
    $('viewed').src = src;
    $('viewed').alt = what;
    $('viewer').showModal();
  },
};

function sendTyped() {
  const text = $('text').value;
  if (!text.trim()) return;
  $('text').value = '';
  grow();
  act.send(text);
}

function grow() {
  $('text').style.height = 'auto';
  $('text').style.height = `${$('text').scrollHeight + 2}px`;
}

function closeMenus() {
  for (const [menu, button] of [['moremenu', 'more'], ['commandmenu', 'commands'], ['attachmenu', 'attach']]) {
    $(menu).hidden = true;
    $(button).setAttribute('aria-expanded', 'false');
  }
}

function menu(button, list) {
  const items = () => [...$(list).querySelectorAll('[role="menuitem"]')];
  const opened = (show) => { closeMenus(); $(list).hidden = !show; $(button).setAttribute('aria-expanded', String(show)); };
  $(button).addEventListener('click', (event) => {
    event.stopPropagation();
    const show = $(list).hidden;
    opened(show);
    if (show && event.detail === 0) items()[0]?.focus(); // opened with a key
  });
  $(button).addEventListener('keydown', (event) => {
    if (!['ArrowDown', 'ArrowUp'].includes(event.key)) return;
    event.preventDefault();
    opened(true);
    items().at(event.key === 'ArrowDown' ? 0 : -1)?.focus();
  });
  $(list).addEventListener('keydown', (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: (at + 1) % all.length, ArrowUp: (at - 1 + all.length) % all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); all[to].focus(); }
    if (event.key === 'Tab') closeMenus();
    if (event.key === 'Escape') { event.stopPropagation(); closeMenus(); $(button).focus(); }
  });
}

async function uploadFile() {
  const file = $('file').files[0];
  $('file').value = '';
  if (!file) return;
  const as = file.type.startsWith('image/') ? '&as=photo' : '';
  await post(`api/upload?user=${state.user}&name=${encodeURIComponent(file.name)}&caption=${encodeURIComponent(caption())}${as}`, file, { 'Content-Type': 'application/octet-stream' });
}

// caption takes what was typed before a picture or a file is chosen: it goes below it.
function caption() {
  const text = $('text').value.trim();
  $('text').value = '';
  grow();
  return text;
}

function attach(kind) {
  closeMenus();
  if (kind === 'file') $('file').click();
  else if (kind === 'contact') $('share').showModal();
  else doAct({ do: 'media', text: kind, caption: kind === 'photo' ? caption() : '' });
}

function wire() {
  window.addEventListener('hashchange', open);
  $('back').addEventListener('click', () => { location.hash = ''; });
  $('start').addEventListener('click', () => act.send(`/start ${persona().start || ''}`.trim()));
  $('restart').addEventListener('click', () => doAct({ do: 'unblock' }));
  $('block').addEventListener('click', () => { closeMenus(); doAct({ do: state.chat.blocked ? 'unblock' : 'block' }); });
  $('write').addEventListener('submit', (event) => { event.preventDefault(); sendTyped(); });
  $('text').addEventListener('input', grow);
  $('text').addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); sendTyped(); }
  });
  menu('more', 'moremenu');
  menu('commands', 'commandmenu');
  menu('attach', 'attachmenu');
  document.addEventListener('click', closeMenus);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') closeMenus(); });
  $('attachmenu').addEventListener('click', (event) => { const b = event.target.closest('[data-attach]'); if (b) attach(b.dataset.attach); });
  $('file').addEventListener('change', uploadFile);
  $('share').addEventListener('close', () => {
    const whose = $('share').returnValue;
    $('share').returnValue = '';
    if (whose) doAct({ do: 'contact', whose });
  });
  $('viewer').addEventListener('click', (event) => { if (event.target === $('viewer')) $('viewer').close(); });
  $('down').addEventListener('click', toEnd);
  $('log').addEventListener('scroll', () => { if (atEnd()) $('down').hidden = true; });
  document.addEventListener('visibilitychange', () => {
    const mine = state.personas.find((p) => p.id === state.user);
    if (mine && !document.hidden) { state.seen.set(state.user, mine.bots); showPersonas(); }
  });
}

function showSetup() {
  const s = state.setup;
  document.title = s.title;
  $('title').textContent = s.title;
  $('intro').textContent = s.intro;
  $('hints').replaceChildren(...s.hints.map((h) => el('li', {}, h)));
  $('about').open = stranger();
  personas();
  $('jobs').hidden = !s.jobs.length;
  $('jobnames').textContent = s.jobs.map((j) => j.label.toLowerCase()).join(', ');
  $('joblist').replaceChildren(...s.jobs.map((j, index) => {
    const b = el('button', { type: 'button', 'data-job': j.label }, j.label, j.hint ? el('small', {}, j.hint) : null);
    b.addEventListener('click', async () => {
      if (j.ask && !(await asked(j.ask, j.label))) return;
      b.disabled = true;
      const res = await post('api/job', JSON.stringify({ index }));
      b.disabled = false;
      if (res && j.reload) { location.replace('./'); return; }
      if (res?.now) { state.ahead = res.now - Date.now(); showNow(); }
      if (res) toast(res.text || 'Selesai.');
    });
    return b;
  }));
}

// asked shows a question and tells whether it was answered with yes.
function asked(question, yes) {
  $('asktext').textContent = question;
  $('askyes').textContent = yes;
  $('ask').returnValue = '';
  $('ask').showModal();
  return new Promise((done) => { $('ask').addEventListener('close', () => done($('ask').returnValue === 'yes'), { once: true }); });
}

// What may be tried stands open until somebody was opened once.
const met = 'bangkom-met';
function remember() { try { localStorage.setItem(met, 'yes'); } catch { /* a private window */ } }
function stranger() { try { return localStorage.getItem(met) !== 'yes'; } catch { return true; } }

async function begin() {
  const res = await fetch('api/setup');
  if (!res.ok) { toast('Muat ulang halaman ini.'); return; }
  state.setup = await res.json();
  showSetup();
  wire();
  open();
  setInterval(showNow, 10000);
}

begin();
