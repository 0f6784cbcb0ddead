'use strict';
// A registry's front page: the newest checkpoint and its cosigners, asked again while the page is
// looked at. Without script the page says what held when it was sent.
(() => {
const $ = (id) => document.getElementById(id);
const LANG = document.documentElement.lang;
async function look() {
    if (document.hidden)
        return;
    try {
        const note = await (await fetch('/log/checkpoint', {cache: 'no-store'})).text();
        const [origin, size, root] = note.split('\n');
        if (!/^\d+$/.test(size) || origin !== $('origin').textContent)
            throw new Error();
        $('size').textContent = size;
        $('root').textContent = root;
        const ask = await fetch('/v1/checkpoints?above=' + (Number(size) - 1), {cache: 'no-store'});
        if (ask.ok) {
            const lines = (await ask.text()).split('\n');
            const names = lines.filter((l) => l.startsWith('\u2014 ')).map((l) => l.split(' ')[1]);
            const others = [...new Set(names)].filter((n) => n !== origin);
            $('cosigners').textContent = others.length ? others.join(', ') : $('cosigners').dataset.nobody;
            if ($('cosigned'))
                $('cosigned').textContent = lines[1];
        }
        const now = new Date().toLocaleTimeString(LANG === 'en' ? 'en-GB' : LANG);
        $('live').textContent = $('live').dataset.asked.replace('{0}', now);
    } catch {
        $('live').textContent = $('live').dataset.away;
    }
}
look();
setInterval(look, 10000);
document.addEventListener('visibilitychange', look);

// Files that are dropped here go to the checking page, in a window of its own; they stay in this browser.
const drop = $('drop');
function check(files) {
    const page = window.open($('check').href + '&dropped');
    window.addEventListener('message', (e) => {
        if (e.source === page && e.origin === location.origin && e.data === 'ready')
            page.postMessage(files, location.origin);
    });
}
if (drop) {
    $('drop-here').hidden = false;
    window.addEventListener('dragover', (e) => { e.preventDefault(); drop.classList.add('over'); });
    window.addEventListener('dragleave', (e) => { if (!e.relatedTarget) drop.classList.remove('over'); });
    window.addEventListener('drop', (e) => {
        e.preventDefault();
        drop.classList.remove('over');
        if (e.dataTransfer.files.length)
            check([...e.dataTransfer.files]);
    });
}
})();
