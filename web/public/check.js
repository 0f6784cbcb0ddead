'use strict';
// The checking page. It asks the checker (WebAssembly, without imports) for a verdict and turns that
// into sentences. Everything out of a file reaches the page through textContent, behind marks.
(() => {
const $ = (id) => document.getElementById(id);
const WORDS = JSON.parse($('words').textContent);
const FOLDER = JSON.parse($('folder').textContent);
const MAX = 16 * 1024 * 1024, MANY = 50;
const ASKED = new URLSearchParams(location.search); // by a page that leads here: its language, files
let lang = [ASKED.get('lang'), ...navigator.languages.map((l) => l.slice(0, 2))]
    .find((l) => l && Object.hasOwn(WORDS, l)) || 'en';
let checker = null;          // the exports, once it stands
let given = null;            // keys of the reader: {bytes, how}
const shown = [];            // {name, bytes, brought}: what the page says, to say it again

// ---- words ----

const say = (key, ...args) => (WORDS[lang][key] ?? key).replace(/\{(\d)\}/g, (_, i) => args[i] ?? '');
// A sentence of the judges, translated if the language has it.
const phrase = (text) => WORDS[lang]['= ' + text] ?? text;

// The lines of chancery-verify in the language of the page. What varies in a line is translated in its
// turn; what stands behind a bar is the paper's, and a key of its head has its name here.
let patterns = {};
function ofVerify(text, deep = 0) {
    patterns[lang] ??= WORDS[lang]['~'].map(([english, said]) => [new RegExp('^' + english.split(/\{\d\}/)
        .map((s) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.+)') + '$', 'u'),
    [...english.matchAll(/\{(\d)\}/g)].map((m) => m[1]), said]);
    if (Object.hasOwn(WORDS[lang], '= ' + text))
        return phrase(text);
    for (const [fits, order, said] of deep < 4 ? patterns[lang] : []) {
        const m = fits.exec(text);
        if (m)
            return said.replace(/\{(\d)\}/g, (_, i) => ofVerify(m[order.indexOf(i) + 1], deep + 1));
    }
    return /^[\d, ]+( to [\d, ]+)+$/.test(text) ? text.replace(/(\d+) to (\d+)/g, (_, a, b) => say('range', a, b)) : text;
}
const headName = (key) => WORDS[lang]['head.' + key] ?? key;
function verifyLine(whole) {
    const [, indent, rest] = /^( *)(.*)$/su.exec(whole);
    const head = /^([a-z-]+): (.*)$/su.exec(rest), hidden = /^- the lines (.*)$/su.exec(rest);
    if (!WORDS[lang]['~'].length || rest === '' || rest.startsWith('|'))
        return whole;
    if (indent.length === 2 && head && Object.hasOwn(WORDS[lang], 'head.' + head[1]))
        return indent + `${headName(head[1])} : ${ofVerify(head[2])}`;
    if (hidden)
        return indent + ofVerify('- the lines ' + hidden[1].split(', ').map(headName).join(', '));
    return indent + ofVerify(rest.replace(/ {2,}/g, ' '));
}

// What would be unseen or obeyed becomes a mark, as chancery-verify does it.
const HIDDEN = new RegExp('[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u3164' +
    '\\uffa0\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}]', 'gu');
const mark = (s) => String(s).replace(HIDDEN, (c) => '\n\t\u200c\u200d'.includes(c) ? c :
    `<U+${c.codePointAt(0).toString(16).toUpperCase().padStart(4, '0')}>`);

function el(tag, props, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(props || {}))
        if (k === 'class') e.className = v; else e.setAttribute(k, v);
    e.append(...children.filter((c) => c !== null && c !== undefined));
    return e;
}
const bdi = (s) => el('bdi', {}, mark(s));

// A sentence whose places hold text of the file: each in its own direction.
function sentence(key, ...args) {
    const out = document.createDocumentFragment();
    (WORDS[lang][key] ?? key).split(/\{(\d)\}/).forEach((piece, i) => {
        const arg = args[piece];
        out.append(i % 2 === 0 ? piece : arg instanceof Node ? arg : bdi(arg ?? ''));
    });
    return out;
}
function list(items) {
    const out = document.createDocumentFragment();
    const parts = new Intl.ListFormat(lang, {type: 'conjunction'})
        .formatToParts(items.map((_, i) => String(i)));
    for (const p of parts)
        out.append(p.type === 'element' ? items[Number(p.value)] : p.value);
    return out;
}
function when(utc) {
    const d = new Date(utc), where = lang === 'en' ? 'en-GB' : lang;
    const day = (zone) => d.toLocaleDateString(where, {dateStyle: 'long', timeZone: zone});
    const hour = (zone, timeStyle) => d.toLocaleTimeString(where, {timeStyle, hourCycle: 'h23', timeZone: zone});
    const here = day() === day('UTC') ? hour(undefined, 'short') : `${day()}, ${hour(undefined, 'short')}`;
    return el('time', {datetime: utc}, `${day('UTC')}, ${hour('UTC', 'medium')} UTC`,
        d.getTimezoneOffset() ? ` (${say('time.local', here)})` : '');
}

// ---- the checker ----

async function start() {
    const packed = Uint8Array.from(atob($('wasm').textContent.trim()), (c) => c.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
    const bytes = await new Response(stream).arrayBuffer();
    checker = (await WebAssembly.instantiate(bytes, {})).instance.exports;
}
const ready = start().catch(() => { $('state').textContent = say('old'); });

const memory = () => new Uint8Array(checker.memory.buffer);
const put = (at, bytes) => memory().set(bytes, at);
const textOut = (n) => new TextDecoder().decode(memory().slice(checker.check_out(), checker.check_out() + n));
function ask(bytes, keys, name, brought) {
    const n = new TextEncoder().encode(name).slice(0, checker.check_name_max());
    put(checker.check_file(), bytes);
    put(checker.check_trust(), keys);
    put(checker.check_name(), n);
    const said = JSON.parse(textOut(checker.check_judge(bytes.length, keys.length, n.length, brought ? 1 : 0)));
    if (!said.refused)
        said.sentences = textOut(checker.check_sentences(n.length));
    return said;
}
function askKeys(bytes) {
    if (bytes.length > checker.check_trust_max())
        return {refused: {what: 'larger than such a file can be'}};
    put(checker.check_trust(), bytes);
    return JSON.parse(textOut(checker.check_keys_of(bytes.length)));
}

// A passage of Markdown as elements; null where the checker does not know it for sure. A heading is one
// of the paper, not of this page.
function setText(text) {
    const bytes = new TextEncoder().encode(text);
    if (!checker || bytes.length > checker.check_passage_max())
        return null;
    put(checker.check_passage(), bytes);
    const n = checker.check_set(bytes.length);
    if (!n)
        return null;
    const out = el('div', {class: 'set'}), at = [out];
    for (const piece of JSON.parse(textOut(n))) {
        if (piece === 0) {
            at.pop();
        } else if (typeof piece === 'string') {
            at.at(-1).append(mark(piece));
        } else {
            const [tag, start] = piece;
            const e = /^h\d$/.test(tag) ? el('p', {class: tag}) : el(tag, start > 1 ? {start} : {});
            at.at(-1).append(e);
            if (tag !== 'br')
                at.push(e);
        }
    }
    return out;
}

// ---- a verdict in sentences ----

const fact = (v, step) => v.facts.find((f) => f.step === step) || {};
const publicFact = (v) => ['confirmation', 'disclosure', 'statement'].map((s) => fact(v, s))
    .find((f) => f.present) || {};
const steps = (v) => v.kind === 'record' ? v.facts : v.facts.filter((f) => f.present);

function stepName(v, f) {
    if (v.kind === 'record')
        return say('steps.' + ({submission: 'submitted', notice: 'noticed'}[f.step] || f.step));
    if (f.step === 'paper')
        return say('steps.sign-author');
    if (f.step === 'receipt')
        return say(v.head && 'to' in v.head ? 'steps.receipt' : 'steps.receipt-party');
    return say('steps.' + f.step);
}

function story(v) {
    if (v.kind === 'record')
        return sentence('story.record', v.author, v.addressee);
    if (v.kind === 'split-view')
        return sentence(v.proven ? 'story.split' : 'story.split-not', v.registry);
    const n = (v.items || []).filter((i) => i.kind === 'passage').length;
    const what = v.totals && v.totals.passage !== null && n > 0 && n === v.totals.passage
        ? say('story.whole') : n === 1 ? say('story.passage') : n > 1 ? say('story.passages', n)
            : say('story.lines');
    switch (v.public) {
    case 'confirmation':
        return sentence('story.' + (['received', 'sent'].includes(v.sentence) ? v.sentence : 'unknown'),
            v.speaker, v.author || '?');
    case 'disclosure':
        return sentence(v.disclosed_by_author ? 'story.disclosed' : 'story.discloses', v.speaker, what);
    case 'contestation':
        return sentence('story.contested', v.speaker);
    case 'statement':
        return sentence(v.what === 'characterisation' ? 'story.characterised' : 'story.said', v.speaker);
    default:
        return sentence('story.part', v.author || '?');
    }
}

function seal(v, said, how) {
    const against = (v.findings || []).some((f) => f.against_registry);
    const [kind, key, more] = against && how !== null ? ['not', 'seal.against', 'seal.against-text']
        : !v.proven ? ['not', 'seal.not', 'seal.not-text']
            : how === null ? ['own', 'seal.own', ''] : ['good', 'seal.proven', ''];
    const extra = [more && say(more), how === null && say('seal.own-text'),
        how === 'compared' && say('keys.compared-by')].filter(Boolean).join(' ');
    return el('p', {class: 'seal ' + kind}, say(key), extra ? el('span', {}, extra) : null);
}

function part(title, ...children) {
    return el('section', {class: 'part'}, el('h3', {}, say(title)), ...children);
}
const p = (...children) => el('p', {}, ...children);

// `markdown`: set for reading, with what was signed below it.
function said(textOf, of, markdown) {
    const fine = markdown ? setText(textOf) : null;
    const differs = fine && fine.textContent !== mark(textOf);
    return el('blockquote', {class: 'said', dir: 'auto'}, of ? el('span', {class: 'of'}, of) : null,
        fine || mark(textOf), differs ? el('details', {}, el('summary', {}, say('signed.text')),
            el('pre', {dir: 'auto'}, mark(textOf))) : null);
}

// Two checkpoints of one log: which trees its key signed, and how they differ.
function partSplit(v) {
    const [a, b] = v.trees.map((t) => String(t.size));
    return part('shown', p(!v.proven ? say('shown.split-not') : a === b
        ? sentence('shown.split-one', v.registry, a) : sentence('shown.split-two', v.registry, a, b)));
}

function partNotOfSplit(v, how) {
    const keys = ['not.split-right', 'not.split-intent', 'not.split-entries'];
    if (v.trees.some((t) => !t.cosigned))
        keys.push('not.split-when');
    const out = v.why ? [say('not.fact', say('steps.split'), phrase(v.why))] : keys.map((k) => say(k));
    if (how === null)
        out.push(say('not.names'));
    return part('not', el('ul', {}, ...out.map((t) => el('li', {}, t))));
}

// A number without its digest; the words of a paper's head in the language of the page.
const headValue = (key, value) => key === 're' ? value.split(' ')[0]
    : ['form', 'act', 'basis'].includes(key) ? phrase(value) : value;

function partShown(v) {
    const out = [];
    if (v.kind === 'record')
        out.push(p(say('shown.delivery') + ' ' + say('state.' + v.state)),
            ...v.findings.filter((f) => f.against_registry)
                .map((f) => p(say('shown.against', phrase(f.text)))));
    else if (v.kind === 'statement')
        out.push(p(say('shown.statement')));
    else
        out.push(p(v.confirmed ? sentence('shown.confirmed', v.speaker) : '', v.confirmed ? ' ' : '',
            say(v.disclosed_by_author ? 'shown.by-author' : 'shown.by-holder')));
    if (v.sentence && ['received', 'sent'].includes(v.sentence))
        out.push(said(say('sentence.' + v.sentence)));
    if (v.text)
        out.push(said(v.text));
    if (v.note)
        out.push(said(v.note, say('sentence.note')));
    if (v.head && Object.keys(v.head).length) {
        const dl = el('dl', {});
        for (const [k, value] of Object.entries(v.head))
            dl.append(el('dt', {}, WORDS[lang]['head.' + k] ?? k), el('dd', {dir: 'auto'},
                value === null ? say('shown.empty') : mark(headValue(k, value))));
        out.push(dl);
    }
    for (const i of v.items || []) {
        const total = v.totals ? v.totals[i.kind] : null;
        out.push(said(i.text ?? '', total === null ? say('shown.count-open', say('kind.' + i.kind), i.index + 1)
            : say('shown.count', say('kind.' + i.kind), i.index + 1, total), i.kind === 'passage'));
    }
    return part('shown', ...out);
}

// Who signed what holds: parties by name, with how many delegates.
function partBy(v) {
    const who = new Map(), add = (party, f) => {
        if (party && f.signed && f.delegates && (!who.has(party) || who.get(party).delegates < f.delegates))
            who.set(party, f);
    };
    if (v.kind === 'record') {
        const of = {submission: v.author, 'take-back': v.author, receipt: v.addressee, decline: v.addressee,
            opened: v.addressee, defect: v.addressee, 'key-missing': v.addressee};
        for (const f of v.facts) add(of[f.step], f);
    } else {
        add(v.author, fact(v, 'paper'));
        add(v.addressee, fact(v, 'receipt'));
        add(v.speaker, publicFact(v));
    }
    const parties = [...who].map(([name, f]) => f.delegates === 1
        ? sentence('by.party-one', name, String(f.roster))
        : sentence('by.party', name, String(f.delegates), String(f.roster)));
    return part('by', p(parties.length ? sentence('by.some', list(parties)) : say('by.none')));
}

const mainFact = (v) => [publicFact(v), fact(v, 'handover'), fact(v, 'registered'), fact(v, 'ended')]
    .find((f) => f.logged) || {};

function partRegister(v, known) {
    const f = mainFact(v);
    if (!f.logged)
        return part('register', p(say(known ? 'register.none' : 'register.no-key')));
    const by = Object.keys(f.cosigned_by);
    return part('register', p(by.length
        ? sentence('register.at', String(f.index), v.registry, list(by.map((b) => say('cosigner.' + b))))
        : sentence('register.at-none', String(f.index), v.registry)));
}

function partTime(v) {
    const f = mainFact(v), out = [];
    const by = new Set([...Object.keys(f.cosigned_by || {}), ...Object.keys(f.seen_by || {})]);
    if (f.not_before && f.not_after)
        out.push(sentence('time.between', when(f.not_before), when(f.not_after)));
    else if (f.not_after)
        out.push(sentence('time.before', when(f.not_after)));
    else if (f.not_before)
        out.push(sentence('time.after', when(f.not_before)));
    if (out.length)
        out.push(' ', sentence('time.word', list([...by].map((b) => say('cosigner.' + b)))));
    else
        out.push(say('time.none'));
    const claimed = [publicFact(v), ...v.facts].find((c) => c.present && c.claimed);
    if (claimed)
        out.push(' ', sentence('time.claim', when(claimed.claimed)));
    return part('time', p(...out));
}

// Numbers from 0 that are missing, as ranges from 1.
function gaps(have, total) {
    const out = [];
    for (let i = 0; i < total; i++) {
        if (have.has(i))
            continue;
        let to = i;
        while (to + 1 < total && !have.has(to + 1))
            to++;
        out.push(to > i ? say('range', i + 1, to + 1) : String(i + 1));
        i = to;
    }
    return out.join(', ');
}

const HEAD = ['talks', 'number', 'copy', 'from', 'by', 'to', 'info', 'form', 'act', 'basis', 're',
    'effective', 'subject', 'title', 'date', 'languages', 'caveat', 'characterise', 'may-confirm',
    'answer-by', 'operative', 'text', 'positions', 'attachments'];

function notOfPaper(v, out) {
    const missing = HEAD.filter((k) => !(k in v.head)).map((k) => WORDS[lang]['head.' + k] ?? k);
    if (missing.length)
        out.push(say('not.lines', missing.join(', ')));
    if (!v.items.some((i) => i.kind === 'passage'))
        out.push(say('not.text'));
    for (const [kind, total] of Object.entries(v.totals)) {
        const have = new Set(v.items.filter((i) => i.kind === kind).map((i) => i.index));
        if (total !== null && have.size < total)
            out.push(say('not.gaps', say('kinds.' + kind), gaps(have, total), total));
    }
    if (v.head.copy)
        out.push(sentence('not.copy', v.head.copy.split(',')[0]));
    if ('date' in v.head)
        out.push(say('not.date'));
    if (!v.delivered)
        out.push(say('not.delivery'));
    if (fact(v, 'receipt').signed && !('to' in v.head))
        out.push(say('not.addressee'));
}

function partNot(v, how) {
    const out = [];
    for (const f of steps(v))
        if (f.why || (f.present && !f.signed))
            out.push(say('not.fact', stepName(v, f), phrase(f.why || 'its signature was not judged')));
    for (const f of v.findings || [])
        if (!f.against_registry)
            out.push(phrase(f.text ?? f));
    if (how === null)
        out.push(say('not.names'));
    if (v.kind === 'record') {
        out.push(say('not.text-record'));
        if (!v.receipt_counts)
            out.push(say('not.delivery'));
        if (!v.told)
            out.push(say('not.told'));
        for (const [step, key] of [['charter', 'not.charter'], ['cover', 'not.cover']])
            if (!fact(v, step).signed)
                out.push(say(key));
    } else if (v.head) {
        notOfPaper(v, out);
    }
    if (!v.facts.some((f) => f.not_after))
        out.push(say('not.time'));
    out.push(say(v.kind === 'record' ? 'not.agrees-record' : 'not.agrees'));
    return part('not', el('ul', {}, ...[...new Set(out)].map((t) => el('li', {}, t))));
}

function partSteps(v) {
    const rows = steps(v).filter((f) => f.present || f.why).map((f) => el('tr', {},
        el('td', {}, stepName(v, f)),
        el('td', {}, say(f.signed && !f.why ? 'steps.holds' : 'steps.holds-not')),
        el('td', {}, f.logged ? say('steps.place', f.index) : '')));
    return el('details', {}, el('summary', {}, say('steps')), el('table', {}, el('tbody', {}, ...rows)));
}

function keyTable(keys) {
    const head = el('tr', {}, ...['keys.name', 'keys.role', 'keys.words']
        .map((k) => el('th', {scope: 'col'}, say(k))));
    const rows = keys.map((k) => el('tr', {}, el('td', {}, bdi(k.name)),
        el('td', {}, say('keys.role-' + k.role)),
        el('td', {class: 'mono', translate: 'no', dir: 'ltr'}, k.words)));
    return el('table', {}, el('thead', {}, head), el('tbody', {}, ...rows));
}
const trustLines = (keys) => keys.map((k) => k.role === 'registry' ? `registry ${k.key}\n`
    : `party ${k.name} ${k.key}\n`).join('');

function partKeys(v, answer, how, item) {
    const named = new Set([v.author, v.addressee, v.speaker, v.registry]);
    const keys = answer.keys.filter((k) => k.role === 'registry' || named.has(k.name));
    const out = [keyTable(keys)];
    if (how === null && item.brought)
        out.push(p(say('keys.site')));
    if (how === null && keys.length) {
        const b = el('button', {type: 'button'}, say('keys.compared'));
        b.addEventListener('click', () => {
            item.compared = new TextEncoder().encode(trustLines(answer.keys));
            redraw(item);
        });
        out.push(el('div', {class: 'row'}, b));
    }
    const whole = el('details', {}, el('summary', {}, say('keys.whole')),
        el('pre', {dir: 'ltr', translate: 'no'}, mark(trustLines(keys))));
    return part('keys.judged', ...out, whole);
}

function certificate(item) {
    const keys = given ? given.bytes : item.compared || item.brought || new Uint8Array(0);
    const how = given ? 'given' : item.compared ? 'compared' : null;
    let answer;
    try {
        answer = ask(item.bytes, keys, item.name, how === null && item.brought);
    } catch {
        checker = null;
        return fault(item);
    }
    if (answer.refused) {
        const r = answer.refused;
        return el('article', {class: 'result', tabindex: '-1'}, el('p', {class: 'note', role: 'alert'},
            sentence(r.altered ? 'refused.altered' : 'refused', item.name, phrase(r.what), phrase(r.advice))));
    }
    const v = answer.verdict;
    const known = answer.keys.some((k) => k.role === 'registry');
    const printer = el('button', {type: 'button'}, say('print'));
    printer.addEventListener('click', () => window.print());
    return el('article', {class: 'result', tabindex: '-1'},
        v.exercise ? el('p', {class: 'exercise'}, say('seal.exercise')) : null,
        el('p', {class: 'file'}, bdi(item.name)),
        el('h2', {}, story(v)),
        seal(v, answer, how),
        ...(v.kind === 'split-view' ? [partSplit(v), partNotOfSplit(v, how)]
            : [partShown(v), partBy(v), partRegister(v, known), partTime(v), partNot(v, how)]),
        partKeys(v, answer, how, item),
        v.kind === 'split-view' ? null : partSteps(v),
        el('details', {}, el('summary', {}, say('details')),
            el('pre', {dir: 'ltr', class: 'verify', lang: WORDS[lang]['~'].length ? lang : 'en'},
                mark(answer.sentences.split('\n').map(verifyLine).join('\n'))),
            p(say('details.sum'), ' ', el('code', {}, answer.sha256))),
        el('div', {class: 'row'}, printer));
}

// A trap in the checker: its memory is not to be trusted any more, so it starts anew.
function fault(item) {
    start();
    return el('article', {class: 'result', tabindex: '-1'},
        el('p', {class: 'note', role: 'alert'}, sentence('refused.fault', item.name)));
}

function redraw(item) {
    const fresh = certificate(item);
    item.node.replaceWith(fresh);
    item.node = fresh;
    fresh.focus();
}

function refuse(key, ...args) {
    $('results').prepend(el('article', {class: 'result', tabindex: '-1'},
        el('p', {class: 'note', role: 'alert'}, sentence(key, ...args))));
}

// ---- files ----

async function bytesOf(file) {
    if (file.size > MAX) {
        refuse('refused.large', file.name, String(Math.ceil(file.size / 1024 / 1024)));
        return null;
    }
    try {
        return new Uint8Array(await file.arrayBuffer());
    } catch {
        refuse('refused.read', file.name);
        return null;
    }
}

const isTrust = (b) => /^(#[^\n]*\n)*(registry|party) /.test(new TextDecoder().decode(b.slice(0, 4096)));

function add(item) {
    item.node = certificate(item);
    shown.unshift(item);
    $('results').prepend(item.node);
}

async function take(files) {
    await ready;
    if (!checker)
        return;
    $('results').replaceChildren();
    shown.length = 0;
    if (files.length > MANY)
        refuse('refused.many', String(MANY));
    const items = [];
    let brought = null;
    for (const f of files.slice(0, MANY)) {
        $('state').replaceChildren(sentence('working', f.name));
        const bytes = await bytesOf(f);
        if (bytes && isTrust(bytes))
            brought = bytes;
        else if (bytes)
            items.push({name: f.name, bytes});
    }
    if (items.length === 0 && brought) {
        $('trust').open = true;
        setKeys(brought);
    }
    for (const i of items) {
        i.brought = brought;
        add(i);
    }
    $('state').textContent = '';
    drop.classList.toggle('small', $('results').childElementCount > 0);
    ($('results').firstElementChild || $('state')).focus();
}

function fromFolder() {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!name)
        return;
    const at = Object.hasOwn(FOLDER.items || {}, name) ? FOLDER.items[name] : null;
    const bytes = (b64) => Uint8Array.from(atob(b64), (c) => c.charCodeAt(0));
    ready.then(() => {
        if (!checker)
            return;
        $('results').replaceChildren();
        shown.length = 0;
        if (at === null)
            return refuse('missing', name);
        add({name, bytes: bytes(at), brought: FOLDER.trust ? bytes(FOLDER.trust) : null});
        drop.classList.add('small');
        $('results').firstElementChild.focus();
    });
}

// ---- keys ----

function sayKeys() {
    const s = $('keys-state'), l = $('keys-list');
    l.replaceChildren();
    if (!given) {
        s.textContent = say('keys.none');
        return;
    }
    s.textContent = say('keys.given', given.keys.length);
    l.append(keyTable(given.keys));
}

function setKeys(bytes) {
    const answer = askKeys(bytes);
    if (answer.refused) {
        $('keys-state').textContent = say('keys.bad', phrase(answer.refused.what));
        return;
    }
    given = {bytes, keys: answer.keys};
    $('keys').value = new TextDecoder().decode(bytes);
    sayKeys();
    shown.forEach((i) => { const n = certificate(i); i.node.replaceWith(n); i.node = n; });
}

// ---- the page ----

function speak() {
    $('languages').setAttribute('aria-label', say('languages'));
    document.documentElement.lang = lang;
    document.title = say('title');
    for (const e of document.querySelectorAll('[data-say]'))
        e.textContent = say(e.dataset.say);
    $('languages').replaceChildren(...Object.keys(WORDS).map((l) => {
        const b = el('button', {type: 'button', class: 'plain', lang: l, 'aria-pressed': String(l === lang)},
            WORDS[l]['language.name']);
        b.addEventListener('click', () => { lang = l; speak(); $('languages').querySelector('[aria-pressed="true"]').focus(); });
        return b;
    }));
    sayKeys();
    if (checker)
        shown.forEach((i) => { const n = certificate(i); i.node.replaceWith(n); i.node = n; });
}

$('choose').addEventListener('click', () => $('file').click());
$('file').addEventListener('change', (e) => { take([...e.target.files]); e.target.value = ''; });
$('keys-choose').addEventListener('click', () => $('keys-file').click());
$('keys-file').addEventListener('change', async (e) => {
    await ready;
    const bytes = e.target.files[0] && await bytesOf(e.target.files[0]);
    e.target.value = '';
    if (bytes && checker)
        setKeys(bytes);
});
$('use').addEventListener('click', async () => {
    await ready;
    const typed = $('keys').value.replace(/\r/g, '');
    if (checker && typed.trim())
        setKeys(new TextEncoder().encode(typed.endsWith('\n') ? typed : typed + '\n'));
});
$('clear').addEventListener('click', () => {
    given = null;
    $('keys').value = '';
    sayKeys();
    shown.forEach((i) => { const n = certificate(i); i.node.replaceWith(n); i.node = n; });
});

const drop = $('drop');
let depth = 0;
window.addEventListener('dragenter', (e) => { e.preventDefault(); depth++; drop.classList.add('over'); });
window.addEventListener('dragleave', () => { if (--depth <= 0) { depth = 0; drop.classList.remove('over'); } });
window.addEventListener('dragover', (e) => e.preventDefault());
window.addEventListener('drop', (e) => {
    e.preventDefault();
    depth = 0;
    drop.classList.remove('over');
    const folders = [...e.dataTransfer.items].map((i) => i.webkitGetAsEntry && i.webkitGetAsEntry())
        .filter((i) => i && i.isDirectory).map((i) => i.name);
    const files = [...e.dataTransfer.files].filter((f) => !folders.includes(f.name));
    (files.length ? take(files) : Promise.resolve()).then(() => folders.forEach((n) => refuse('refused.folder', n)));
});
window.addEventListener('hashchange', fromFolder);
// Files that were dropped on the front page of the registry that serves this page.
if (window.opener && ASKED.has('dropped')) {
    window.addEventListener('message', (e) => {
        if (e.source === window.opener && e.origin === location.origin && Array.isArray(e.data) &&
            e.data.every((f) => f instanceof File))
            take(e.data);
    });
    window.opener.postMessage('ready', location.origin);
}
speak();
fromFolder();
// For the tests of the rule of signatures in a browser.
window.chanceryReady = ready.then(() => checker);
})();
