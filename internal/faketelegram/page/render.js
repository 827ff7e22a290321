// Builds the elements of messages. The bot's words only ever become text nodes.

// el makes an element; attributes with the value null are left out.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

const svgSpace = 'http://www.w3.org/2000/svg';

export function icon(path) {
  const svg = document.createElementNS(svgSpace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(svgSpace, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}

const plainTags = { bold: 'b', italic: 'i', underline: 'u', strikethrough: 's', code: 'code', pre: 'pre', blockquote: 'blockquote', expandable_blockquote: 'blockquote' };
const autoLink = /(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])|((?<![\w/])\/[a-z0-9_]{1,32}(?![\w/]))/g;

// words renders a text whose entities count UTF-16 units, as strings here do.
export function words(text, entities, act) {
  const list = [...(entities || [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  const box = el('div', { class: 'words' });
  span(box, text, 0, text.length, list, act, false);
  return box;
}

function span(box, text, from, to, list, act, verbatim) {
  let at = from;
  for (let i = 0; i < list.length; i++) {
    const e = list[i];
    if (e.offset < at) continue;
    if (e.offset >= to) break;
    plain(box, text.slice(at, e.offset), act, verbatim);
    const end = Math.min(to, e.offset + e.length);
    const inner = list.slice(i + 1).filter((o) => o.offset < end);
    const node = entity(e, text.slice(e.offset, end), act);
    span(node, text, e.offset, end, inner, act, verbatim || ['code', 'pre', 'text_link'].includes(e.type));
    box.append(node);
    at = end;
  }
  plain(box, text.slice(at, to), act, verbatim);
}

function entity(e, text, act) {
  if (plainTags[e.type]) return el(plainTags[e.type]);
  if (e.type === 'text_link') return link(e.url, act);
  if (e.type === 'spoiler') {
    const node = el('span', { class: 'spoiler', tabindex: 0, role: 'button', 'aria-label': 'Teks tersembunyi' });
    node.addEventListener('click', () => { node.classList.add('open'); node.removeAttribute('aria-label'); });
    return node;
  }
  return el('span');
}

// link opens elsewhere; only web addresses become links.
function link(url, act) {
  let safe = null;
  try {
    const u = new URL(url);
    if (['http:', 'https:', 'mailto:', 'tel:'].includes(u.protocol)) safe = u.href;
  } catch { /* no address */ }
  const node = el('a', { href: safe, target: '_blank', rel: 'noopener noreferrer' });
  node.addEventListener('click', (event) => { if (act.follow(url)) event.preventDefault(); });
  return node;
}

function plain(box, text, act, verbatim) {
  if (text === '') return;
  if (verbatim) { box.append(text); return; }
  let at = 0;
  for (const hit of text.matchAll(autoLink)) {
    box.append(text.slice(at, hit.index));
    if (hit[1]) {
      const a = link(hit[1], act);
      a.append(hit[1]);
      box.append(a);
    } else {
      const b = el('button', { type: 'button', class: 'cmd', 'data-command': hit[2] }, hit[2]);
      b.addEventListener('click', () => act.send(hit[2]));
      box.append(b);
    }
    at = hit.index + hit[0].length;
  }
  box.append(text.slice(at));
}

const names = { sticker: '👍', voice: 'Pesan suara', audio: 'Audio', video: 'Video', video_note: 'Pesan video', animation: 'Animasi', location: 'Lokasi', venue: 'Tempat', poll: 'Jajak pendapat', dice: '🎲' };
const arrow = 'M12 4v11m0 0l-4.5-4.5M12 15l4.5-4.5M5 20h14';
const personIcon = 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zm-7 8c.6-4 3.4-6 7-6s6.400 2 7 6';

// message renders one message. act has press, send, follow and view.
export function message(m, time, act) {
  const bubble = el('div', { class: 'bubble' });
  const shown = media(m, act);
  if (shown) bubble.append(shown);
  if (m.text) {
    bubble.append(words(m.text, m.entities, act));
  } else if (shown && m.media === 'photo') {
    shown.classList.add('bare');
  }
  const meta = el('span', { class: 'meta' }, (m.edited ? 'diedit ' : '') + time);
  const box = bubble.querySelector(':scope > .words');
  if (box && !['PRE', 'BLOCKQUOTE'].includes(box.lastChild?.nodeName)) box.append(meta);
  else bubble.append(meta);
  const classes = ['msg', m.bot ? 'bot' : 'own'];
  if (m.media === 'photo') classes.push('photo');
  else if (m.inline) classes.push('keys');
  const item = el('li', { class: classes.join(' '), 'data-message-id': m.id, 'data-from': m.bot ? 'bot' : 'person' }, bubble);
  if (m.inline) item.append(inline(m, act));
  return item;
}

function media(m, act) {
  if (m.media === 'photo') {
    const what = `Gambar: ${(m.text || m.file.name).split('\n')[0]}`; // its finding stands below it in words
    const img = el('img', { src: m.file.src, alt: what, width: m.file.width, height: m.file.height, loading: 'eager' });
    const open = el('button', { type: 'button', class: 'picture', 'aria-label': `Perbesar. ${what}` }, img);
    open.addEventListener('click', () => act.view(m.file.src, what));
    return open;
  }
  if (m.media === 'document') {
    return el('a', { class: 'attached', href: m.file.src, download: m.file.name, 'data-document': m.file.name },
      el('span', { class: 'mark' }, icon(arrow)), el('span', {}, el('b', {}, m.file.name), el('small', {}, size(m.file.size))));
  }
  if (m.media === 'contact') {
    return el('div', { class: 'attached' },
      el('span', { class: 'mark' }, icon(personIcon)), el('span', {}, el('b', {}, m.contact.FirstName), el('small', {}, m.contact.Phone)));
  }
  if (m.media === 'sticker' || m.media === 'dice') return el('div', { class: 'big' }, names[m.media]);
  if (m.media) return el('div', {}, names[m.media] || m.media);
  return null;
}

function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toLocaleString('id-ID', { maximumFractionDigits: 1 })} MB`;
}

function inline(m, act) {
  const box = el('div', { class: 'inline', role: 'group', 'aria-label': 'Tombol pesan' });
  for (const row of m.inline) {
    box.append(el('div', { class: 'row' }, ...row.map((b) => inlineButton(m, b, act))));
  }
  return box;
}

function inlineButton(m, b, act) {
  if (b.url) {
    const a = link(b.url, act);
    a.setAttribute('data-button-label', b.text);
    a.append(b.text);
    return a;
  }
  const node = el('button', { type: 'button', 'data-button-label': b.text, 'data-button-data': b.data, title: b.text }, b.text);
  node.addEventListener('click', () => (b.copy ? act.copy(b.copy) : act.press(m.id, b.data, node)));
  return node;
}
